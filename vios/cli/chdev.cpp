// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

#include <fmt/format.h>

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
  for (const std::string& word : arguments.values("-attr")) {
    const auto assignment = parse_assignment(word);
    if (!assignment) return usage_error(chdev, fmt::format("\"{}\" is not of the form Attribute=Value.", word));
    // Redbook 3.7: puts an identifier on a disk. Ours have one from the beginning.
    if (assignment->first == "pv" && assignment->second == "yes" && devices.disk(device)) continue;
    values[assignment->first] = assignment->second;
  }
  if (auto changed = devices.set_attributes(device, values, arguments.has("-perm")); !changed)
    return failure(chdev, changed.error());
  return {0, device + " changed\n"};
}

}  // namespace

constexpr Command chdev = {"chdev", "Changes the attributes of a device.", "-dev Name -attr Attribute=Value ... [-perm]", options,
                           change};

}  // namespace vios::cli
