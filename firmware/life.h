// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What leads from one state of a partition to the other: the table in life.cpp.

#include <optional>

#include "emu/core/lpar_state.h"

namespace firmware {

using emu::LparState;

enum class LparEvent : u8 {
  activate,  // it has got memory and processors
  wait,      // its firmware waits for somebody
  run,       // its operating system, or its native program
  stop,      // by its guest or from outside; what runs is still being ended
  stopped,   // nothing of it runs any more
  fail,      // it cannot go on; what runs is still being ended
  arrive,    // a shell that has become this frame's partition, and runs
};

// None: it does not happen to a partition in this state.
std::optional<LparState> after(LparState, LparEvent);

}  // namespace firmware
