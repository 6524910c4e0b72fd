// SPDX-License-Identifier: GPL-2.0-or-later
// mkvg, extendvg, reducevg.
#include "emu/core/names.h"
#include "vios/cli/storage.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option make_options[] = {{"-f", Takes::nothing}, {"-vg", Takes::one}};
constexpr Option extend_options[] = {{"-f", Takes::nothing}};

Output failed_with(const std::string& text, const emu::Error& error, const Command& command, std::string_view last) {
  return {1, text + failure(command, error).output + fmt::format("{}\n", last)};
}

Output make(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(mkvg, "Command requires a physical volume.");
  const std::string name = arguments.has("-vg") ? arguments.value("-vg") : devices.free_name("vg");
  if (!emu::is_device_name(name)) return usage_error(mkvg, fmt::format("\"{}\" is not a name.", name));
  constexpr std::string_view last = "0516-862 mkvg: Unable to create volume group.";
  if (devices.taken(name))
    return failure(fmt::format("0516-360 mkvg: The device name {} is already used; choose a different name.\n{}", name, last));
  std::string text;
  if (const auto may = may_join(devices, mkvg, arguments.operands(), arguments.has("-f"), text); !may)
    return failed_with(text, may.error(), mkvg, last);
  if (const auto joined = join(devices, name, arguments.operands()); !joined)
    return failed_with(text, joined.error(), mkvg, last);
  return {0, text + name + "\n"};
}

Output extend(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().size() < 2) return usage_error(extendvg, "Command requires a volume group and a physical volume.");
  const std::string& name = arguments.operands().front();
  if (!group_of(devices, name)) return no_volume_group(extendvg, name);
  constexpr std::string_view last = "0516-792 extendvg: Unable to extend volume group.";
  if (name == rootvg_name) return failure(fmt::format("The volume group rootvg stays on its server's own disk.\n{}", last));
  const std::vector<std::string> disks(arguments.operands().begin() + 1, arguments.operands().end());
  std::string text;
  if (const auto may = may_join(devices, extendvg, disks, arguments.has("-f"), text, name); !may)
    return failed_with(text, may.error(), extendvg, last);
  if (const auto joined = join(devices, name, disks); !joined) return failed_with(text, joined.error(), extendvg, last);
  return {0, text};
}

Output reduce(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().size() < 2) return usage_error(reducevg, "Command requires a volume group and a physical volume.");
  const std::string& name = arguments.operands().front();
  if (!group_of(devices, name)) return no_volume_group(reducevg, name);
  const auto ended = leave(devices, reducevg, name, {arguments.operands().begin() + 1, arguments.operands().end()});
  if (!ended) return failure(reducevg, ended.error());
  return {0, *ended ? "ldeletepv: Volume Group deleted since it contains no physical volumes.\n" : ""};
}

}  // namespace

constexpr Command mkvg = {"mkvg",    "Creates a volume group.", "[-f] [-vg VolumeGroup] PhysicalVolume ...", make_options, make,
                          any_number};
constexpr Command extendvg = {
    "extendvg", "Adds physical volumes to a volume group.", "[-f] VolumeGroup PhysicalVolume ...", extend_options, extend,
    any_number};
constexpr Command reducevg = {
    "reducevg", "Removes physical volumes from a volume group.", "VolumeGroup PhysicalVolume ...", {}, reduce, any_number};

}  // namespace vios::cli
