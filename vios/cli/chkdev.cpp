// SPDX-License-Identifier: GPL-2.0-or-later
// May a disk go from a partition's own adapters to a virtual one, and back? (IBM documentation, "chkdev command")
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/columns.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-dev", Takes::one}, {"-field", Takes::many}, {"-fmt", Takes::one}, {"-verbose", Takes::nothing}};

constexpr Column columns[] = {{"name", "NAME"},
                              {"identifier", "IDENTIFIER"},
                              {"phys2virt_capable", "PHYS2VIRT_CAPABLE"},
                              {"virt2npiv_capable", "VIRT2NPIV_CAPABLE"},
                              {"virt2phys_capable", "VIRT2PHYS_CAPABLE"},
                              {"pvid", "PVID"},
                              {"udid", "UDID"},
                              {"ieee", "IEEE"},
                              {"vtd", "VTD"}};
constexpr size_t short_columns = 5;

std::vector<std::string> row_of(const Disk& disk, Devices& devices) {
  const auto targets = devices.scsi().targets_of(disk);
  const bool mapped = !targets.empty();
  const std::string pvid = disk.lun->pvid().empty() ? "" : disk.lun->pvid() + "0000000000000000";
  // What a volume group lies on backs nothing, and what has no identifier neither. There is no N_Port ID virtualization to go to.
  return {disk.name,
          disk.lun->shown_udid().empty() ? pvid : disk.lun->shown_udid(),
          mapped                                                                 ? "NA"
          : !group_on(devices, disk.name).empty() || !disk.lun->has_identifier() ? "NO"
                                                                                 : "YES",
          mapped ? "NO" : "NA",
          mapped ? "YES" : "NA",
          pvid,
          disk.lun->shown_udid(),
          "",
          fmt::format("{}", fmt::join(targets, ","))};
}

Output check(const Arguments& arguments, Devices& devices) {
  auto chosen = chosen_columns(arguments, columns);
  if (!chosen) return usage_error(chkdev, chosen.error().text);
  if (!arguments.has("-field") && !arguments.has("-verbose")) chosen->resize(short_columns);
  const std::string name = arguments.value("-dev");
  if (arguments.has("-dev")) {
    const Disk* disk = devices.disk(name);
    if (!disk || disk->volume) return not_found(name);
  }
  std::string text;
  for (const Disk& disk : devices.disks()) {
    if (disk.volume || devices.is_deleted(disk.name) || (arguments.has("-dev") && disk.name != name)) continue;
    const auto row = row_of(disk, devices);
    if (arguments.has("-fmt")) {
      text += table_text(arguments, columns, *chosen, {row});
      continue;
    }
    for (const size_t column : *chosen) {
      std::string line = fmt::format("{:<21}{}", fmt::format("{}:", columns[column].title), row[column]);
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    text += "\n";
  }
  return {0, text};
}

}  // namespace

constexpr Command chkdev = {"chkdev", "Checks devices for virtual device provisioning capability.",
                            "[-dev Name] [-verbose] [-field FieldName ...] [-fmt Delimiter]", options, check};

}  // namespace vios::cli
