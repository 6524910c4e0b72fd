// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_ethernet.h"
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

Output print(const Arguments&, Devices& devices) { return {0, devices.ethernet().host_name() + "\n"}; }

}  // namespace

constexpr Command hostname = {"hostname", "Displays the name of the host system.", "", {}, print};

}  // namespace vios::cli
