// SPDX-License-Identifier: GPL-2.0-or-later
// A logical volume can back a virtual disk, and such a partition cannot move: the other server does not see it.
#include "emu/core/names.h"
#include "vios/cli/command.h"
#include "vios/rootvg.h"

#include <charconv>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-lv", Takes::one}};

// 512M or 2G, in MiB; nothing for anything else.
std::optional<u64> parse_size(const std::string& text) {
  u64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  constexpr u64 most_mb = 32 * 1024;
  if (error != std::errc() || number == 0 || number > most_mb) return std::nullopt;
  if (unit == "M" || unit == "m") return number;
  if ((unit == "G" || unit == "g") && number <= most_mb / 1024) return number * 1024;
  return std::nullopt;
}

Output make(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().size() != 2 || !arguments.has("-lv"))
    return usage_error(mklv, "Command requires option \"-lv\", a volume group and a size.");
  if (arguments.operands()[0] != rootvg_name) return no_volume_group(mklv, arguments.operands()[0]);
  const auto size = parse_size(arguments.operands()[1]);
  if (!size) return usage_error(mklv, fmt::format("\"{}\" is not a size such as 512M or 2G.", arguments.operands()[1]));
  const std::string name = arguments.value("-lv");
  if (!emu::is_device_name(name)) return usage_error(mklv, fmt::format("\"{}\" is not a name.", name));
  auto made = devices.add_volume(name, partitions_of(*size) * partition_mb);
  return made ? Output{0, name + "\n"} : failure(mklv, made.error());
}

}  // namespace

constexpr Command mklv = {"mklv", "Creates a logical volume.", "-lv NewLogicalVolume VolumeGroup Size", options, make, 2};

}  // namespace vios::cli
