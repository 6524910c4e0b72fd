// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An instruction word and its fields, named as in the instruction formats of Book I.

#include "emu/core/types.h"

namespace cpu {

struct Instruction {
  u32 word = 0;

  constexpr u32 opcode() const { return word >> 26; }
  constexpr u32 extended() const { return word >> 1 & 0x3FF; }
  constexpr int rt() const { return static_cast<int>(word >> 21 & 31); }
  constexpr int ra() const { return static_cast<int>(word >> 16 & 31); }
  constexpr int rb() const { return static_cast<int>(word >> 11 & 31); }
  constexpr u32 l_bit() const { return word >> 16 & 1; }    // L of mtmsr, mtmsrd
  constexpr u32 level() const { return word >> 5 & 0x7F; }  // LEV of sc
  // The two halves of an SPR's number are swapped in the word.
  constexpr u32 spr() const { return (word >> 16 & 0x1F) | (word >> 6 & 0x3E0); }
  constexpr u64 displacement() const { return static_cast<u64>(s64{static_cast<std::int16_t>(word & 0xFFFF)}); }
};

namespace opcode {
inline constexpr u32 trap_doubleword_immediate = 2;
inline constexpr u32 trap_word_immediate = 3;
inline constexpr u32 system_call = 17;
}  // namespace opcode

// Privileged, so it traps wherever problem state meets it: mfspr r0,318. It stands in for instructions that would not.
inline constexpr u32 trapping_word = 0x7C1E4AA6;

// or 1,1,1 and or 31,31,31: low and very low priority. What spins says so. (Book II 3.2)
constexpr bool lowers_priority(Instruction i) { return i.word == 0x7C210B78 || i.word == 0x7FFFFB78; }

// lq, stq, lqarx and stqcx.: sixteen bytes at once.
constexpr bool is_quadword_access(Instruction i) {
  return i.opcode() == 56 || (i.opcode() == 62 && (i.word & 3) == 2) ||
         (i.opcode() == 31 && (i.extended() == 276 || i.extended() == 182));
}

constexpr bool is_trap(Instruction i) {
  return i.opcode() == opcode::trap_doubleword_immediate || i.opcode() == opcode::trap_word_immediate ||
         (i.opcode() == 31 && (i.extended() == 4 || i.extended() == 68));
}

}  // namespace cpu
