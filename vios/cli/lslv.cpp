// SPDX-License-Identifier: GPL-2.0-or-later
// The layout is that of AIX's command of the same name.
#include "vios/cli/columns.h"
#include "vios/volume_groups.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-field", Takes::many}, {"-fmt", Takes::one}};

constexpr Column columns[] = {
    {"lvname", "LOGICAL VOLUME"},
    {"vgname", "VOLUME GROUP"},
    {"lvid", "LV IDENTIFIER"},
    {"access", "PERMISSION"},
    {"vgstate", "VG STATE"},
    {"lvstate", "LV STATE"},
    {"type", "TYPE"},
    {"writeverify", "WRITE VERIFY"},
    {"maxlps", "MAX LPs"},
    {"ppsize", "PP SIZE"},
    {"copies", "COPIES"},
    {"schedpolicy", "SCHED POLICY"},
    {"lps", "LPs"},
    {"pps", "PPs"},
    {"stalepps", "STALE PPs"},
    {"bbpolicy", "BB POLICY"},
    {"mount", "MOUNT POINT"},
    {"label", "LABEL"},
};

Output show(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(lslv, "Command requires a logical volume.");
  const auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(lslv, chosen.error().text);
  const std::string& name = arguments.operands().front();
  for (const VolumeGroup& group : groups_of(devices))
    for (const LogicalVolume& each : group.volumes) {
      if (each.name != name && each.identifier != name) continue;
      const std::string partitions = std::to_string(each.partitions);
      return {0, sheet_text(arguments, columns, *chosen,
                            {each.name, group.name, each.identifier, "read/write", "active/complete",
                             each.open || each.is_pool ? "opened/syncd" : "closed/syncd", each.is_pool ? "jfs2" : "jfs", "off",
                             "512", fmt::format("{} megabyte(s)", group.partition_mb), "1", "parallel", partitions, partitions,
                             "0", "relocatable", each.is_pool ? fmt::format("{}/{}", pool_folder, each.name) : "N/A", "None"})};
    }
  return failure(fmt::format("0516-306 lslv: Unable to find  {} in the Device\n\tConfiguration Database.", name));
}

}  // namespace

constexpr Command lslv = {"lslv",
                          "Displays information about a logical volume.",
                          "LogicalVolume [-field FieldName ...] [-fmt Delimiter]",
                          options,
                          show,
                          1};

}  // namespace vios::cli
