// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The devices of the partition: what is started at boot, what lsdev shows, and what comes and goes.
#include "kernel/device_tree.h"
#include "lib/abi.h"

namespace nomad::devices {

void start();
bool info(u32 index, DeviceInfo& info);

void configure();                                                // drivers take what they do not have yet
bool unconfigure(DeviceChange what, const char* name, char* said, u64 size);  // what has become of it and of what is behind it; or why not
bool give_up(const tree::Node* node, char* why, u64 size);       // the same, and it is no device any more

}  // namespace nomad::devices
