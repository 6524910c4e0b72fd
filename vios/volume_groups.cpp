// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/volume_groups.h"

#include "emu/core/state_file.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/devices.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr u64 rootvg_partition_mb = 64;  // of a disk of 32 GB
constexpr u64 least_partition_mb = 4;    // as mkvg chooses it

// Of partitions first, first + 1 ...: how many lie in each region.
Distribution distribution(u64 total, u64 first, u64 count) {
  Distribution regions{};
  const u64 region = (total + regions.size() - 1) / regions.size();
  for (u64 i = first; region && i < first + count; ++i) ++regions[std::min<u64>(i / region, regions.size() - 1)];
  return regions;
}

std::string identifier_of(const Devices& devices, std::string_view group) {
  std::string machine = machine_id(devices.setup().serial_num).substr(0, 8);
  std::ranges::transform(machine, machine.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = group == rootvg_name ? devices.server_name() : fmt::format("{}/{}", devices.server_name(), group);
  const u64 made = emu::checksum({reinterpret_cast<const u8*>(name.data()), name.size()});
  return fmt::format("{}00004c0000000111{:08x}", machine, static_cast<u32>(made));
}

VolumeGroup described(const Devices& devices, const std::string& name, const std::vector<StoredGroupDisk>& disks,
                      u64 partition_mb) {
  VolumeGroup group{name, identifier_of(devices, name), partition_mb, {}, {}};
  u64 first = 0;
  for (const StoredGroupDisk& each : disks) {
    const Disk* disk = devices.any_disk(each.name);
    group.disks.push_back({each.name, disk ? disk->lun->pvid() : "", disk && disk->lun->online(), first,
                           disk ? partitions_of(*disk, partition_mb) : each.partitions, 0});
    first += group.disks.back().total;
  }
  u64 at = 0;
  for (const StoredVolume& stored : devices.volumes()) {
    if (stored.group != name || stored.kind == VolumeKind::file) continue;
    const Disk* disk = devices.any_disk(stored.name);
    LogicalVolume volume{stored.name,
                         fmt::format("{}.{}", group.identifier, stored.number),
                         at,
                         group.partitions_of(stored.size_mb),
                         disk && devices.scsi().used(*disk),
                         stored.kind == VolumeKind::file_pool};
    at += volume.partitions;
    for (GroupDisk& each : group.disks) each.used += each.holds(volume);
    group.volumes.push_back(std::move(volume));
  }
  return group;
}

}  // namespace

u64 GroupDisk::holds(const LogicalVolume& volume) const {
  const u64 begin = std::max(first, volume.first), end = std::min(first + total, volume.first + volume.partitions);
  return end > begin ? end - begin : 0;
}
Distribution GroupDisk::distribution_of(const LogicalVolume& volume) const {
  return distribution(total, std::max(first, volume.first) - first, holds(volume));
}
Distribution GroupDisk::used_distribution() const { return distribution(total, 0, used); }
Distribution GroupDisk::free_distribution() const { return distribution(total, used, free()); }

u64 VolumeGroup::total() const {
  u64 sum = 0;
  for (const GroupDisk& each : disks) sum += each.total;
  return sum;
}
u64 VolumeGroup::used() const {
  u64 sum = 0;
  for (const GroupDisk& each : disks) sum += each.used;
  return sum;
}
std::string VolumeGroup::text_of(u64 partitions) const {
  return fmt::format("{} ({} megabytes)", partitions, partitions * partition_mb);
}

std::vector<VolumeGroup> groups_of(const Devices& devices) {
  std::vector<StoredGroupDisk> own;
  for (const Disk& disk : devices.disks())
    if (disk.rootvg) own.push_back({disk.name, 0});
  std::vector<VolumeGroup> groups{described(devices, std::string(rootvg_name), own, rootvg_partition_mb)};
  for (const StoredGroup& stored : devices.groups()) {
    std::vector<const Disk*> disks;
    for (const StoredGroupDisk& each : stored.disks)
      if (const Disk* disk = devices.any_disk(each.name)) disks.push_back(disk);
    groups.push_back(
        described(devices, stored.name, stored.disks, stored.partition_mb ? stored.partition_mb : partition_size(disks)));
  }
  return groups;
}

std::optional<VolumeGroup> group_of(const Devices& devices, std::string_view name) {
  for (VolumeGroup& each : groups_of(devices))
    if (each.name == name) return std::move(each);
  return std::nullopt;
}

std::string group_on(const Devices& devices, const std::string& name) {
  if (const Disk* disk = devices.any_disk(name); disk && disk->rootvg) return std::string(rootvg_name);
  for (const StoredGroup& each : devices.groups())
    if (std::ranges::count(each.disks, name, &StoredGroupDisk::name)) return each.name;
  return {};
}

bool can_be_used(const Devices& devices, const StoredVolume& volume) {
  std::string name = volume.name, in = volume.group;
  if (volume.kind == VolumeKind::file) {
    const auto pool = std::ranges::find(devices.volumes(), in, &StoredVolume::name);
    if (pool == devices.volumes().end()) return false;
    name = pool->name;
    in = pool->group;
  }
  const auto group = group_of(devices, in);
  if (!group) return false;
  const auto lies = std::ranges::find(group->volumes, name, &LogicalVolume::name);
  if (lies == group->volumes.end()) return false;
  u64 there = 0;
  for (const GroupDisk& each : group->disks) there += each.there ? each.holds(*lies) : 0;
  return there == lies->partitions;
}

// Of its largest disk no more partitions than a disk may have.
u64 partition_size(const std::vector<const Disk*>& disks) {
  u64 size = least_partition_mb;
  for (const Disk* each : disks)
    while (each->lun->bytes() / MiB / size > most_partitions_of_a_disk) size *= 2;
  return size;
}

// What describes the group takes the rest.
u64 partitions_of(const Disk& disk, u64 partition_mb) {
  const u64 all = std::min(disk.lun->bytes() / (partition_mb * MiB), most_partitions_of_a_disk);
  return all - std::min<u64>(all, 1);
}

std::string machine_id(const std::string& serial_num) {
  // The two letters of the plant become one digit.
  std::string last = serial_num.size() > 5 ? serial_num.substr(serial_num.size() - 5) : serial_num;
  std::ranges::transform(last, last.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format("00C{:0>5}4C00", last);
}

std::string distribution_text(const Distribution& regions) {
  std::string text;
  for (const u64 each : regions) text += fmt::format("{}{:02}", text.empty() ? "" : "..", each);
  return text;
}

}  // namespace vios
