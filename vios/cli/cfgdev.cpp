// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-dev", Takes::one}};

Output configure(const Arguments& arguments, Devices& devices) {
  const std::string device = arguments.value("-dev");
  if (!device.empty() && !devices.exists(device)) return not_found(device);
  if (auto configured = devices.configure(device); !configured) return failure(cfgdev, configured.error());
  return {};
}

}  // namespace

constexpr Command cfgdev = {"cfgdev", "Configures devices.", "[-dev DeviceName]", options, configure};

}  // namespace vios::cli
