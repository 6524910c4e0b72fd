// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/command.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-avail", Takes::nothing}, {"-field", Takes::many},   {"-fmt", Takes::one},
    {"-free", Takes::nothing},  {"-size", Takes::nothing},
};

constexpr std::string_view plain_fields[] = {"name", "pvid", "vg", "status"};
constexpr std::string_view size_fields[] = {"name", "pvid", "size"};

bool rootvg(const Disk& disk) { return !disk.on_san; }

// Of one, in megabytes, and nothing else.
Output size_of(const std::string& name, Devices& devices) {
  const Disk* disk = devices.any_disk(name);
  if (!disk || disk->volume || !devices.find(name)) return not_found(name);
  return {0, fmt::format("{}\n", disk->lun->bytes() / MiB)};
}

Output list(const Arguments& arguments, Devices& devices) {
  const int lists = arguments.has("-size") + arguments.has("-free") + arguments.has("-avail");
  if (lists > 1) return usage_error(lspv, "Options -size, -free and -avail exclude each other.");
  if (!arguments.operands().empty()) {
    if (arguments.operands().size() > 1 || !arguments.has("-size"))
      return usage_error(lspv, fmt::format("\"{}\" stands where no word belongs.", arguments.operands().back()));
    return size_of(arguments.operands().front(), devices);
  }
  const bool sizes = lists == 1;
  auto fields = sizes ? chosen_fields(arguments, size_fields) : chosen_fields(arguments, plain_fields);
  if (!fields) return usage_error(lspv, fields.error().text);

  std::vector<std::vector<std::string>> rows;
  for (const Disk& disk : devices.disks()) {
    const auto device = devices.find(disk.name);
    if (disk.volume || !device) continue;
    // Free: not backing anything yet. Available: may back something.
    if ((arguments.has("-free") || arguments.has("-avail")) && (rootvg(disk) || device->status != "Available")) continue;
    if (arguments.has("-free") && devices.scsi().exported(disk)) continue;
    const std::string size = std::to_string(disk.lun->bytes() / MiB);
    rows.push_back(sizes ? std::vector<std::string>{disk.name, disk.lun->pvid(), size}
                         : std::vector<std::string>{disk.name, disk.lun->pvid(), rootvg(disk) ? "rootvg" : "None",
                                                    rootvg(disk) ? "active" : ""});
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

constexpr Command lspv = {"lspv", "Displays information about physical volumes.",
                          "[{-avail | -free | -size}] [-fmt Delimiter] [-field FieldName ...]\n       lspv -size PhysicalVolume",
                          options, list};

}  // namespace vios::cli
