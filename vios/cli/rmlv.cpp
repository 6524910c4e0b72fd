// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/command.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-f", Takes::nothing}};

Output remove(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(rmlv, "Command requires a logical volume.");
  std::string text;
  for (const std::string& name : arguments.operands()) {
    const Disk* disk = devices.any_disk(name);
    const auto stored = std::ranges::find(devices.volumes(), name, &StoredVolume::name);
    if (stored != devices.volumes().end() && stored->kind == VolumeKind::file_pool)
      return {
          1, text + fmt::format("0516-1008 rmlv: Logical volume {} must be closed. The storage pool {} is on it.\n", name, name)};
    if (!disk || !disk->volume || stored == devices.volumes().end() || stored->kind == VolumeKind::file)
      return {1, text + fmt::format("0516-306 rmlv: Unable to find  {} in the Device\n\tConfiguration Database.\n", name)};
    if (devices.scsi().exported(*disk))
      return {1, text + fmt::format("0516-1008 rmlv: Logical volume {} must be closed. It is the backing device of {}.\n", name,
                                    devices.scsi().targets_of(*disk).front())};
    // The real command asks here, and nobody could answer.
    if (!arguments.has("-f"))
      return {
          1, text + fmt::format("rmlv: Warning, all data belonging to logical volume {} on physical volume {} will be destroyed. "
                                "Specify the -f flag to remove it.\n",
                                name, group_of(devices, stored->group)->disks.front().name)};
    if (auto removed = devices.remove_volume(name); !removed) return {1, text + failure(rmlv, removed.error()).output};
    text += fmt::format("rmlv: Logical volume {} is removed.\n", name);
  }
  return {0, text};
}

}  // namespace

constexpr Command rmlv = {"rmlv",    "Removes logical volumes from a volume group.", "[-f] LogicalVolume ...", options, remove,
                          any_number};

}  // namespace vios::cli
