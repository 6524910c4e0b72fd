// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The devices of the partition: what is started at boot, and what lsdev shows.
#include "lib/abi.h"

namespace nomad::devices {

void start();
bool info(u32 index, DeviceInfo& info);

}  // namespace nomad::devices
