// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the window wants to see just now: said by its thread, looked at by the links', so that they ask for no more.

#include <string>

#include "emu/core/types.h"

namespace emu::app::console {

struct Interest {
  std::string uuid;     // of the partition whose ticks and disks are watched; empty: none
  std::string address;  // of its network, to be pinged; empty: none
  u64 ticks_at = 0;     // real address of its counter
  u64 stream = 0;       // the move that is drawn; 0: none
  bool moving = false;  // it goes on: look often
  bool stored = false;  // it has ended, and all of it has been seen
  bool ways = false;    // to disks and networks
};

}  // namespace emu::app::console
