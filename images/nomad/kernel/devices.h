// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The devices of the partition: what is started at boot, what lsdev shows, and what comes and goes.
#include "kernel/device_tree.h"
#include "lib/abi.h"

namespace nomad::devices {

void start();
bool info(u32 index, DeviceInfo& info);

void configure();                                                // drivers take what they do not have yet
bool unconfigure(const char* name, char* why, u64 size);         // its driver lets go, and it is Defined; or it is busy
bool give_up(const tree::Node* node, char* why, u64 size);       // the same, and it is no device any more

}  // namespace nomad::devices
