// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/ios_level.h"
#include "vios/cli/command.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

// No service pack.
Output print(const Arguments&, Devices& devices) {
  return {0, fmt::format("AIX:\n{}-00-0000\n", emu::aix_under(devices.level()))};
}

}  // namespace

constexpr Command oem_platform_level = {
    "oem_platform_level", "Returns the operating system level of the OEM install and setup environment.", "", {}, print};

}  // namespace vios::cli
