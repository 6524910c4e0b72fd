// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/text.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-default", Takes::one}, {"-defaultid", Takes::one}, {"-dev", Takes::one},  {"-f", Takes::nothing},
    {"-sea", Takes::one},     {"-vadapter", Takes::many}, {"-vdev", Takes::one},
};

Output make_target(const Arguments& arguments, Devices& devices) {
  const auto adapters = arguments.values("-vadapter");
  if (adapters.size() != 1) return usage_error(mkvdev, "Command requires option \"-vadapter\".");
  const std::string name = arguments.value("-vdev");
  const Disk* disk = devices.disk(name);
  if (!disk) return not_found(name);
  if (!devices.host(adapters.front())) return not_found(adapters.front());
  if (devices.held(adapters.front()) || devices.held(name)) return busy(mkvdev);
  const bool rootvg = !disk->on_san && !disk->volume;
  if (rootvg) return failure(fmt::format("mkvdev: \"{}\" belongs to volume group rootvg and cannot be a backing device.", name));
  if (devices.exported(*disk) && !arguments.has("-f"))
    return failure(fmt::format(
        "\"{}\" is already being used as a backing device. Specify the -f flag\nto force this device to be used anyway.", name));
  auto made = devices.add_target(name, adapters.front(), arguments.value("-dev"), 0);
  return made ? Output{0, *made + " Available\n"} : failure(mkvdev, made.error());
}

Output make_bridge(const Arguments& arguments, Devices& devices) {
  std::vector<std::string> trunks;
  for (const std::string& word : arguments.values("-vadapter"))
    for (const std::string& trunk : emu::words(word, ',')) trunks.push_back(trunk);
  for (const std::string_view needed : {"-vadapter", "-default", "-defaultid"})
    if (!arguments.has(needed)) return usage_error(mkvdev, fmt::format("Command requires option \"{}\".", needed));
  const std::string first = arguments.value("-default");
  const auto at = std::ranges::find(trunks, first);
  if (at == trunks.end())
    return failure(fmt::format("mkvdev: the default adapter \"{}\" is not among the virtual adapters.", first));
  std::rotate(trunks.begin(), at, at + 1);  // the default adapter carries untagged packets
  const std::string id = arguments.value("-defaultid");
  const auto vlan = emu::parse_number<u16>(id);
  if (!vlan || *vlan == 0 || *vlan > 4094) return failure(fmt::format("mkvdev: \"{}\" is not a VLAN ID.", id));
  auto made = devices.add_bridge(arguments.value("-sea"), trunks);
  if (!made) return failure(mkvdev, made.error());
  const std::string number = made->substr(3);
  return {0, fmt::format("{} Available\nen{}\net{}\n", *made, number, number)};
}

Output make(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-sea")) return make_bridge(arguments, devices);
  if (arguments.has("-vdev")) return make_target(arguments, devices);
  return usage_error(mkvdev, "Command requires option \"-vdev\" or \"-sea\".");
}

}  // namespace

constexpr Command mkvdev = {"mkvdev", "Adds a virtual device to the system.",
                            "[-f] -vdev TargetDevice -vadapter VirtualServerAdapter [-dev DeviceName]\n"
                            "       mkvdev -sea TargetDevice -vadapter VirtualEthernetAdapter ...\n"
                            "              -default DefaultVirtualEthernetAdapter -defaultid SEADefaultPVID",
                            options, make};

}  // namespace vios::cli
