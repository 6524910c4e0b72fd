// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "vios/backends/virtual_scsi.h"
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-attr", Takes::many}, {"-dev", Takes::one}, {"-perm", Takes::nothing}};

Output change(const Arguments& arguments, Devices& devices) {
  const std::string device = arguments.value("-dev");
  if (device.empty()) return usage_error(chdev, "Command requires option \"-dev\".");
  if (!arguments.has("-attr")) return usage_error(chdev, "Command requires option \"-attr\".");
  if (!devices.exists(device))
    return failure(
        fmt::format("chdev: 0514-519 The following device was not found in the customized\n                 device configuration "
                    "database:\n\t{}",
                    device));
  if (devices.held(device)) return busy(chdev);
  std::map<std::string, std::string> values;
  std::string label;
  for (const std::string& word : arguments.values("-attr")) {
    const auto assignment = parse_assignment(word);
    if (!assignment) return usage_error(chdev, fmt::format("\"{}\" is not of the form Attribute=Value.", word));
    // Puts an identifier on a disk that has none, or takes it away. (Redbook 3.7)
    if (const Disk* disk = devices.disk(device); disk && !disk->volume && assignment->first == "pv") {
      if (assignment->second != "yes" && assignment->second != "clear")
        return failure(fmt::format(
            "chdev: 0514-018 The values specified for the following attributes\n                 are not valid:\n     pv\t{}",
            assignment->second));
      label = assignment->second;
      continue;
    }
    values[assignment->first] = assignment->second;
  }
  if (auto changed = devices.set_attributes(device, values, arguments.has("-perm")); !changed)
    return failure(chdev, changed.error());
  if (!label.empty()) {
    Lun& lun = *devices.disk(device)->lun;
    if (label == "clear" && devices.scsi().used(*devices.disk(device))) return busy(chdev);
    if (auto written = label == "yes" ? lun.give_pvid() : lun.clear_pvid(); !written) return failure(chdev, written.error());
  }
  return {0, device + " changed\n"};
}

}  // namespace

constexpr Command chdev = {"chdev", "Changes the attributes of a device.", "-dev Name -attr Attribute=Value ... [-perm]", options,
                           change};

}  // namespace vios::cli
