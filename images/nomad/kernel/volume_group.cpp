// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/volume_group.h"

#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/volumes.h"

namespace nomad::volumes {

Group groups[group_limit];

namespace {

constexpr u64 label_magic = 0x6E6F6D61642D7076;  // "nomad-pv"
constexpr u64 group_magic = 0x6E6F6D61642D7667;  // "nomad-vg"

u64 checksum(const void* data, u64 length) {
  auto* words = static_cast<const u64*>(data);
  u64 sum = 0x9E3779B97F4A7C15;
  for (u64 i = 0; i < length / 8; i++) sum = (sum ^ words[i]) * 0x100000001B3 + (sum >> 47);
  return sum;
}

template <class T>
u64 sum_of(const T& record) {
  return checksum(&record, sizeof(T) - 8);
}

// Blocks for what is read and written: the drivers want memory of the kernel.
struct Blocks {
  u8* bytes = static_cast<u8*>(pages::allocate_contiguous(1));
  ~Blocks() { pages::release_contiguous(bytes, 1); }
};

bool is_sound(const Description& found) {
  if (found.magic != group_magic || found.checksum != sum_of(found) || found.name[sizeof found.name - 1]) return false;
  if (found.disk_count == 0 || found.disk_count > disk_limit || found.partition_blocks == 0) return false;
  for (u32 i = 0; i < found.disk_count; i++)
    if (found.disks[i].partitions > partitions_of_disk) return false;
  for (const auto& volume : found.volumes)
    if (volume.partitions > partitions_of_volume || volume.name[sizeof volume.name - 1]) return false;
  return true;
}

// The newest description on a disk.
bool read_description(u32 disk, Description& newest) {
  Blocks blocks;
  bool some = false;
  const u32 copies[] = {first_copy, second_copy};
  for (const u32 at : copies) {
    if (!blocks.bytes || disks::read(disk, at, copy_blocks, blocks.bytes) != 0) return false;
    auto& found = *reinterpret_cast<const Description*>(blocks.bytes);
    if (!is_sound(found) || (some && found.sequence < newest.sequence)) continue;
    memcpy(&newest, &found, sizeof newest);
    some = true;
  }
  return some;
}

bool is_usable(u32 disk) {
  const disks::Disk* found = disks::available(disk);
  return found && found->block_bytes == block_bytes && found->blocks > data_block;
}

Group* known(u64 id) {
  for (Group& group : groups)
    if (group.on_disk.group == id && group.active) return &group;
  return nullptr;
}

// Its disks are those that say so; the newest description of them holds.
bool assemble(Description& newest, u32* numbers) {
  static Description found;
  for (u32 disk = 0; disk < disks::limit; disk++)
    if (is_usable(disk) && read_description(disk, found) && found.group == newest.group && found.sequence > newest.sequence) newest = found;
  for (u32 i = 0; i < newest.disk_count; i++) {
    numbers[i] = disks::limit;
    for (u32 disk = 0; disk < disks::limit; disk++)
      if (is_usable(disk) && id_of_disk(disk) == newest.disks[i].id) numbers[i] = disk;
    if (numbers[i] == disks::limit) return false;
  }
  return true;
}

}  // namespace

Group* find_group(const char* name) {
  for (Group& group : groups)
    if (group.active && equal(group.on_disk.name, name)) return &group;
  return nullptr;
}

bool find_free(const Layout& layout, u32 disk, u32& partition) {
  for (partition = 0; partition < layout.on_disk.disks[disk].partitions; partition++)
    if (!layout.on_disk.owner[disk][partition]) return true;
  return false;
}

u32 free_partitions(const Layout& layout, u32 disk) {
  u32 count = 0;
  for (u32 partition = 0; partition < layout.on_disk.disks[disk].partitions; partition++) count += !layout.on_disk.owner[disk][partition];
  return count;
}

u64 id_of_disk(u32 disk) {
  Blocks blocks;
  if (!is_usable(disk) || !blocks.bytes || disks::read(disk, label_block, 1, blocks.bytes) != 0) return 0;
  Label label;
  memcpy(&label, blocks.bytes, sizeof label);
  return label.magic == label_magic && label.checksum == sum_of(label) ? label.id : 0;
}

bool label_disk(u32 disk) {
  if (id_of_disk(disk)) return true;
  Blocks blocks;
  if (!is_usable(disk) || !blocks.bytes) return false;
  Label label{label_magic, timebase() * 0x9E3779B97F4A7C15 | 1, 0};
  label.checksum = sum_of(label);
  memcpy(blocks.bytes, &label, sizeof label);
  return disks::write(disk, label_block, 1, blocks.bytes) == 0 && disks::flush(disk) == 0;
}

bool store(Layout& layout) {
  Blocks blocks;
  if (!blocks.bytes) return false;
  Description& on_disk = layout.on_disk;
  on_disk.magic = group_magic;
  on_disk.sequence++;
  bool good = true;
  for (u32 i = 0; i < on_disk.disk_count; i++) {
    on_disk.self = on_disk.disks[i].id;
    on_disk.checksum = sum_of(on_disk);
    memset(blocks.bytes, 0, page_bytes);
    memcpy(blocks.bytes, &on_disk, sizeof on_disk);
    const u32 at = on_disk.sequence & 1 ? first_copy : second_copy;
    good &= disks::write(layout.numbers[i], at, copy_blocks, blocks.bytes) == 0 && disks::flush(layout.numbers[i]) == 0;
  }
  return good;
}

bool erase(u32 disk) {
  Blocks blocks;
  if (!blocks.bytes) return false;
  return disks::write(disk, first_copy, copy_blocks, blocks.bytes) == 0 && disks::write(disk, second_copy, copy_blocks, blocks.bytes) == 0 &&
         disks::flush(disk) == 0;
}

void index(Group& group) {
  for (u32 disk = 0; disk < group.on_disk.disk_count; disk++)
    for (u32 partition = 0; partition < partitions_of_disk; partition++)
      if (const u32 owner = group.on_disk.owner[disk][partition]; owner >> 10 && owner >> 10 <= volume_limit)
        group.places[(owner >> 10) - 1][owner & (partitions_of_volume - 1)] = {static_cast<u8>(disk), static_cast<u8>(partition)};
}

void find() {
  static Description found;  // one caller at a time: changes of devices exclude each other
  for (u32 disk = 0; disk < disks::limit; disk++) {
    if (!is_usable(disk) || !read_description(disk, found) || known(found.group)) continue;
    for (Group& group : groups) {
      if (group.active) continue;
      group = {};
      if (!assemble(found, group.numbers) || find_group(found.name)) break;
      group.on_disk = found;
      index(group);
      group.active = true;
      break;
    }
  }
}

}  // namespace nomad::volumes
