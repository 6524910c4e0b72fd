// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-dev", Takes::one}, {"-recursive", Takes::nothing}, {"-ucfg", Takes::nothing}};

Output remove(const Arguments& arguments, Devices& devices) {
  const std::string name = arguments.value("-dev");
  if (name.empty()) return usage_error(rmdev, "Command requires option \"-dev\".");
  if (!devices.exists(name)) return not_found(name);
  if (devices.held(name)) return busy(rmdev);
  const bool keep = arguments.has("-ucfg");
  const std::string done = name + (keep ? " Defined\n" : " deleted\n");
  if (devices.target(name).second) {
    auto removed = keep ? devices.set_available(name, false) : devices.remove_targets({name});
    return removed ? Output{0, done} : failure(rmdev, removed.error());
  }
  if (Host* host = devices.host(name)) {
    if (!host->stored.targets.empty() && !arguments.has("-recursive"))
      return failure("rmdev: 0514-043 Cannot remove the device because it has children; use the -recursive flag.");
    std::vector<std::string> children;
    for (const StoredTarget& each : host->stored.targets) children.push_back(each.vtd);
    if (auto removed = devices.remove_targets(children); !removed) return failure(rmdev, removed.error());
    std::string text;
    for (const std::string& each : children) text += each + " deleted\n";
    // The adapter stays plugged: the next cfgdev finds it, as on a real server. Only its children are gone.
    return {0, text + done};
  }
  for (const Bridge& bridge : devices.bridges())
    if (bridge.name == name) {
      auto removed = devices.remove_bridge(name);
      return removed ? Output{0, done} : failure(rmdev, removed.error());
    }
  return busy(rmdev);
}

}  // namespace

constexpr Command rmdev = {"rmdev", "Removes a device from the system.", "-dev DeviceName [-recursive] [-ucfg]", options, remove};

}  // namespace vios::cli
