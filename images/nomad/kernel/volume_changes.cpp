// SPDX-License-Identifier: GPL-2.0-or-later
// Groups and volumes are made, changed and removed; partitions move from disk to disk. A change that cannot be stored is taken back.
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "kernel/volume_group.h"
#include "kernel/volumes.h"

namespace nomad::volumes {
namespace {

constexpr u32 blocks_of_mebibyte = 2048;

bool changing = false;  // one change at a time

// Applies `change` to a copy: until that is stored, all goes on as before.
Layout draft;

template <class Change>
i64 with_stored(Group& group, Change change) {
  draft = group;
  if (const i64 refused = change(draft); refused != 0) return refused;
  if (!store(draft)) {
    // What was written in part is older than all that follows.
    group.on_disk.sequence = draft.on_disk.sequence;
    store(group);
    return Error::input_output;
  }
  static_cast<Layout&>(group) = draft;
  index(group);
  return 0;
}

i64 check_new_disk(u32 disk) {
  const disks::Disk* found = disks::available(disk);
  if (!found) return Error::no_device;
  if (found->block_bytes != block_bytes || found->blocks <= data_block) return Error::invalid;
  if (group_of_disk(disk)) return Error::busy;
  return disks::users(disk) ? i64{Error::try_again} : 0;
}

u64 partitions_on(u32 disk, u32 partition_blocks) { return (disks::available(disk)->blocks - data_block) / partition_blocks; }

// Small enough for the smallest disk, large enough for the largest.
u32 choose_size(const VolumeChange& wanted) {
  u32 mib = 1;
  for (u32 i = 0; i < wanted.disk_count; i++)
    while (partitions_on(wanted.disks[i], mib * blocks_of_mebibyte) > partitions_of_disk) mib *= 2;
  return mib;
}

i64 add_disk(Layout& layout, u32 disk) {
  Description& on_disk = layout.on_disk;
  const u64 partitions = partitions_on(disk, on_disk.partition_blocks);
  if (on_disk.disk_count == disk_limit || partitions > partitions_of_disk || partitions == 0) return Error::no_memory;
  if (!label_disk(disk)) return Error::input_output;
  layout.numbers[on_disk.disk_count] = disk;
  on_disk.disks[on_disk.disk_count++] = {id_of_disk(disk), static_cast<u32>(partitions), 0};
  return 0;
}

i64 add_disks(Layout& layout, const VolumeChange& wanted) {
  for (u32 i = 0; i < wanted.disk_count; i++)
    if (const i64 refused = add_disk(layout, wanted.disks[i]); refused != 0) return refused;
  return 0;
}

i64 check_new_disks(const VolumeChange& wanted) {
  if (wanted.disk_count == 0) return Error::invalid;
  for (u32 i = 0; i < wanted.disk_count; i++) {
    if (const i64 refused = check_new_disk(wanted.disks[i]); refused != 0) return refused;
    for (u32 other = 0; other < i; other++)
      if (wanted.disks[other] == wanted.disks[i]) return Error::invalid;
  }
  return 0;
}

i64 make_group(VolumeChange& wanted) {
  if (!wanted.group[0] || find_group(wanted.group)) return Error::invalid;
  if (const i64 refused = check_new_disks(wanted); refused != 0) return refused;
  if (!wanted.partition_mib) wanted.partition_mib = choose_size(wanted);
  if (wanted.partition_mib & (wanted.partition_mib - 1) || wanted.partition_mib > 1024) return Error::invalid;
  for (Group& group : groups) {
    if (group.active) continue;
    group = {};
    copy_text(group.on_disk.name, sizeof group.on_disk.name, wanted.group);
    group.on_disk.partition_blocks = wanted.partition_mib * blocks_of_mebibyte;
    if (const i64 refused = add_disks(group, wanted); refused != 0) return refused;
    group.on_disk.group = group.on_disk.disks[0].id ^ timebase();
    if (!store(group)) return Error::input_output;
    group.active = true;
    return 0;
  }
  return Error::no_memory;
}

i64 extend_group(Group& group, VolumeChange& wanted) {
  if (const i64 refused = check_new_disks(wanted); refused != 0) return refused;
  return with_stored(group, [&](Layout& layout) { return add_disks(layout, wanted); });
}

u32 place_of(const Group& group, u32 disk) {
  u32 place = 0;
  while (place < group.on_disk.disk_count && group.numbers[place] != disk) place++;
  return place;
}

// The disks behind it get a lower place. With the last disk the group goes.
i64 take_disk(Group& group, u32 disk) {
  const u32 place = place_of(group, disk);
  if (place == group.on_disk.disk_count) return Error::no_device;
  if (free_partitions(group, place) != group.on_disk.disks[place].partitions) return Error::busy;
  if (group.on_disk.disk_count == 1) {
    if (!erase(disk)) return Error::input_output;
    group.active = false;
    return 0;
  }
  const i64 refused = with_stored(group, [&](Layout& layout) {
    Description& on_disk = layout.on_disk;
    on_disk.disk_count--;
    for (u32 i = place; i < on_disk.disk_count; i++) {
      on_disk.disks[i] = on_disk.disks[i + 1];
      memcpy(on_disk.owner[i], on_disk.owner[i + 1], sizeof on_disk.owner[i]);
      layout.numbers[i] = layout.numbers[i + 1];
    }
    memset(on_disk.owner[on_disk.disk_count], 0, sizeof on_disk.owner[0]);
    return i64{0};
  });
  return refused == 0 && !erase(disk) ? i64{Error::input_output} : refused;
}

i64 reduce_group(Group& group, VolumeChange& wanted) {
  if (wanted.disk_count == 0) return Error::invalid;
  for (u32 i = 0; i < wanted.disk_count; i++)
    if (const i64 refused = take_disk(group, wanted.disks[i]); refused != 0) return refused;
  return 0;
}

i64 make_volume(Group& group, VolumeChange& wanted) {
  VolumeInfo other;
  if (!wanted.volume[0] || wanted.count == 0) return Error::invalid;
  for (u32 i = 0; describe_volume(i, other); i++)
    if (equal(other.name, wanted.volume)) return Error::busy;
  if (wanted.count > partitions_of_volume) return Error::no_memory;
  return with_stored(group, [&](Layout& layout) {
    Description& on_disk = layout.on_disk;
    u32 volume = 0;
    while (volume < volume_limit && on_disk.volumes[volume].partitions) volume++;
    if (volume == volume_limit) return i64{Error::no_memory};
    copy_text(on_disk.volumes[volume].name, sizeof on_disk.volumes[volume].name, wanted.volume);
    on_disk.volumes[volume].partitions = wanted.count;
    group.users[volume] = 0;
    u32 next = 0;
    for (u32 disk = 0; disk < on_disk.disk_count; disk++)
      for (u32 partition; next < wanted.count && find_free(layout, disk, partition); next++) on_disk.owner[disk][partition] = owner_of(volume, next);
    return next == wanted.count ? i64{0} : i64{Error::no_memory};
  });
}

i64 remove_volume(VolumeChange& wanted) {
  for (Group& group : groups)
    for (u32 volume = 0; group.active && volume < volume_limit; volume++) {
      if (!group.on_disk.volumes[volume].partitions || !equal(group.on_disk.volumes[volume].name, wanted.volume)) continue;
      if (group.users[volume]) return Error::busy;
      return with_stored(group, [&](Layout& layout) {
        Description& on_disk = layout.on_disk;
        on_disk.volumes[volume] = {};
        for (auto& disk : on_disk.owner)
          for (u16& owner : disk)
            if (owner && owner >> 10 == volume + 1) owner = 0;
        return i64{0};
      });
    }
  return Error::no_such_thing;
}

i64 copy(const Group& group, u32 from_disk, u64 from, u32 to_disk, u64 to) {
  constexpr u64 piece = disks::largest_transfer / block_bytes;
  void* buffer = pages::allocate_contiguous(disks::largest_transfer / page_bytes);
  if (!buffer) return Error::no_memory;
  i64 result = 0;
  for (u64 done = 0; done < group.on_disk.partition_blocks && result == 0; done += piece) {
    result = disks::read(from_disk, from + done, piece, buffer);
    if (result == 0) result = disks::write(to_disk, to + done, piece, buffer);
  }
  pages::release_contiguous(buffer, disks::largest_transfer / page_bytes);
  return result == 0 ? disks::flush(to_disk) : result;
}

// Who reads or writes it waits until it is where the description says: there is never more than one that is right.
i64 move(Group& group, u32 from, u32 partition, u32 to) {
  const u32 owner = group.on_disk.owner[from][partition];
  u32 target;
  if (!find_free(group, to, target)) return Error::no_memory;
  group.moving_volume = (owner >> 10) - 1;
  group.moving_partition = owner & (partitions_of_volume - 1);
  group.moves = true;
  while (group.busy[group.moving_volume][group.moving_partition]) wait_on(&group);
  const u64 source_block = block_of(group, {static_cast<u8>(from), static_cast<u8>(partition)});
  const u64 target_block = block_of(group, {static_cast<u8>(to), static_cast<u8>(target)});
  i64 result = copy(group, group.numbers[from], source_block, group.numbers[to], target_block);
  if (result == 0)
    result = with_stored(group, [&](Layout& layout) {
      layout.on_disk.owner[to][target] = static_cast<u16>(owner);
      layout.on_disk.owner[from][partition] = 0;
      return i64{0};
    });
  group.moves = false;
  wake(&group);
  return result;
}

i64 migrate(VolumeChange& wanted) {
  if (wanted.disk_count != 2 || wanted.disks[0] == wanted.disks[1]) return Error::invalid;
  const char* name = group_of_disk(wanted.disks[0]);
  Group* group = name ? find_group(name) : nullptr;
  if (!group || place_of(*group, wanted.disks[1]) == group->on_disk.disk_count) return Error::no_device;
  const u32 from = place_of(*group, wanted.disks[0]), to = place_of(*group, wanted.disks[1]);
  for (u32 partition = 0; partition < group->on_disk.disks[from].partitions; partition++) {
    if (!group->on_disk.owner[from][partition]) continue;
    if (const i64 refused = move(*group, from, partition, to); refused != 0) return refused;
    wanted.done++;
  }
  return 0;
}

i64 run(VolumeChange& wanted) {
  using Kind = VolumeChange::Kind;
  if (wanted.kind == Kind::make_group) return make_group(wanted);
  if (wanted.kind == Kind::remove_volume) return remove_volume(wanted);
  if (wanted.kind == Kind::migrate) return migrate(wanted);
  Group* group = find_group(wanted.group);
  if (!group) return Error::no_such_thing;
  switch (wanted.kind) {
    case Kind::extend_group: return extend_group(*group, wanted);
    case Kind::reduce_group: return reduce_group(*group, wanted);
    case Kind::make_volume: return make_volume(*group, wanted);
    default: return Error::invalid;
  }
}

}  // namespace

i64 change(VolumeChange& wanted) {
  if (changing) return Error::interrupted;
  wanted.done = 0;
  wanted.group[sizeof wanted.group - 1] = wanted.volume[sizeof wanted.volume - 1] = 0;
  if (wanted.disk_count > disk_limit) return Error::invalid;
  changing = true;
  const i64 result = run(wanted);
  changing = false;
  return result;
}

}  // namespace nomad::volumes
