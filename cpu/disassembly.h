// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An instruction as text: address, bytes, mnemonic, operands.

#include <string>

#include "cpu/instruction.h"

namespace cpu {

std::string disassemble(u64 pc, Instruction);

}  // namespace cpu
