// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

Output print(const Arguments&, Devices& devices) { return {0, devices.level() + "\n"}; }

}  // namespace

constexpr Command ioslevel = {"ioslevel", "Reports the latest installed maintenance level of the system.", "", {}, print};

}  // namespace vios::cli
