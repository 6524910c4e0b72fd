// SPDX-License-Identifier: GPL-2.0-or-later
// A logical volume can back a virtual disk, and such a partition cannot move: the other server does not see it.
#include "emu/core/names.h"
#include "vios/cli/command.h"
#include "vios/cli/storage.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-lv", Takes::one}};

Output make(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().size() != 2 || !arguments.has("-lv"))
    return usage_error(mklv, "Command requires option \"-lv\", a volume group and a size.");
  const std::string& group = arguments.operands()[0];
  if (!group_of(devices, group)) return no_volume_group(mklv, group);
  const auto size = parse_size(arguments.operands()[1]);
  if (!size) return usage_error(mklv, fmt::format("\"{}\" is not a size such as 512M or 2G.", arguments.operands()[1]));
  const std::string name = arguments.value("-lv");
  if (!emu::is_device_name(name)) return usage_error(mklv, fmt::format("\"{}\" is not a name.", name));
  const auto made = make_volume(devices, mklv, {name, *size, 0, group});
  return made ? Output{0, name + "\n"} : failure(mklv, made.error());
}

}  // namespace

constexpr Command mklv = {"mklv", "Creates a logical volume.", "-lv NewLogicalVolume VolumeGroup Size", options, make, 2};

}  // namespace vios::cli
