// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has changed in a frame.

#include "emu/core/change.h"

namespace emu::service {

// A frame answers at once if there is anything; else after `wait_ms` milliseconds, at most ten seconds, with nothing.
struct ReadChanges {
  using Reply = Changes;
  u64 life = 0;   // of the frame's list, as it told; 0: not known yet
  u64 after = 0;  // the number of the last change that is known
  u32 wait_ms = 0;
  FIELDS(ReadChanges, life, after, wait_ms)
};

}  // namespace emu::service
