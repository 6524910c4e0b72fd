// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Partition mobility as the guest sees it: the thread "pmig" runs the reconfiguration phases and, after a successful prepare, follows
// the VASI stream: Enabled, Suspending, ibm,suspend-me, Resumed, Completed (LoPAR 17.7.7.1.3).
#include "lib/abi.h"

namespace nomad::migration {

void start();
i64 request(DrOperation operation, u64 stream);  // Error::busy while another one is under way
void status(DrStatus& status);
bool under_way();

}  // namespace nomad::migration
