// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Does what a record says, several partitions at a time, and writes down what has become of each. The failure of one stops no other.

#include <functional>
#include <string>
#include <vector>

#include "emu/app/evacuation/console.h"
#include "emu/app/evacuation/records.h"

namespace emu::app::evacuation {

struct Course {
  std::string key;                   // of the record
  std::vector<std::string> systems;  // all that anybody may be on
  u32 at_once = 4;
  std::function<bool()> interrupted = [] { return false; };  // nothing more is begun then
  std::function<void()> rest;                                // between two looks at a partition that shuts down
  bool fresh = false;  // planned this moment: where everybody is need not be asked again, unless a move fails
};

// Told from any thread, one at a time: what begins, and what became of it (an empty error: it is done).
struct Listener {
  std::function<void(const Entry&)> begins;
  std::function<void(const Entry&, const Error* error)> ended;
};

// Goes on with everything that is not done. What an earlier run has begun is looked at first: it may have ended, or need recovery.
Status empty(const Course&, const Ask&, Records&, const Listener&);
// Everybody home again, and who was stopped is started; the record is forgotten when all of them are.
Status bring_back(const Course&, const Ask&, Records&, const Listener&);

}  // namespace emu::app::evacuation
