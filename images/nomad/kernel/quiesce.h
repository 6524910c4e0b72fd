// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Suspending the partition: every processor calls H_JOIN with EE off, the last one gets H_CONTINUE and calls ibm,suspend-me.
#include "lib/types.h"

namespace nomad::quiesce {

struct Outcome {
  i32 status;   // of ibm,suspend-me, or of H_JOIN when that failed
  bool joined;  // false: some H_JOIN returned an error
};

bool requested();  // read by processors that want the kernel lock
void join();       // what they do then
Outcome suspend(); // by the holder of the kernel lock; returns when the partition runs again, here or elsewhere

}  // namespace nomad::quiesce
