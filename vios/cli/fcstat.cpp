// SPDX-License-Identifier: GPL-2.0-or-later
// Texts: AIX. A port of the emulated SAN has no vital product data, which the real command begins with.
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-e", Takes::nothing}};

Output show(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(fcstat, "Command requires a device name.");
  const auto device = devices.find(arguments.operands().front());
  const bool port = device && device->name.starts_with("fcs");
  return failure(port ? "Error accessing ODM\nVPD information not found" : "Error accessing ODM\nDevice not found");
}

}  // namespace

constexpr Command fcstat = {"fcstat", "Displays statistics of a fibre channel adapter.", "[-e] DeviceName", options, show, 1};

}  // namespace vios::cli
