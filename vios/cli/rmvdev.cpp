// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/command.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-f", Takes::nothing}, {"-vdev", Takes::one}, {"-vtd", Takes::one}};

Output remove(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-vtd") == arguments.has("-vdev"))
    return usage_error(rmvdev, "Command requires option \"-vtd\" or \"-vdev\".");
  std::vector<std::string> targets;
  if (arguments.has("-vtd")) {
    targets.push_back(arguments.value("-vtd"));
    if (const auto device = devices.find(targets.front()); !device || device->type != "vtd") return not_found(targets.front());
  } else {
    const Disk* disk = devices.disk(arguments.value("-vdev"));
    if (!disk) return not_found(arguments.value("-vdev"));
    targets = devices.scsi().targets_of(*disk);
    if (targets.empty()) return failure(fmt::format("rmvdev: \"{}\" is not mapped to a virtual target device.", disk->name));
    if (targets.size() > 1 && !arguments.has("-f"))
      return failure(fmt::format("rmvdev: \"{}\" backs more than one virtual target device; use the -f flag.", disk->name));
  }
  for (const std::string& each : targets)
    if (devices.held(each)) return busy(rmvdev);
  if (auto removed = devices.scsi().remove_targets(targets); !removed) return failure(rmvdev, removed.error());
  std::string text;
  for (const std::string& each : targets) text += each + " deleted\n";
  return {0, text};
}

}  // namespace

constexpr Command rmvdev = {"rmvdev", "Removes the connection between a physical device and its virtual SCSI adapter.",
                            "[-f] {-vdev TargetDevice | -vtd VirtualTargetDevice}", options, remove};

}  // namespace vios::cli
