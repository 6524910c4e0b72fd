// SPDX-License-Identifier: GPL-2.0-or-later
// Storage pools: rootvg is one, of logical volumes, and the default. (IBM documentation, "lssp command")
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/columns.h"
#include "vios/rootvg.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-all", Takes::nothing},     {"-bd", Takes::nothing},     {"-clustername", Takes::one},
                              {"-default", Takes::nothing}, {"-detail", Takes::nothing}, {"-field", Takes::many},
                              {"-fmt", Takes::one},         {"-sp", Takes::one},         {"-type", Takes::one}};

constexpr Column pool_columns[] = {{"pool", "Pool", 18, "name"},    {"size", "Size(mb)", 12}, {"free", "Free(mb)", 12},
                                   {"alloc", "Alloc Size(mb)", 18}, {"bds", "BDs", 6},        {"type", "Type", 10}};
constexpr Column disk_columns[] = {{"pvname", "PVNAME", 16, "name"}, {"pvid", "PVID", 36}, {"size", "SIZE(megabytes)", 16}};
constexpr Column device_columns[] = {{"bdname", "Name", 16}, {"size", "Size(mb)", 10}, {"vtd", "VTD", 16}, {"svsa", "SVSA", 10}};
constexpr std::string_view pool_type = "LVPOOL";
constexpr std::string_view other_types[] = {"FBPOOL", "CLPOOL"};

std::string megabytes(u64 partitions) { return std::to_string(partitions * partition_mb); }

Rows backing_devices(const RootVg& group, Devices& devices) {
  Rows rows;
  for (const LogicalVolume& each : group.volumes) {
    const Disk* disk = devices.any_disk(each.name);
    const auto targets = disk ? devices.scsi().targets_of(*disk) : std::vector<std::string>();
    for (const std::string& target : targets)
      rows.push_back(
          {each.name, megabytes(each.partitions), target, devices.find(target) ? devices.find(target)->parent : "None"});
    if (targets.empty()) rows.push_back({each.name, megabytes(each.partitions), "None", "None"});
  }
  return rows;
}

Output list(const Arguments& arguments, Devices& devices) {
  const int kinds = arguments.has("-detail") + arguments.has("-bd") + arguments.has("-default") + arguments.has("-type") +
                    arguments.has("-all");
  if (kinds > 1) return usage_error(lssp, "Options -all, -bd, -default, -detail and -type exclude each other.");
  if (arguments.has("-clustername")) return no_cluster(arguments.value("-clustername"));
  const bool of_one = arguments.has("-detail") || arguments.has("-bd");
  if (arguments.has("-sp") && !of_one) return usage_error(lssp, "Option -sp requires -detail or -bd.");
  if (arguments.has("-sp") && arguments.value("-sp") != rootvg_name)
    return failure(fmt::format("Storage pool \"{}\" is not found.", arguments.value("-sp")));
  if (arguments.has("-default")) {
    if (arguments.has("-field") || arguments.has("-fmt")) return usage_error(lssp, "Option -default stands alone.");
    return {0, fmt::format("Default Storage Pool: {}\n", rootvg_name)};
  }
  const std::span<const Column> columns = arguments.has("-detail") ? std::span<const Column>(disk_columns)
                                          : arguments.has("-bd")   ? std::span<const Column>(device_columns)
                                                                   : std::span<const Column>(pool_columns);
  const auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(lssp, chosen.error().text);
  const RootVg group = rootvg_of(devices);
  Rows rows;
  if (arguments.has("-detail")) {
    rows.push_back({group.disk, group.pvid, megabytes(group.total)});
  } else if (arguments.has("-bd")) {
    rows = backing_devices(group, devices);
  } else {
    const std::string type = arguments.value("-type");
    if (arguments.has("-type") && type != pool_type && std::ranges::count(other_types, type) == 0)
      return usage_error(lssp, fmt::format("\"{}\" is not a type of storage pools.", type));
    if (type.empty() || type == pool_type)
      rows.push_back({std::string(rootvg_name), megabytes(group.total), megabytes(group.free()), std::to_string(partition_mb),
                      std::to_string(group.volumes.size()), std::string(pool_type)});
  }
  return {0, table_text(arguments, columns, *chosen, rows)};
}

}  // namespace

constexpr Command lssp = {"lssp", "Lists and displays information about storage pools.",
                          "[-all | -type PoolType] [-field FieldName ...] [-fmt Delimiter]\n"
                          "       lssp {-detail | -bd} [-sp StoragePool] [-field FieldName ...] [-fmt Delimiter]\n"
                          "       lssp -default\n"
                          "       lssp -clustername ClusterName [-sp StoragePool] [-bd]",
                          options, list};

}  // namespace vios::cli
