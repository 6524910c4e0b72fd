// SPDX-License-Identifier: GPL-2.0-or-later
// The layout is that of AIX's command of the same name.
#include "vios/cli/columns.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-field", Takes::many}, {"-fmt", Takes::one}, {"-lv", Takes::nothing}, {"-pv", Takes::nothing}};

constexpr Column group_columns[] = {
    {"vgname", "VOLUME GROUP"},  {"vgid", "VG IDENTIFIER"},  {"vgstate", "VG STATE"},       {"ppsize", "PP SIZE"},
    {"access", "VG PERMISSION"}, {"totalpps", "TOTAL PPs"},  {"maxlvs", "MAX LVs"},         {"freepps", "FREE PPs"},
    {"numlvs", "LVs"},           {"usedpps", "USED PPs"},    {"openlvs", "OPEN LVs"},       {"quorum", "QUORUM"},
    {"totalpvs", "TOTAL PVs"},   {"vgds", "VG DESCRIPTORS"}, {"stalepvs", "STALE PVs"},     {"stalepps", "STALE PPs"},
    {"actpvs", "ACTIVE PVs"},    {"autoon", "AUTO ON"},      {"pppervg", "MAX PPs per VG"}, {"ppperpv", "MAX PPs per PV"},
    {"maxpvs", "MAX PVs"},
};
constexpr Column volume_columns[] = {{"lvname", "LV NAME", 20},   {"type", "TYPE", 11}, {"lps", "LPs", 8},
                                     {"pps", "PPs", 8},           {"pvs", "PVs", 5},    {"lvstate", "LV STATE", 14},
                                     {"mount", "MOUNT POINT", 11}};
constexpr Column disk_columns[] = {{"pvname", "PV_NAME", 18},
                                   {"pvstate", "PV STATE", 18},
                                   {"totalpps", "TOTAL PPs", 12},
                                   {"freepps", "FREE PPs", 12},
                                   {"distribution", "FREE DISTRIBUTION"}};

size_t open_volumes(const VolumeGroup& group) {
  size_t open = 0;
  for (const LogicalVolume& each : group.volumes) open += each.open || each.is_pool ? 1 : 0;
  return open;
}

std::vector<std::string> group_cells(const VolumeGroup& group) {
  return {group.name,
          group.identifier,
          "active",
          fmt::format("{} megabyte(s)", group.partition_mb),
          "read/write",
          group.text_of(group.total()),
          "256",
          group.text_of(group.free()),
          std::to_string(group.volumes.size()),
          group.text_of(group.used()),
          std::to_string(open_volumes(group)),
          fmt::format("{} (Enabled)", group.disks.size() / 2 + (group.disks.size() == 1 ? 2 : 1)),
          std::to_string(group.disks.size()),
          std::to_string(group.disks.size() == 1 ? 2 : std::max<size_t>(3, group.disks.size())),
          "0",
          "0",
          std::to_string(std::ranges::count(group.disks, true, &GroupDisk::there)),
          "yes",
          "32512",
          "1016",
          "32"};
}

Rows volume_rows(const VolumeGroup& group) {
  Rows rows;
  for (const LogicalVolume& each : group.volumes) {
    const std::string partitions = std::to_string(each.partitions);
    const auto on = std::ranges::count_if(group.disks, [&](const GroupDisk& disk) { return disk.holds(each) > 0; });
    const bool open = each.open || each.is_pool;
    rows.push_back({each.name, each.is_pool ? "jfs2" : "jfs", partitions, partitions, std::to_string(on),
                    open ? "open/syncd" : "closed/syncd", each.is_pool ? fmt::format("{}/{}", pool_folder, each.name) : "N/A"});
  }
  return rows;
}

Rows disk_rows(const VolumeGroup& group) {
  Rows rows;
  for (const GroupDisk& each : group.disks)
    rows.push_back({each.name, each.there ? "active" : "missing", std::to_string(each.total), std::to_string(each.free()),
                    distribution_text(each.free_distribution())});
  return rows;
}

Output list(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-lv") && arguments.has("-pv")) return usage_error(lsvg, "Options -lv and -pv exclude each other.");
  const bool lists = arguments.has("-lv") || arguments.has("-pv");
  if (arguments.operands().empty()) {
    if (lists) return usage_error(lsvg, "Command requires a volume group.");
    for (const char* option : {"-field", "-fmt"})
      if (arguments.has(option)) return usage_error(lsvg, "Command requires a volume group.");
    std::string names;
    for (const VolumeGroup& each : groups_of(devices)) names += each.name + "\n";
    return {0, names};
  }
  for (const std::string& name : arguments.operands())
    if (!group_of(devices, name)) return no_volume_group(lsvg, name);
  const std::span<const Column> columns = arguments.has("-lv")   ? std::span<const Column>(volume_columns)
                                          : arguments.has("-pv") ? std::span<const Column>(disk_columns)
                                                                 : std::span<const Column>(group_columns);
  const auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(lsvg, chosen.error().text);
  std::string text;
  for (const std::string& name : arguments.operands()) {
    const VolumeGroup group = *group_of(devices, name);
    if (!lists) {
      text += sheet_text(arguments, columns, *chosen, group_cells(group));
      continue;
    }
    if (!arguments.has("-fmt")) text += name + ":\n";
    text += table_text(arguments, columns, *chosen, arguments.has("-lv") ? volume_rows(group) : disk_rows(group));
  }
  return {0, text};
}

}  // namespace

constexpr Command lsvg = {"lsvg",
                          "Displays information about volume groups.",
                          "[-lv | -pv] [-field FieldName ...] [-fmt Delimiter] [VolumeGroup ...]",
                          options,
                          list,
                          any_number};

}  // namespace vios::cli
