// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Physical disk adapters: a virtio block device each, scsi0 and up, with one disk. (VIRTIO 5.2)
#include "kernel/device_tree.h"
#include "lib/abi.h"

namespace nomad::virtio_block {

void start();  // takes each adapter of the tree that is not started yet

// By the number in its name. The callers have seen that nobody uses it.
const tree::Node* node(u32 index);
u64 users(u32 index);
void stop(u32 index);  // with its disk
void forget(u32 index);
bool describe(u32 index, DeviceInfo& info);

}  // namespace nomad::virtio_block
