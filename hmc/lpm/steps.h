// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// THE table of a migration's steps, with what undoes each, for active and inactive migrations; and what walks over it. Several
// rows may have one number (docs/architecture.md, Steps of a migration). Each row is written into the journal before it is
// done, and again before it is undone.
//
//   +-- rows up to the start on the destination -----------+  +-- rows after it ----------------+
//   | lock, shell, .. passes, suspend, hand over, resume   |->| complete, post, clean up         |
//   +-- failure: undone in reverse order ------------------+  +-- failure: done again (recover) -+
//
// Whether the partition was started is the witness's word alone (docs/architecture.md, One owner): before anything is taken away
// from the destination, the source must have the partition back by the witness, which ends the right to start it.

#include <span>
#include <string_view>

#include "hmc/lpm/checks.h"
#include "hmc/lpm/move.h"

namespace hmc {

// An operating system ends what takes longer than its wait time, and says so: that is heard, too.
constexpr u64 until_it_has_said_so = 15 * emu::nanoseconds_per_second;

enum class Undo {
  ordinary = 1,
  decides,  // if it fails, nothing before it is undone
  forgets   // takes away what a recovery needs to find the rest: not undone while anything after it is left
};

struct Step {
  u32 number;             // 1 - 13
  std::string_view name;  // continues "failed in the step ..."
  Applies applies;
  std::string_view refcode;  // shown on the source if it fails (Redbook, table B-2); may be empty
  Status (*run)(Move&);
  Status (*undo)(Move&);  // null: nothing to undo
  Undo kind = Undo::ordinary;
};

std::span<const Step> steps();
u32 first_row_after_start();
// A row's number; with its place among those of the same number, if there are several: "5", "13.2".
std::string row_name(u32 row);

// Does everything from `row` on, and writes it down. Up to the start, a failure rolls back. The outcome is also told
// to the watchers (hmc/lpm/moves.h). The error's text says what the operator is to know.
Status run_steps(Move& move, u32 row);

// Undoes everything up to `row`, in reverse order. What could not be undone is in the error; "started": the destination runs
// the partition, so that the only way is forward.
Status roll_back(Move& move, u32 row);

// The reference code of a migration that has ended before the hand-over, whatever the cause (Redbook, table B-1), and then the partition's
// own again: it goes on there, also if something is left to be undone.
void show_stopped(Move&);

// Neither frame knows of the migration any more: what is left is at most a lock, and our journal's entry.
void release_locks(Move& move);

}  // namespace hmc
