// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A random program, and what it must have done: made of the judged instructions, of loads and stores, branches and loops. It is made by
// executing it in the model, step by step, so that every register and every byte is known at each place.

#include <bitset>
#include <functional>
#include <vector>

#include "tests/guest/judging/operands.h"

namespace judge {

struct Program {
  static constexpr u64 code = 0x10000;   // where it begins
  static constexpr u64 data = 0x100000;  // what register 31 points to
  static constexpr u32 data_bytes = 0x1000;

  // What must hold before a step is executed; the last one: at the end.
  struct Place {
    size_t word = 0;
    cpu::Registers r;
    std::vector<u8> memory;
    std::bitset<64> unknown_halves;  // VSRs whose second doubleword is not defined
    u64 unknown_fpscr = 0;
  };

  std::vector<u32> words;
  Place start;
  std::vector<Place> places;  // those that were asked for, and the end
  size_t steps = 0;
};

struct ProgramKind {
  int processor = 8;
  bool little = false;
  u64 seed = 1;
  u32 steps = 120;
};

// `blank`: registers of a processor that has executed nothing, with the MSR that the program begins with. `keep` says of which steps,
// counted from 0, the place is remembered.
Program make_program(const std::vector<Row>&, const ProgramKind&, const cpu::Registers& blank,
                     const std::function<bool(size_t)>& keep);

}  // namespace judge
