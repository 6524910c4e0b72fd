// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual SCSI client: disks behind a Virtual I/O Server. Callers wait in process context; a thread per adapter connects, and
// connects again when the partner was suspended (migration), failed or deregistered. Commands that were outstanding are sent again. A disk
// that several adapters lead to is one disk with several paths: the first that is ready is used.
#include "kernel/device_tree.h"
#include "lib/abi.h"

namespace nomad::vscsi {

void start();            // takes each adapter of the tree that is not started yet, and looks for disks again
void check_time_outs();  // from the tick

u64 users_of_adapter(u32 index);

// By the number in its name. The callers have seen that nobody uses it.
const tree::Node* node(u32 index);  // of an adapter; nullptr when there is none
void stop_adapter(u32 index);       // with its disks: the hypervisor has the adapter back
void forget_adapter(u32 index);     // its node goes

bool describe_adapter(u32 index, DeviceInfo& info);
bool describe_path(u32 index, DeviceInfo& info);  // its disk's name; the adapter as its location

}  // namespace nomad::vscsi
