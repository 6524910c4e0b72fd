// SPDX-License-Identifier: GPL-2.0-or-later
// Storage pools: rootvg is the default one. (IBM documentation, "lssp command")
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/columns.h"
#include "vios/cli/storage.h"

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
constexpr std::string_view cluster_pool = "CLPOOL";

Rows backing_devices(const Pool& pool, Devices& devices) {
  Rows rows;
  for (const StoredVolume& each : pool.devices) {
    const Disk* disk = devices.any_disk(each.name);
    const std::string name = pool.is_file_pool() ? each.name.substr(each.name.rfind('/') + 1) : each.name;
    const std::string size = std::to_string(each.size_mb);
    const auto targets = disk ? devices.scsi().targets_of(*disk) : std::vector<std::string>();
    for (const std::string& target : targets)
      rows.push_back({name, size, target, devices.find(target) ? devices.find(target)->parent : "None"});
    if (targets.empty()) rows.push_back({name, size, "None", "None"});
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
  const std::string wanted = arguments.has("-sp") ? arguments.value("-sp") : std::string(rootvg_name);
  const auto pool = pool_of(devices, wanted);
  if (!pool) return no_pool(wanted);
  if (arguments.has("-default")) {
    if (arguments.has("-field") || arguments.has("-fmt")) return usage_error(lssp, "Option -default stands alone.");
    return {0, fmt::format("Default Storage Pool: {}\n", rootvg_name)};
  }
  const std::span<const Column> columns = arguments.has("-detail") ? std::span<const Column>(disk_columns)
                                          : arguments.has("-bd")   ? std::span<const Column>(device_columns)
                                                                   : std::span<const Column>(pool_columns);
  const auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(lssp, chosen.error().text);
  Rows rows;
  if (arguments.has("-detail")) {
    for (const GroupDisk& each : pool->group.disks)
      rows.push_back({each.name, each.pvid, std::to_string(each.total * pool->group.partition_mb)});
  } else if (arguments.has("-bd")) {
    rows = backing_devices(*pool, devices);
  } else {
    const std::string type = arguments.value("-type");
    if (arguments.has("-type") && type != lv_pool && type != file_pool && type != cluster_pool)
      return usage_error(lssp, fmt::format("\"{}\" is not a type of storage pools.", type));
    for (const Pool& each : pools_of(devices))
      if (type.empty() || type == each.type)
        rows.push_back({each.name, std::to_string(each.size_mb), std::to_string(each.free_mb),
                        std::to_string(each.group.partition_mb), std::to_string(each.devices.size()), each.type});
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
