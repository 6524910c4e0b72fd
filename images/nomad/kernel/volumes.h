// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Logical volumes: a volume group lies on one or more disks in physical partitions of one size, of which each volume has some, wherever they
// are. They can be moved from disk to disk while programs write. The numbers of volumes follow those of disks.
//
// Callers wait in process context.
#include "drivers/disks.h"
#include "lib/abi.h"

namespace nomad::volumes {

constexpr u32 first_number = 64;

void find();  // groups on disks that have come; one is active once all of its disks are here

bool info(u32 number, DiskInfo& info);
i64 read(u32 number, u64 block, u64 count, void* buffer);
i64 write(u32 number, u64 block, u64 count, const void* buffer);
i64 flush(u32 number);
void use(u32 number, u32 process);
void close_all(u32 process);

const char* group_of_disk(u32 disk);  // whose group is active; nullptr: none

bool describe_group(u32 index, GroupInfo& info);
bool describe_volume(u32 index, VolumeInfo& info);
bool describe_disk(u32 disk, PhysicalVolumeInfo& info);

// 0, or why not: no_such_thing (group or volume), no_device, busy (the disk is of a group, or has partitions; the volume is in use),
// no_memory (too few partitions are free, or there is no room for one more), invalid, input_output. `done`: how many partitions.
i64 change(VolumeChange& wanted);

}  // namespace nomad::volumes
