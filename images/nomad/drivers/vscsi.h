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

bool disk_info(u32 disk, DiskInfo& info);
i64 read(u32 disk, u64 block, u64 count, void* buffer);         // blocks, at most largest_transfer; 0 or Error
i64 write(u32 disk, u64 block, u64 count, const void* buffer);
i64 flush(u32 disk);
i64 reserve(u32 disk, bool on);  // for this partition alone, until it is released or the connection ends
void flush_all();

// Processes, by their place in the table: a bit each. One that has asked for something uses the disk until it ends.
void use(u32 disk, u32 process);
void close_all(u32 process);
u64 users_of_disk(u32 index);
u64 users_of_adapter(u32 index);

// By the number in its name. The callers have seen that nobody uses it.
const tree::Node* node(u32 index);  // of an adapter; nullptr when there is none
void stop_disk(u32 index);
void stop_adapter(u32 index);       // with its disks: the hypervisor has the adapter back
void forget_adapter(u32 index);     // its node goes

bool describe_adapter(u32 index, DeviceInfo& info);
bool describe_disk(u32 index, DeviceInfo& info);
bool describe_path(u32 index, DeviceInfo& info);  // its disk's name; the adapter as its location

}  // namespace nomad::vscsi
