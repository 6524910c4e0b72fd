// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Random programs on the emulated processor, compared with what the model has made of them.

#include "tests/guest/judging/program.h"

namespace judge {

struct ProgramsOf {
  const char* mode;  // such as POWER8
  int processor;
  u32 pvr;
  bool little;
  u64 programs;
  u64 seed;  // of the first program; the next one has the next
};
struct ProgramsCount {
  u64 programs = 0, steps = 0, moves = 0, differences = 0;
};

// Each program runs whole, then once more with moves in it - to a new processor and other memory, at steps of its own - and whole again
// on the one where it has arrived. Prints the first differences, and the step that each of them comes from.
ProgramsCount judge_programs(const std::vector<Row>&, const ProgramsOf&);

}  // namespace judge
