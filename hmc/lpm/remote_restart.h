// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The operations of rrstartlpar: a partition of a system that is dead, or hangs, starts on another one from its LUNs. The system is
// fenced first; what is left of it then takes part in an inactive migration as if it answered, so that the witness decides
// as always, and each step can be undone or recovered as always. (hmc/fence.h, hmc/lpm/steps.h)

#include "hmc/lpm/migrate.h"

namespace hmc {

// The request's --force: partitions that a process that hangs may still run are lost with it.
Status validate_restart(Console&, const MoveRequest&, Findings&);
// Findings with errors: it was not begun. Well: the partition has been started.
Status restart_elsewhere(Console&, const MoveRequest&, Findings&, std::vector<Error>& remarks);
Status cancel_restart(Console&, const MoveRequest&);
// The source answers again: what an interrupted restart has left there goes away.
Status clean_up_restart(Console&, const MoveRequest&, std::vector<Error>& remarks);
// Whether it answers or not.
Status recover_restart(Console&, const MoveRequest&, std::vector<Error>& remarks);

}  // namespace hmc
