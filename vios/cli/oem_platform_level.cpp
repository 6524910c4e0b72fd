// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

// The level of AIX that lies under the server's: 6.1 with technology level 5 under 2.1.3, no service pack.
Output print(const Arguments&, Devices&) { return {0, "AIX:\n6100-05-00-0000\n"}; }

}  // namespace

constexpr Command oem_platform_level = {
    "oem_platform_level", "Returns the operating system level of the OEM install and setup environment.", "", {}, print};

}  // namespace vios::cli
