// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Something has become different: a frame says so of what it stores (firmware/changes.h), and its console keeps it, with those of the
// other frames and of its own moves, in one list (hmc/changes/change_log.h).

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/words.h"

namespace emu {

// Of what: a system, who a partition is, one of its profiles, what it has, its state, or its move.
enum class ChangeKind : u8 { system, partition, profile, current, state, move, unknown };
constexpr std::array<std::string_view, 6> words_of(ChangeKind) {
  return {"system", "partition", "profile", "current", "state", "move"};
}

struct Change {
  u64 number = 0;  // grows by one from change to change, within a list
  u64 wall = 0;    // nanoseconds since 1970
  ChangeKind kind = ChangeKind::system;
  std::string system;     // its name; a frame leaves it out
  u32 lpar_id = 0;        // 0: it is about the system
  std::string lpar_name;  // as the partition was called then
  std::string detail;     // "defined", "removed", "changed"; a profile's name and one of these; a state; a step of a move
  FIELDS(Change, number, wall, kind, system, lpar_id, lpar_name, detail)
};

// The answer to "what has changed after this number?"
struct Changes {
  u64 life = 0;           // of the list: another one has other numbers
  u64 last = 0;           // the number of the last change that there is
  bool complete = false;  // `changes` has all of them. False: earlier ones are forgotten, and whoever asks looks at everything
  std::vector<Change> changes;  // oldest first
  FIELDS(Changes, life, last, complete, changes)
};

}  // namespace emu
