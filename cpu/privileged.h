// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The instructions that this layer performs itself instead of the engine: one table, in privileged.cpp.

#include "cpu/instruction.h"

namespace cpu {

class Processor;

enum class Outcome {
  done,         // go on behind it, or where Processor::jump said
  interrupted,  // the handler delivered an interrupt
  privileged,   // a program interrupt
  illegal,
  bad_transaction_state,  // a program interrupt, "TM Bad Thing"
};

enum class Who { supervisor, anyone };

// Whether the engine would trap at it by itself; if not, it is replaced in the copies of code pages.
enum class EngineDoes { trap, something_else };

// What a row touches: the processor's own state, or what all processors of the partition have.
enum class Touches { own, shared };

struct Privileged {
  u32 mask;
  u32 match;
  const char* name;
  Who who;
  EngineDoes engine;
  Outcome (*run)(Processor&, Instruction);
  Touches touches = Touches::shared;
};

// The row of an instruction, or null.
const Privileged* find_privileged(Instruction);
// Must not be executed by the engine, in any mode: it would do something else than the processor, or crash.
bool must_not_run(Instruction);

}  // namespace cpu
