// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The effective address of a load, store or cache instruction, from its word: the engine reports the page of a fault only,
// DAR must hold the address.

#include <optional>

#include "cpu/engine.h"
#include "cpu/instruction.h"

namespace cpu {

// Nothing if the instruction does not access storage.
std::optional<u64> effective_address(Instruction, const Engine& registers, bool sixty_four_bit);

// DSISR of an alignment interrupt: the instruction's fields, shuffled (Book III until version 2.07).
u64 alignment_dsisr(Instruction);

}  // namespace cpu
