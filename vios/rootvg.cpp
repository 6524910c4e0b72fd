// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/rootvg.h"

#include "vios/backends/virtual_scsi.h"
#include "vios/devices.h"
#include "emu/core/state_file.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace vios {

namespace {

// Of partitions first, first + 1 ...: how many lie in each region.
Distribution distribution(u64 total, u64 first, u64 count) {
  Distribution regions{};
  const u64 region = (total + regions.size() - 1) / regions.size();
  for (u64 i = first; region && i < first + count; ++i) ++regions[std::min<u64>(i / region, regions.size() - 1)];
  return regions;
}

}  // namespace

std::string machine_id(const std::string& serial_num) {
  // The two letters of the plant become one digit.
  std::string last = serial_num.size() > 5 ? serial_num.substr(serial_num.size() - 5) : serial_num;
  std::ranges::transform(last, last.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format("00C{:0>5}4C00", last);
}

std::string partitions_text(u64 partitions) { return fmt::format("{} ({} megabytes)", partitions, partitions * partition_mb); }

std::string distribution_text(const Distribution& regions) {
  std::string text;
  for (const u64 each : regions) text += fmt::format("{}{:02}", text.empty() ? "" : "..", each);
  return text;
}

RootVg rootvg_of(const Devices& devices) {
  RootVg group;
  std::string machine = machine_id(devices.setup().serial_num).substr(0, 8);
  std::ranges::transform(machine, machine.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = devices.server_name();
  const u64 made = emu::checksum({reinterpret_cast<const u8*>(name.data()), name.size()});
  group.identifier = fmt::format("{}00004c0000000111{:08x}", machine, static_cast<u32>(made));
  for (const Disk& disk : devices.disks()) {
    if (disk.rootvg) {
      group.disk = disk.name;
      group.pvid = disk.lun->pvid();
      group.total = disk.lun->bytes() / (partition_mb * MiB) - 1;  // what describes the group takes the rest
    }
  }
  for (const StoredVolume& stored : devices.volumes()) {
    const Disk* disk = devices.any_disk(stored.name);
    LogicalVolume volume{stored.name,
                         fmt::format("{}.{}", group.identifier, stored.number),
                         partitions_of(stored.size_mb),
                         disk && devices.scsi().used(*disk),
                         {}};
    volume.distribution = distribution(group.total, group.used, volume.partitions);
    group.used += volume.partitions;
    group.volumes.push_back(std::move(volume));
  }
  group.used = std::min(group.used, group.total);
  group.used_distribution = distribution(group.total, 0, group.used);
  group.free_distribution = distribution(group.total, group.used, group.free());
  return group;
}

}  // namespace vios
