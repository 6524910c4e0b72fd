// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Partition mobility as the guest sees it: the thread "pmig" runs the reconfiguration phases and, after a successful prepare, follows
// the VASI stream: Enabled, Suspending, ibm,suspend-me, Resumed, Completed (LoPAR 17.7.7.1.3).
#include "kernel/reconfiguration.h"

namespace nomad::migration {

void start();
// Error::busy while another one is under way. The patience is a check's, or a migration's from its prepare phase on.
i64 request(DrOperation operation, u64 stream, const reconfiguration::Patience& patience);
void status(DrStatus& status);
bool under_way();

}  // namespace nomad::migration
