// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Transactional memory (POWER8). Programs may use it; an interrupt in a transaction ends it before the kernel does anything else
// (vectors.S), so all that is kept of a program's transactions is what it may ask about the last one.
#include "lib/types.h"

namespace nomad::transactions {

struct State {
  u64 handler, failing_instruction, status;  // TFHAR, TFIAR, TEXASR
};

void start();     // reads the device tree
u64 user_msr();   // what a program's MSR has of it
void save(State& state);
void restore(const State& state);

}  // namespace nomad::transactions
