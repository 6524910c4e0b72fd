// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who goes where when a system is emptied: a pure function of what its partitions need, what the others have, and what a validation of each
// pair has found. (Redbook 1.6.1, 5.2)

#include <map>
#include <string>
#include <vector>

#include "emu/core/types.h"

namespace emu::app::evacuation {

// A partition of the system that is emptied.
struct Guest {
  std::string name;
  bool running = false;
  u64 memory_mb = 0;                             // with its page table; 0 while it is off: it takes none on its destination then
  u32 units = 0;                                 // hundredths of a processor; likewise
  std::map<std::string, std::string> why_not{};  // by destination: what a validation has against it; empty: nothing
};

// What a destination has left.
struct Room {
  std::string system;
  u64 memory_mb = 0;
  u32 units = 0;
  u32 partitions = 0;  // that it can still take
};

struct Wishes {
  std::vector<std::string> shutdown{};            // stopped instead of moved
  std::vector<std::vector<std::string>> apart{};  // those of a group go to different systems
};

enum class Action : u8 { move = 1, shutdown, stays };
struct Step {
  std::string partition;
  Action action = Action::stays;
  std::string to;   // of a move
  std::string why;  // it stays
};

// One step for each guest, in the order in which they are best done: the largest first. Partitions that fit in one place only choose before
// those that fit in several; of several places the one with most memory left takes it.
std::vector<Step> plan(std::vector<Guest>, std::vector<Room>, const Wishes&);

}  // namespace emu::app::evacuation
