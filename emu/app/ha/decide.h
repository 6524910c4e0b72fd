// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the monitor of packages wants done, of what it sees. It decides nothing about owners: the witness says who owns the partition, and
// the console's commands are asked to act, which look at the witness again. Pure.

#include <optional>

#include "emu/core/lpar_state.h"
#include "emu/core/types.h"

namespace emu::app::ha {

struct Seen {
  bool wanted = true;       // it shall run
  bool switching = true;    // nobody has disabled that; a move in progress only shows it as disabled
  bool frame_lives = true;  // the process of the owner's frame
  bool frame_answers = true;
  bool traced = false;               // a debugger holds that process
  std::optional<LparState> state{};  // on the owner's frame, if it answers and has the partition
  bool migrates = false;             // it takes part in a migration
  bool going = false;                // one that the console works on
  bool suspended = false;            // of it: between the last instruction here and the first there
  u32 silent_frame = 0;              // questions in a row
  u32 silent_guest = 0;              // likewise, of a partition that has answered since it was activated
  u32 misses = 5;
};

enum class Step : u8 {
  nothing = 1,
  start,      // it is off where it belongs
  restart,    // it hangs there
  recover,    // a migration that nobody works on any more
  elsewhere,  // its frame is dead
  fence       // its frame hangs
};

Step decide(const Seen&);

// A question was not answered: whether that says anything.
bool counts(const Seen&);

}  // namespace emu::app::ha
