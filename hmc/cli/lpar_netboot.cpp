// SPDX-License-Identifier: GPL-2.0-or-later
// lpar_netboot: a partition is brought to Open Firmware, which tells its network adapters, tests them, and boots through one of them.
// (docs/netboot.md)
// SIMPLIFIED: no -E, and no Virtual I/O Server, which runs without Open Firmware.
#include <algorithm>
#include <array>
#include <bit>

#include "emu/core/address.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/netboot.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-M", Takes::nothing},
                              {"-n", Takes::nothing},
                              {"-v", Takes::nothing},
                              {"-x", Takes::nothing},
                              {"-f", Takes::nothing},
                              {"-i", Takes::nothing},  // the hypervisor takes the power away at once anyway
                              {"-A", Takes::nothing},
                              {"-D", Takes::nothing},
                              {"-a", Takes::nothing},
                              {"-t"},
                              {"-T"},
                              {"-s"},
                              {"-d"},
                              {"-S"},
                              {"-G"},
                              {"-C"},
                              {"-K"},
                              {"-V"},
                              {"-Y"},
                              {"-l"},
                              {"-m"},
                              {"-g"},
                              {"-B"},
                              {"-y"},
                              {"-z"},
                              {"", Takes::words}};

constexpr u32 multicast = 0xE0000000;  // and what no host has: 224.0.0.0 and up
constexpr u64 most_retries = 255;
constexpr size_t longest_file = 127;  // in a packet of BOOTP
constexpr size_t longest_arguments = 1024;

Status one_of(const Options& given, std::string_view option, std::initializer_list<std::string_view> words) {
  return std::ranges::count(words, given.value(option)) ? emu::success() : Status(usage_error(option));
}

// What only a boot has.
Status wishes_of_boot(const Options& given, NetbootWishes& wishes) {
  for (const std::string_view option : {"-l", "-m", "-g", "-B", "-a", "-y", "-z"})
    if (given.has("-n") && given.has(option)) return usage_error(option);
  if (given.has("-n")) return emu::success();
  if (given.has("-M")) return usage_error("-n");
  if (given.has("-A") && !given.has("-D")) return usage_error("-D");
  if (int{given.has("-A")} + int{given.has("-l")} + int{given.has("-m")} > 1) return usage_error(given.has("-l") ? "-l" : "-m");
  wishes.location = given.value("-l");
  wishes.mac = given.value("-m");
  wishes.arguments = given.value("-g");
  if (wishes.arguments.size() > longest_arguments) return usage_error("-g");
  wishes.file = given.value("-B");
  if (given.has("-B") && (wishes.file.empty() || wishes.file.size() > longest_file)) return usage_error("-B");
  wishes.tftp_only = given.has("-a");
  if (wishes.tftp_only && !given.has("-B")) return usage_error("-B");
  const auto retries = [&](std::string_view option, u32& to) {
    if (!given.has(option)) return emu::success();
    const auto number = given.number(option);
    if (!number || *number == 0 || *number > most_retries) return Status(usage_error(option));
    to = static_cast<u32>(*number);
    return emu::success();
  };
  TRY(retries("-y", wishes.bootp_retries));
  return retries("-z", wishes.tftp_retries);
}

Result<NetbootWishes> wishes_of(const Options& given) {
  NetbootWishes wishes;
  for (const std::string_view option : {"-S", "-G", "-C"})
    if (given.has(option) && emu::parse_address(given.value(option)).value_or(multicast) >= multicast) return usage_error(option);
  if (given.has("-K")) {
    const auto mask = emu::parse_address(given.value("-K"));
    if (!mask || std::countl_one(*mask) + std::countr_zero(*mask) != 32) return usage_error("-K");
  }
  if (given.has("-T")) TRY(one_of(given, "-T", {"on", "off"}));  // no virtual Ethernet switch has a spanning tree
  if (given.has("-V")) {
    const auto vlan = given.number("-V");
    if (!vlan || *vlan == 0 || *vlan > 4094) return usage_error("-V");
    wishes.network.vlan = static_cast<u16>(*vlan);
  }
  if (given.has("-Y")) {
    if (!given.has("-V") || given.number("-Y").value_or(8) > 7) return usage_error("-Y");
    wishes.network.priority = static_cast<u8>(*given.number("-Y"));
  }
  TRY(wishes_of_boot(given, wishes));
  wishes.test = given.has("-D");
  wishes.all = given.has("-A");
  // A virtual adapter has one speed, which it keeps whatever is asked for.
  if (wishes.test || !given.has("-n")) {
    TRY(one_of(given, "-s", {"auto", "10", "100", "1000"}));
    TRY(one_of(given, "-d", {"auto", "half", "full"}));
  }
  // A boot without any address is one by broadcast.
  const bool addressed = given.has("-S") || given.has("-G") || given.has("-C") || wishes.tftp_only;
  for (const std::string_view option : {"-S", "-G", "-C"})
    if ((wishes.test || (addressed && !given.has("-n"))) && !given.has(option)) return usage_error(option);
  wishes.network.server = given.value("-S");
  wishes.network.gateway = given.value("-G");
  wishes.network.client = given.value("-C");
  wishes.network.mask = given.value("-K");
  return wishes;
}

}  // namespace
constinit const OptionTable lpar_netboot_options = options;

Result<int> lpar_netboot(Call& call) {
  const Options& given = call.options;
  if (given.words().size() != 3) return usage_error("partition-name partition-profile managed-system");
  const std::string name = given.words()[0], profile = given.words()[1], system_name = given.words()[2];
  if (given.value("-t") != "ent") return usage_error("-t");
  const NetbootWishes wishes = TRY(wishes_of(given));
  const Inventory inventory = call.console.inventory(Detail::vios, std::array{system_name}, Others::by_name);
  const System* system = inventory.find(system_name);
  if (!system) return say("HSCL8018", system_name);
  if (!system->connected) return say("HSCLF014", system->name());
  if (!system->has_power()) return say("HSCLA228", system->name());
  const Lpar* lpar = system->lpar(name);
  if (!lpar) return say("HSCL8012", name);
  if (!lpar->info.definition.profile(profile)) return say("HSCLF010", profile, name);
  if (lpar->is_vios()) return say("HSCLF0A3", name);
  if (lpar->migrating()) return say("HSCL05DF", name, lpar->state());
  const Claims::Claim claim = TRY(call.console.claims().take(lpar->info.definition.uuid, name, Claims::Kind::alone));
  const Held held = TRY(call.console.link(system->frame)->hold());
  Netboot netboot(call, *system, *lpar, wishes);
  TRY(netboot.connect());
  TRY(netboot.to_open_firmware(profile));
  if (!given.has("-n")) {
    TRY(netboot.boot());
    return 0;
  }
  const Status listed = netboot.list_adapters();
  TRY(netboot.power_off());
  TRY(listed);
  return 0;
}

}  // namespace hmc::cli
