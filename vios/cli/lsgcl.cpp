// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

Output print(const Arguments&, Devices& devices) { return {0, devices.command_log().text()}; }

}  // namespace

constexpr Command lsgcl = {"lsgcl", "Lists the contents of the global command log.", "", {}, print};

}  // namespace vios::cli
