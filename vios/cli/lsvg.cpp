// SPDX-License-Identifier: GPL-2.0-or-later
// The layout is that of AIX's command of the same name.
#include "vios/cli/columns.h"
#include "vios/rootvg.h"

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

size_t open_volumes(const RootVg& group) {
  size_t open = 0;
  for (const LogicalVolume& each : group.volumes) open += each.open ? 1 : 0;
  return open;
}

std::vector<std::string> group_cells(const RootVg& group) {
  return {std::string(rootvg_name),
          group.identifier,
          "active",
          fmt::format("{} megabyte(s)", partition_mb),
          "read/write",
          partitions_text(group.total),
          "256",
          partitions_text(group.free()),
          std::to_string(group.volumes.size()),
          partitions_text(group.used),
          std::to_string(open_volumes(group)),
          "2 (Enabled)",
          "1",
          "2",
          "0",
          "0",
          "1",
          "yes",
          "32512",
          "1016",
          "32"};
}

Rows volume_rows(const RootVg& group) {
  Rows rows;
  for (const LogicalVolume& each : group.volumes) {
    const std::string partitions = std::to_string(each.partitions);
    rows.push_back({each.name, "jfs", partitions, partitions, "1", each.open ? "open/syncd" : "closed/syncd", "N/A"});
  }
  return rows;
}

Output list(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-lv") && arguments.has("-pv")) return usage_error(lsvg, "Options -lv and -pv exclude each other.");
  const bool lists = arguments.has("-lv") || arguments.has("-pv");
  if (arguments.operands().empty()) {
    if (lists) return usage_error(lsvg, "Command requires a volume group.");
    for (const char* option : {"-field", "-fmt"})
      if (arguments.has(option)) return usage_error(lsvg, "Command requires a volume group.");
    return {0, std::string(rootvg_name) + "\n"};
  }
  for (const std::string& name : arguments.operands())
    if (name != rootvg_name) return no_volume_group(lsvg, name);
  const std::span<const Column> columns = arguments.has("-lv")   ? std::span<const Column>(volume_columns)
                                          : arguments.has("-pv") ? std::span<const Column>(disk_columns)
                                                                 : std::span<const Column>(group_columns);
  const auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(lsvg, chosen.error().text);
  const RootVg group = rootvg_of(devices);
  std::string text;
  for (size_t i = 0; i < arguments.operands().size(); ++i) {
    if (!lists) {
      text += sheet_text(arguments, columns, *chosen, group_cells(group));
      continue;
    }
    if (!arguments.has("-fmt")) text += std::string(rootvg_name) + ":\n";
    const Rows rows = arguments.has("-lv") ? volume_rows(group)
                                           : Rows{{group.disk, "active", std::to_string(group.total),
                                                   std::to_string(group.free()), distribution_text(group.free_distribution)}};
    text += table_text(arguments, columns, *chosen, rows);
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
