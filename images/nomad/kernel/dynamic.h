// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Memory, processors and virtual adapters that come and go while the partition runs: what drmgr asks for. Each is taken from its connector,
// or given back, and everybody is told before and after (reconfiguration.h).
#include "lib/abi.h"

namespace nomad::dynamic {

// Waits until it is done as far as it can be: request.done, and request.text if that is not all. Error::busy beside another change.
i64 change(DrResources& request);

// Drivers let go of a device, or take what is there; `why` says why not.
i64 change_devices(DeviceChange what, const char* name, char* why, u64 size);

bool under_way();

}  // namespace nomad::dynamic
