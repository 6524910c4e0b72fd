// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the files share whose functions take the place of Unicorn's.

#include "cpu/unicorn/engine_inside.h"

// Before a function of Unicorn's name.
#define TAKES_ITS_PLACE extern "C" __attribute__((visibility("default"), used))

namespace cpu::unicorn {

// The engine whose code runs on this thread.
extern constinit thread_local Callee* running;

// Unicorn's own function of that name.
void* original_named(const char* symbol);
template <class Function>
Function* the_original(const char* symbol) {
  return reinterpret_cast<Function*>(original_named(symbol));
}

}  // namespace cpu::unicorn
