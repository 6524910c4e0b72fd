// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lines of a trace. An instruction: mode (u problem state, k supervisor, r supervisor without translation), address, bytes,
// mnemonic, operands. An interrupt: its vector, and where it comes from.

#include <string>

#include "cpu/instruction.h"

namespace cpu {

std::string disassemble(u64 pc, Instruction, u64 msr);
std::string describe_interrupt(u64 vector, u64 return_address);

}  // namespace cpu
