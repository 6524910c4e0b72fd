// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who goes where when a system is emptied, or several are made equally full, or as few as possible are used: pure functions of what
// partitions need, what systems have, and what a validation of each pair has found. (Redbook 1.6.1, 5.2)

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "emu/core/types.h"

namespace emu::app::evacuation {

// A partition of a system that is emptied, or that takes part.
struct Guest {
  std::string name;
  bool running = false;
  u64 memory_mb = 0;                             // with its page table; 0 while it is off: it takes none on its destination then
  u32 units = 0;                                 // hundredths of a processor; likewise
  std::map<std::string, std::string> why_not{};  // by destination: what a validation has against it; empty: nothing
  std::string system{};                          // where it is; not needed when one system is emptied
};

// What a destination has left.
struct Room {
  std::string system;
  u64 memory_mb = 0;
  u32 units = 0;
  u32 partitions = 0;  // that it can still take
  u64 memory_all_mb = 0;
  u32 units_all = 0;
};

struct Wishes {
  std::vector<std::string> shutdown{};            // stopped instead of moved
  std::vector<std::vector<std::string>> apart{};  // those of a group go to different systems
  // Asked for what is not among `why_not`; null: nothing is against it.
  std::function<std::string(const Guest&, const std::string& to)> judge{};
};

enum class Action : u8 { move = 1, shutdown, stays };
struct Step {
  std::string partition;
  Action action = Action::stays;
  std::string to;      // of a move
  std::string why;     // it stays
  std::string from{};  // of a move between several systems; else the one that is emptied
};

// One step for each guest, in the order in which they are best done: the largest first. Partitions that fit in one place only choose before
// those that fit in several; of several places the one with most memory left takes it.
std::vector<Step> plan(std::vector<Guest>, std::vector<Room>, const Wishes&);

// How full a system is: of memory or of processing units, whichever is fuller. Hundredths of a per cent.
u32 fullness(const Room&);

// Moves that make the fullest system less full, each partition once, as long as one makes a difference. Those that are off take nothing,
// and stay.
std::vector<Step> balanced(const std::vector<Guest>&, std::vector<Room>, const Wishes&);

// Moves that empty as many systems as can be, those with the least first; nobody goes where nobody is. `notes`: what stays, and why.
std::vector<Step> consolidated(const std::vector<Guest>&, std::vector<Room>, const Wishes&, std::vector<std::string>& notes);

}  // namespace emu::app::evacuation
