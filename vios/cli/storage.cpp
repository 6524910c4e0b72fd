// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/storage.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "vios/backends/virtual_scsi.h"

namespace vios::cli {

namespace {

emu::Error plain(std::string text) { return {std::string(plain_code), std::move(text)}; }

}  // namespace

std::vector<Pool> pools_of(const Devices& devices) {
  std::vector<Pool> pools;
  for (VolumeGroup& group : groups_of(devices)) {
    Pool pool{group.name, std::string(lv_pool), group.total() * group.partition_mb, group.free() * group.partition_mb, {}, group};
    std::vector<Pool> of_files;
    for (const StoredVolume& each : devices.volumes()) {
      if (each.group != group.name || each.kind == VolumeKind::file) continue;
      if (each.kind == VolumeKind::logical) {
        pool.devices.push_back(each);
        continue;
      }
      Pool files{each.name, std::string(file_pool), each.size_mb, each.size_mb, {}, group};
      for (const StoredVolume& file : devices.volumes())
        if (file.group == each.name && file.kind == VolumeKind::file) {
          files.devices.push_back(file);
          files.free_mb -= std::min(files.free_mb, file.size_mb);
        }
      of_files.push_back(std::move(files));
    }
    pools.push_back(std::move(pool));
    std::ranges::move(of_files, std::back_inserter(pools));
  }
  return pools;
}

std::optional<Pool> pool_of(const Devices& devices, std::string_view name) {
  for (Pool& each : pools_of(devices))
    if (each.name == name) return std::move(each);
  return std::nullopt;
}

Output no_pool(const std::string& name) { return failure(fmt::format("Storage pool \"{}\" is not found.", name)); }

std::optional<u64> parse_size(const std::string& text) {
  u64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  constexpr u64 most_mb = 1024 * 1024;
  if (error != std::errc() || number == 0 || number > most_mb) return std::nullopt;
  if (unit == "M" || unit == "m") return number;
  if ((unit == "G" || unit == "g") && number <= most_mb / 1024) return number * 1024;
  return std::nullopt;
}

emu::Status make_volume(Devices& devices, const Command& command, StoredVolume volume) {
  if (devices.taken(volume.name))
    return emu::Error{"vios", "0516-360 The device name " + volume.name + " is already used; choose a different name."};
  const VolumeGroup group = *group_of(devices, volume.group);
  const u64 partitions = group.partitions_of(volume.size_mb);
  LogicalVolume wanted{volume.name, "", 0, partitions};
  for (const LogicalVolume& each : group.volumes) wanted.first += each.partitions;
  const bool missing =
      std::ranges::any_of(group.disks, [&](const GroupDisk& each) { return !each.there && each.holds(wanted) > 0; });
  if (missing || wanted.first + partitions > group.total())
    return plain(
        fmt::format("0516-404 allocp: This system cannot fulfill the allocation request.\n"
                    "\tThere are not enough free partitions or not enough physical volumes\n"
                    "\tto keep strictness and satisfy allocation requests.  The command\n"
                    "\tshould be retried with different allocation characteristics.\n"
                    "0516-822 {}: Unable to create logical volume.",
                    command.name));
  volume.size_mb = partitions * group.partition_mb;
  return devices.add_volume(std::move(volume));
}

emu::Status may_join(Devices& devices, const Command& command, const std::vector<std::string>& names, bool force,
                     std::string& text, const std::string& to) {
  const auto group_to_be = to.empty() ? std::nullopt : group_of(devices, to);
  for (size_t i = 0; i < names.size(); ++i) {
    const Disk* disk = devices.disk(names[i]);
    if (!disk || disk->volume || std::count(names.begin(), names.begin() + static_cast<long>(i), names[i]))
      return plain(fmt::format("0516-306 {}: Unable to find physical volume {} in the Device\n\tConfiguration Database.",
                               command.name, names[i]));
    if (const std::string group = group_on(devices, names[i]); !group.empty())
      return plain(fmt::format("0516-1397 {}: The physical volume {}, appears to belong to\nanother volume group. {}",
                               command.name, names[i], group));
    if (devices.held(names[i]) || (devices.scsi().exported(*disk) && !force)) return device_busy();
    if (!disk->lun->online() || devices.absent(names[i]))
      return plain(fmt::format("0516-1271 {}: Cannot open physical volume {}.", command.name, names[i]));
    // A group's volumes lie behind its description.
    constexpr u64 least_mb = 16;
    if (disk->lun->bytes() < least_mb * MiB)
      return plain(fmt::format("0516-1254 {}: The physical volume {} is too small.", command.name, names[i]));
    if (!group_to_be) continue;
    if (const u64 partitions = disk->lun->bytes() / (group_to_be->partition_mb * MiB); partitions > most_partitions_of_a_disk)
      return plain(
          fmt::format("0516-1162 {}: Warning, The Physical Partition Size of {} requires the\n"
                      "\tcreation of {} partitions for {}.  The limitation for volume group\n"
                      "\t{} is {} physical partitions per physical volume.",
                      command.name, group_to_be->partition_mb, partitions, names[i], to, most_partitions_of_a_disk));
  }
  for (const std::string& name : names) {
    Disk& disk = *devices.disk(name);
    if (!disk.lun->pvid().empty()) continue;
    TRY(disk.lun->give_pvid());
    text += fmt::format("0516-1254 {}: Changing the PVID in the ODM.\n", command.name);
  }
  return emu::success();
}

emu::Status join(Devices& devices, const std::string& group, const std::vector<std::string>& disks) {
  std::vector<StoredGroup> groups = devices.groups();
  auto at = std::ranges::find(groups, group, &StoredGroup::name);
  if (at == groups.end()) {
    std::vector<const Disk*> first;
    for (const std::string& each : disks) first.push_back(devices.any_disk(each));
    at = groups.insert(groups.end(), {group, {}, partition_size(first)});
  } else if (at->partition_mb == 0) {
    at->partition_mb = group_of(devices, group)->partition_mb;
  }
  for (const std::string& each : disks) at->disks.push_back({each, partitions_of(*devices.any_disk(each), at->partition_mb)});
  return devices.set_groups(std::move(groups));
}

emu::Result<bool> leave(Devices& devices, const Command& command, const std::string& name,
                        const std::vector<std::string>& disks) {
  const VolumeGroup group = *group_of(devices, name);
  std::vector<StoredGroup> groups = devices.groups();
  const auto stored = std::ranges::find(groups, name, &StoredGroup::name);
  for (const std::string& each : disks) {
    const auto disk = std::ranges::find(group.disks, each, &GroupDisk::name);
    if (disk == group.disks.end() || stored == groups.end())
      return plain(fmt::format("0516-306 {}: Unable to find physical volume {} in the Device\n\tConfiguration Database.",
                               command.name, each));
    if (disk->used)
      return plain(
          fmt::format("0516-016 ldeletepv: Cannot delete physical volume with allocated\n"
                      "\tpartitions. Remove its logical volumes first.\n"
                      "0516-884 {}: Unable to remove physical volume {}.",
                      command.name, each));
    // Volumes lie one after the other: behind this disk there must be none.
    if (std::ranges::any_of(group.disks, [&](const GroupDisk& other) { return other.first > disk->first && other.used; }))
      return plain(fmt::format("0516-884 {}: Unable to remove physical volume {}.", command.name, each));
    std::erase_if(stored->disks, [&](const StoredGroupDisk& one) { return one.name == each; });
  }
  const bool ends = stored->disks.empty();
  // What does not fit on the disks that are there lies in it, too.
  if (ends && !group.volumes.empty())
    return plain(
        fmt::format("0516-016 ldeletepv: Cannot delete physical volume with allocated\n"
                    "\tpartitions. Remove its logical volumes first.\n"
                    "0516-884 {}: Unable to remove physical volume {}.",
                    command.name, disks.back()));
  if (ends) groups.erase(stored);
  TRY(devices.set_groups(std::move(groups)));
  return ends;
}

}  // namespace vios::cli
