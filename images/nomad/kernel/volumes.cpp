// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/volumes.h"

#include "kernel/process.h"
#include "kernel/volume_group.h"

namespace nomad::volumes {
namespace {

Group* group_of(u32 number, u32& volume) {
  if (number < first_number || number >= first_number + group_limit * volume_limit) return nullptr;
  Group& group = groups[(number - first_number) / volume_limit];
  volume = (number - first_number) % volume_limit;
  return group.active && group.on_disk.volumes[volume].partitions ? &group : nullptr;
}

u64 blocks_of(const Group& group, u32 volume) { return static_cast<u64>(group.on_disk.volumes[volume].partitions) * group.on_disk.partition_blocks; }

i64 transfer(u32 number, u64 block, u64 count, u8* buffer, bool out) {
  u32 volume;
  Group* group = group_of(number, volume);
  if (!group) return Error::no_device;
  if (count == 0 || count > disks::largest_transfer / block_bytes || block >= blocks_of(*group, volume) || count > blocks_of(*group, volume) - block)
    return Error::invalid;
  const u32 partition_blocks = group->on_disk.partition_blocks;
  while (count) {
    const u32 partition = static_cast<u32>(block / partition_blocks);
    const u64 inside = block % partition_blocks;
    const u64 piece = count < partition_blocks - inside ? count : partition_blocks - inside;
    while (group->moves && group->moving_volume == volume && group->moving_partition == partition) wait_on(group);
    const Place place = group->places[volume][partition];
    const u32 disk = group->numbers[place.disk];
    group->busy[volume][partition]++;
    const u64 at = block_of(*group, place) + inside;
    const i64 result = out ? disks::write(disk, at, piece, buffer) : disks::read(disk, at, piece, buffer);
    group->busy[volume][partition]--;
    wake(group);
    if (result != 0) return result;
    block += piece;
    count -= piece;
    buffer += piece * block_bytes;
  }
  return 0;
}

const Group* group_with(u32 disk, u32& place) {
  for (const Group& group : groups)
    for (place = 0; group.active && place < group.on_disk.disk_count; place++)
      if (group.numbers[place] == disk) return &group;
  return nullptr;
}

}  // namespace

bool info(u32 number, DiskInfo& info) {
  u32 volume;
  const Group* group = group_of(number, volume);
  if (!group) return false;
  info = {blocks_of(*group, volume), block_bytes, static_cast<u32>(disks::largest_transfer / block_bytes), 0, 0};
  return true;
}

i64 read(u32 number, u64 block, u64 count, void* buffer) { return transfer(number, block, count, static_cast<u8*>(buffer), false); }
i64 write(u32 number, u64 block, u64 count, const void* buffer) {
  return transfer(number, block, count, static_cast<u8*>(const_cast<void*>(buffer)), true);
}

i64 flush(u32 number) {
  u32 volume;
  const Group* group = group_of(number, volume);
  if (!group) return Error::no_device;
  for (u32 i = 0; i < group->on_disk.disk_count; i++)
    if (const i64 result = disks::flush(group->numbers[i]); result != 0) return result;
  return 0;
}

void use(u32 number, u32 process) {
  u32 volume;
  if (Group* group = group_of(number, volume)) group->users[volume] |= 1ul << process;
}

void close_all(u32 process) {
  for (Group& group : groups)
    for (u64& users : group.users) users &= ~(1ul << process);
}

const char* group_of_disk(u32 disk) {
  u32 place;
  const Group* group = group_with(disk, place);
  return group ? group->on_disk.name : nullptr;
}

bool describe_group(u32 index, GroupInfo& info) {
  for (const Group& group : groups) {
    if (!group.active || index--) continue;
    info = {};
    copy_text(info.name, sizeof info.name, group.on_disk.name);
    info.id = group.on_disk.group;
    info.partition_mib = group.on_disk.partition_blocks / 2048;
    return true;
  }
  return false;
}

bool describe_volume(u32 index, VolumeInfo& info) {
  for (const Group& group : groups)
    for (u32 volume = 0; group.active && volume < volume_limit; volume++) {
      const auto& row = group.on_disk.volumes[volume];
      if (!row.partitions || index--) continue;
      info = {};
      copy_text(info.name, sizeof info.name, row.name);
      copy_text(info.group, sizeof info.group, group.on_disk.name);
      info.number = first_number + static_cast<u32>(&group - groups) * volume_limit + volume;
      info.partitions = row.partitions;
      u32 on = 0;
      for (u32 partition = 0; partition < row.partitions; partition++) on |= 1u << group.places[volume][partition].disk;
      info.disks = static_cast<u32>(__builtin_popcount(on));
      info.open = group.users[volume] != 0;
      return true;
    }
  return false;
}

bool describe_disk(u32 disk, PhysicalVolumeInfo& info) {
  if (disk >= disks::limit || !disks::known(disk)) return false;
  info = {};
  info.id = id_of_disk(disk);
  u32 place;
  const Group* group = group_with(disk, place);
  if (!group) return true;
  copy_text(info.group, sizeof info.group, group->on_disk.name);
  info.partitions = group->on_disk.disks[place].partitions;
  constexpr u32 regions = sizeof info.free_in / sizeof *info.free_in;
  for (u32 partition = 0; partition < info.partitions; partition++)
    info.free_in[partition * regions / info.partitions] += !group->on_disk.owner[place][partition];
  return true;
}

}  // namespace nomad::volumes
