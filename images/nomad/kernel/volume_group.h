// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A volume group as it lies on its disks, and in memory.
//
//   block 7: label, which says what the disk is called | 8 - 15 and 16 - 23: two copies of the group's description, written in turn |
//   from 1 MiB: physical partitions
//
// Each disk has the description; the one with the highest number is right.
#include "drivers/disks.h"
#include "lib/abi.h"
#include "lib/text.h"

namespace nomad::volumes {

constexpr u32 block_bytes = 512;
constexpr u32 label_block = 7, first_copy = 8, second_copy = 16, copy_blocks = 8, data_block = 2048;
constexpr u32 group_limit = 4, disk_limit = 8, partitions_of_disk = 128, volume_limit = 16, partitions_of_volume = 256;

struct Label {
  u64 magic;
  u64 id;
  u64 checksum;
};

struct Description {
  u64 magic;
  u64 sequence;
  u64 group;
  u64 self;  // whose disk this copy lies on
  char name[16];
  u32 partition_blocks;
  u32 disk_count;
  struct {
    u64 id;
    u32 partitions;
    u32 unused;
  } disks[disk_limit];
  struct {
    char name[16];
    u32 partitions;  // 0: there is no such volume
    u32 unused;
  } volumes[volume_limit];
  u16 owner[disk_limit][partitions_of_disk];  // 0 nobody; else volume + 1, and ten bits of its partition
  u64 checksum;
};
static_assert(sizeof(Description) <= copy_blocks * block_bytes);

constexpr u16 owner_of(u32 volume, u32 partition) { return static_cast<u16>((volume + 1) << 10 | partition); }

struct Place {
  u8 disk;       // of the group
  u8 partition;  // of the disk
};

struct Layout {
  Description on_disk;
  u32 numbers[disk_limit];  // of its disks
};

struct Group : Layout {
  bool active;
  u64 users[volume_limit];  // one bit per process
  Place places[volume_limit][partitions_of_volume];
  u8 busy[volume_limit][partitions_of_volume];  // reads and writes on their way
  bool moves;                                   // one partition, whose readers and writers wait
  u32 moving_volume, moving_partition;
};

extern Group groups[group_limit];

Group* find_group(const char* name);
u32 free_partitions(const Layout& layout, u32 disk);
bool find_free(const Layout& layout, u32 disk, u32& partition);

u64 id_of_disk(u32 disk);  // 0: it has no label
bool label_disk(u32 disk);  // if it has none
bool store(Layout& layout);  // on all of its disks: true once it is safe on each
bool erase(u32 disk);       // it describes no group any more
void index(Group& group);   // `places`, from `owner`

inline u64 block_of(const Layout& layout, Place place) { return data_block + static_cast<u64>(place.partition) * layout.on_disk.partition_blocks; }

}  // namespace nomad::volumes
