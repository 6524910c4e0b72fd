// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Instructions that older processors lack. The engine executes those of ISA 3.0, whatever processor a partition has: so the
// copies of code pages (code_pages.h) have a trap in place of each that came later than the partition's processor.

#include <bitset>
#include <memory>
#include <span>

#include "cpu/instruction.h"
#include "cpu/isa.h"

namespace cpu {

struct LaterInstruction {
  u32 mask;
  u32 match;
  Isa since;
  const char* name;
  // For older processors it is another instruction, in which these bits are reserved: they ignore them. 0: it is illegal.
  u32 reserved = 0;
};

// By version, and by opcode. The first row that matches is an instruction's.
std::span<const LaterInstruction> later_instructions();

// Those that a processor lacks.
class Lacking {
 public:
  explicit Lacking(Isa);
  // The row of an instruction that it lacks, or null. Called for every word of each page that is executed: what no row can be
  // about is found in a map of primary opcodes and the lowest 11 bits.
  const LaterInstruction* find(Instruction i) const { return (*any_)[place(i.word)] ? look(i) : nullptr; }
  Isa has() const { return has_; }

 private:
  static constexpr u32 low_bits = 0x7FF;
  using Places = std::bitset<64 * (low_bits + 1)>;
  static constexpr size_t place(u32 word) { return (word >> 26) * (low_bits + 1) + (word & low_bits); }
  const LaterInstruction* look(Instruction) const;

  Isa has_;
  std::unique_ptr<const Places> any_;
};

}  // namespace cpu
