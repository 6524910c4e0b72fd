// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/columns.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-avail", Takes::nothing}, {"-clustername", Takes::one}, {"-field", Takes::many},   {"-fmt", Takes::one},
    {"-free", Takes::nothing},  {"-lv", Takes::nothing},      {"-size", Takes::nothing}, {"-sp", Takes::one},
};

constexpr std::string_view plain_fields[] = {"name", "pvid", "vg", "status"};
constexpr std::string_view size_fields[] = {"name", "pvid", "size"};
constexpr Column disk_columns[] = {
    {"pvname", "PHYSICAL VOLUME"},     {"vgname", "VOLUME GROUP"},        {"pvid", "PV IDENTIFIER"},
    {"vgid", "VG IDENTIFIER"},         {"pvstate", "PV STATE"},           {"allocatable", "ALLOCATABLE"},
    {"stalepps", "STALE PARTITIONS"},  {"numlvs", "LOGICAL VOLUMES"},     {"ppsize", "PP SIZE"},
    {"vgds", "VG DESCRIPTORS"},        {"totalpps", "TOTAL PPs"},         {"hotspare", "HOT SPARE"},
    {"freepps", "FREE PPs"},           {"maxreq", "MAX REQUEST"},         {"usedpps", "USED PPs"},
    {"freedist", "FREE DISTRIBUTION"}, {"useddist", "USED DISTRIBUTION"},
};
constexpr Column volume_columns[] = {{"lvname", "LV NAME", 22},
                                     {"lps", "LPs", 8},
                                     {"pps", "PPs", 8},
                                     {"distribution", "DISTRIBUTION", 22},
                                     {"mount", "MOUNT POINT"}};

std::string pvid_text(const Disk& disk) { return disk.lun->pvid().empty() ? "none" : disk.lun->pvid(); }

// What of the volume group is on a disk.
Output show_one(const std::string& name, const Arguments& arguments, Devices& devices) {
  const Disk* disk = devices.any_disk(name);
  if (!disk || disk->volume || !devices.find(name)) return not_found(name);
  if (arguments.has("-size")) return {0, fmt::format("{}\n", disk->lun->bytes() / MiB)};
  const auto chosen = arguments.has("-lv") ? chosen_columns(arguments, volume_columns) : chosen_columns(arguments, disk_columns);
  if (!chosen) return usage_error(lspv, chosen.error().text);
  const auto group = group_of(devices, group_on(devices, name));
  if (!group) return failure(fmt::format("0516-320 lspv: Physical volume {} is not assigned to\n\ta volume group.", name));
  const GroupDisk& part = *std::ranges::find(group->disks, name, &GroupDisk::name);
  Rows rows;
  for (const LogicalVolume& each : group->volumes) {
    const u64 here = part.holds(each);
    const std::string partitions = std::to_string(here);
    if (here)
      rows.push_back({each.name, partitions, partitions, distribution_text(part.distribution_of(each)),
                      each.is_pool ? fmt::format("{}/{}", pool_folder, each.name) : "N/A"});
  }
  if (arguments.has("-lv"))
    return {0, (arguments.has("-fmt") ? "" : name + ":\n") + table_text(arguments, volume_columns, *chosen, rows)};
  return {0, sheet_text(arguments, disk_columns, *chosen,
                        {name, group->name, part.pvid, group->identifier, part.there ? "active" : "missing", "yes", "0",
                         std::to_string(rows.size()), fmt::format("{} megabyte(s)", group->partition_mb),
                         group->disks.size() == 1 ? "2" : "1", group->text_of(part.total), "no", group->text_of(part.free()),
                         "256 kilobytes", group->text_of(part.used), distribution_text(part.free_distribution()),
                         distribution_text(part.used_distribution())})};
}

Output list(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-clustername")) return no_cluster(arguments.value("-clustername"));
  if (arguments.has("-sp")) return usage_error(lspv, "Command requires option \"-clustername\".");
  const int lists = arguments.has("-size") + arguments.has("-free") + arguments.has("-avail");
  if (lists > 1) return usage_error(lspv, "Options -size, -free and -avail exclude each other.");
  if (!arguments.operands().empty()) {
    if (arguments.has("-free") || arguments.has("-avail") || (arguments.has("-size") && arguments.has("-lv")))
      return usage_error(lspv, fmt::format("\"{}\" stands where no word belongs.", arguments.operands().back()));
    return show_one(arguments.operands().front(), arguments, devices);
  }
  if (arguments.has("-lv")) return usage_error(lspv, "Command requires a physical volume.");
  const bool sizes = lists == 1;
  auto fields = sizes ? chosen_fields(arguments, size_fields) : chosen_fields(arguments, plain_fields);
  if (!fields) return usage_error(lspv, fields.error().text);

  std::vector<std::vector<std::string>> rows;
  for (const Disk& disk : devices.disks()) {
    const auto device = devices.find(disk.name);
    if (disk.volume || !device) continue;
    const std::string group = group_on(devices, disk.name);
    // Free: not backing anything yet. Available: may back something.
    if ((arguments.has("-free") || arguments.has("-avail")) && (!group.empty() || device->status != "Available")) continue;
    if (arguments.has("-free") && devices.scsi().exported(disk)) continue;
    const std::string size = std::to_string(disk.lun->bytes() / MiB);
    rows.push_back(sizes ? std::vector<std::string>{disk.name, pvid_text(disk), size}
                         : std::vector<std::string>{disk.name, pvid_text(disk), group.empty() ? "None" : group,
                                                    group.empty() ? "" : "active"});
  }
  if (arguments.has("-fmt") || arguments.has("-field")) {
    for (auto& row : rows) {
      std::vector<std::string> chosen;
      for (const size_t field : *fields) chosen.push_back(row[field]);
      row = std::move(chosen);
    }
    return {0, delimited(rows, arguments.has("-fmt") ? arguments.value("-fmt") : " ")};
  }
  std::string text;
  if (sizes) {
    text = fmt::format("{:<16}{:<36}{}\n", "NAME", "PVID", "SIZE(megabytes)");
    for (const auto& row : rows) text += fmt::format("{:<16}{:<36}{}\n", row[0], row[1], row[2]);
  } else {
    text = fmt::format("{:<17}{:<37}{:<17}{}\n", "NAME", "PVID", "VG", "STATUS");
    for (const auto& row : rows)
      text += row[3].empty() ? fmt::format("{:<17}{:<37}{}\n", row[0], row[1], row[2])
                             : fmt::format("{:<17}{:<37}{:<17}{}\n", row[0], row[1], row[2], row[3]);
  }
  return {0, text};
}

}  // namespace

constexpr Command lspv = {"lspv",
                          "Displays information about physical volumes.",
                          "[{-avail | -free | -size}] [-fmt Delimiter] [-field FieldName ...]\n"
                          "       lspv [-lv | -size] PhysicalVolume [-fmt Delimiter] [-field FieldName ...]\n"
                          "       lspv -clustername ClusterName -sp StoragePool",
                          options,
                          list,
                          1};

}  // namespace vios::cli
