// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual SCSI client: disks behind a Virtual I/O Server. Callers wait in process context; a thread per adapter connects, and
// connects again when the partner was suspended (migration), failed or deregistered. Commands that were outstanding are sent again.
#include "lib/abi.h"

namespace nomad::vscsi {

void start();
void check_time_outs();  // from the tick

bool disk_info(u32 disk, DiskInfo& info);
i64 read(u32 disk, u64 block, u64 count, void* buffer);         // blocks, at most largest_transfer; 0 or Error
i64 write(u32 disk, u64 block, u64 count, const void* buffer);
i64 flush(u32 disk);
i64 reserve(u32 disk, bool on);  // for this partition alone, until it is released or the connection ends
void flush_all();

bool describe_adapter(u32 index, DeviceInfo& info);
bool describe_disk(u32 index, DeviceInfo& info);

}  // namespace nomad::vscsi
