// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The four operations of migrlpar: validate, migrate, stop, recover. They know nothing of options and output.

#include <memory>
#include <optional>

#include "hmc/claims.h"
#include "hmc/lpm/checks.h"
#include "hmc/lpm/move.h"

namespace hmc {

// What validation has found out; owns the inventory that its other parts point into. As long as it lives, nobody else works on the
// partition at this console.
struct Proposal {
  std::vector<Held> held;  // of a migration: both systems (Redbook 5.3)
  Claims::Claim claim;
  Moves::Seats seats;  // of a migration, at its movers
  Inventory inventory;
  MoveRequest request;
  const System* source = nullptr;
  const System* target = nullptr;
  const Lpar* lpar = nullptr;
  bool active = true;
  u64 stream = 0;
  emu::Current current;
  Mapping mapping;
  Findings findings;
};

// Asks the movers of the source.
Reaches reaches_from(Console&, const System& source);

// A migration that another console has begun, and that has not failed yet: what its frame tells of it. (Redbook 5.3)
std::optional<service::StreamInfo> goes_on_elsewhere(Console&, const System&, const Lpar&);

enum class Purpose { validation = 1, migration };

// Step 1. An error only if there is nothing to check: no such system, no such partition, or one that awaits its recovery. Changes nothing; a migration's movers are
// counted from here on.
Result<std::unique_ptr<Proposal>> propose(Console&, const MoveRequest&, Purpose);

Plan plan_of(const Proposal&);

// Does what was proposed, if there are no errors among the findings. Returns when it has ended; remarks: what else to tell.
Status migrate(Console&, const Proposal&, std::vector<Error>& remarks);

// Asks a migration of this console to stop, and waits until it has.
Status stop_migration(Console&, const MoveRequest&);

// ---- recovery ----

enum class Course {
  nothing = 1,      // neither side knows of a migration any more
  roll_back,        // the source has the partition: take the shell away
  clean_up,         // the partition has outlived this migration: only what it has left is taken away
  complete,         // the destination owns it: finish there, forget it on the source
  wait_for_source,  // nobody can say without the source's word
  wait_for_target   // it is the destination's, and the destination does not answer
};

// What the witness, and what is left in both frames' journals, mean together. `source`, `target`: no value if the frame does not
// answer; each that does also tells what the witness says. Pure: tests try all combinations.
Course decide(const std::optional<service::StreamVerdict>& source, const std::optional<service::StreamVerdict>& target,
              bool force);

// The request's source system is one that the partition was to leave, or to come to.
Status recover(Console&, const MoveRequest&, std::vector<Error>& remarks);

}  // namespace hmc
