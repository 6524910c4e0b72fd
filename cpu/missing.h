// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Instructions that the engine refuses, or takes for others, and that are performed on its registers for it
// (Engine::perform_missing).

#include "cpu/instruction.h"
#include "cpu/privileged.h"

namespace cpu {

struct Missing {
  u32 mask;
  u32 match;
  const char* name;
  u64 facility;  // the bit of MSR that it needs
  u64 vector;    // the interrupt without it
  EngineDoes engine = EngineDoes::trap;

  bool loads_word() const { return (match & 0xFC0007FE) == 0x7C0002D8; }
};

// Null: it is not one of them.
const Missing* find_missing(Instruction);

}  // namespace cpu
