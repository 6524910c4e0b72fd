// SPDX-License-Identifier: GPL-2.0-or-later
// installios: a Virtual I/O Server that was defined gets its operating system, from the media in the console's drive.
// SIMPLIFIED: it takes no time and no network, and is done once; there is no wizard, and no -A, -C, -E, -F, -R, -T, -V, -Y, -e, -o, -q, -u.
#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/physical_slot.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-s"}, {"-p"}, {"-r"}, {"-i"}, {"-S"}, {"-g"},
                              {"-d"}, {"-m"}, {"-P"}, {"-D"}, {"-l"}, {"-n", Takes::nothing}};

constexpr u64 power_time = 60 * emu::nanoseconds_per_second;
constexpr u32 multicast = 0xE0000000;  // and what no host has: 224.0.0.0 and up
constexpr std::string_view media = "/dev/cdrom";

Status one_of(const Options& given, std::string_view option, std::initializer_list<std::string_view> words) {
  return !given.has(option) || std::ranges::count(words, given.value(option)) ? emu::success() : Status(usage_error(option));
}

Status sound(const Options& given) {
  for (const std::string_view option : {"-s", "-p", "-r", "-i", "-S", "-g", "-d"})
    if (given.value(option).empty()) return usage_error(option);
  for (const std::string_view option : {"-i", "-g"})
    if (emu::parse_address(given.value(option)).value_or(multicast) >= multicast) return usage_error(option);
  const auto mask = emu::parse_address(given.value("-S"));
  if (!mask || *mask == 0 || std::countl_one(*mask) + std::countr_zero(*mask) != 32) return usage_error("-S");
  // Of a virtual adapter neither can be chosen, and of a port here neither is set.
  TRY(one_of(given, "-P", {"10", "100", "1000", "auto"}));
  TRY(one_of(given, "-D", {"full", "half", "auto"}));
  TRY(one_of(given, "-l", {"en_US"}));
  if (given.value("-d") != media) return say("HSCLF0D3", given.value("-d"));
  return emu::success();
}

// What it is installed through.
struct Way {
  std::string mac;
  u32 slot = 0;              // of a virtual adapter; 0: a port in a physical slot
  bool has_address = false;  // it can keep the address that the installation has used
};

std::vector<Way> ways_of(const emu::Profile& profile, const System& system) {
  std::vector<Way> ways;
  for (const std::string& text : profile.io_slots) {
    const auto claim = emu::slot_claim(text);
    for (const emu::PhysicalSlot& slot : system.info.slots)
      if (claim && slot.drc_index == claim->drc_index && slot.adapter == emu::SlotAdapter::network)
        ways.push_back({slot.mac_addr});
  }
  for (const emu::VirtualAdapter& adapter : profile.adapters)
    if (adapter.kind == emu::AdapterKind::ethernet) ways.push_back({adapter.mac_addr, adapter.slot, !adapter.is_trunk});
  return ways;
}

Result<Way> way_of(const Options& given, const emu::Profile& profile, const System& system) {
  std::vector<Way> ways = ways_of(profile, system);
  std::string mac = given.value("-m");
  std::erase(mac, ':');
  std::ranges::transform(mac, mac.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (given.has("-m")) std::erase_if(ways, [&](const Way& way) { return way.mac != mac; });
  // The one that can keep the address, if it is to be kept.
  std::ranges::stable_partition(ways, [&](const Way& way) { return given.has("-n") || way.has_address; });
  if (ways.empty()) return say("HSCLF0D4", given.value("-r"), given.has("-m") ? " with that MAC address" : "");
  if (!given.has("-n") && !ways.front().has_address) return say("HSCLF0D5", given.value("-p"));
  return ways.front();
}

// "ent2" of the line that ends with the location code of a slot.
std::string adapter_in(const std::string& listed, u32 slot) {
  const std::string place = "-C" + std::to_string(slot) + "-";
  size_t begin = 0;
  while (begin < listed.size()) {
    const size_t end = std::min(listed.find('\n', begin), listed.size());
    const std::string line = listed.substr(begin, end - begin);
    if (line.starts_with("ent") && line.find(place) != line.npos) return line.substr(0, line.find(','));
    begin = end + 1;
  }
  return "";
}

// As mktcpip does it, which is what is left of the installation's settings.
Status keep_address(FrameLink& link, u32 lpar_id, const Options& given, const Way& way) {
  const auto padmin = [&](const std::string& line) -> Result<std::string> {
    const auto output = TRY(ask(link, service::RunViosCommand{lpar_id, line}));
    if (output.exit_code) return say("HSCL2970", output.output);
    return output.output;
  };
  const std::string adapter = adapter_in(TRY(padmin("lsdev -type adapter -field name physloc -fmt ,")), way.slot);
  if (adapter.empty()) return say("HSCLF0D5", given.value("-p"));
  TRY(padmin(fmt::format("mktcpip -hostname {} -inetaddr {} -interface en{} -start -netmask {} -gateway {}", given.value("-p"),
                         given.value("-i"), adapter.substr(3), given.value("-S"), given.value("-g"))));
  return emu::success();
}

}  // namespace

constinit const OptionTable installios_options = options;

Result<int> installios(Call& call) {
  const Options& given = call.options;
  TRY(sound(given));
  const auto inventory = [&] { return call.console.inventory(Detail::lpars, std::array{given.value("-s")}, Others::by_name); };
  const auto lpar_in = [&](const Inventory& all) -> Result<const Lpar*> {
    const System* system = all.find(given.value("-s"));
    if (!system) return say("HSCL8018", given.value("-s"));
    if (!system->connected) return say("HSCLF014", system->name());
    if (!system->has_power()) return say("HSCLA228", system->name());
    const Lpar* lpar = system->lpar(given.value("-p"));
    if (!lpar) return say("HSCL8012", given.value("-p"));
    if (!lpar->is_vios()) return say("HSCLF015", lpar->name());
    return lpar;
  };
  const Inventory before = inventory();
  const std::string uuid = TRY(lpar_in(before))->info.definition.uuid;
  const Claims::Claim claim = TRY(call.console.claims().take(uuid, given.value("-p"), Claims::Kind::in_turn));
  FrameLink& link = *call.console.link(before.find(given.value("-s"))->frame);
  const Held held = TRY(link.hold());
  // Another command may have changed it until now.
  const Inventory now = inventory();
  const Lpar& lpar = *TRY(lpar_in(now));
  const System& system = *now.find(given.value("-s"));
  const std::string name = given.value("-r");
  const emu::Profile* profile = lpar.info.definition.profile(name);
  if (!profile) return say("HSCLF010", name, lpar.name());
  if (!lpar.off() && !lpar.failed()) return say("HSCL3681", lpar.name());
  const Way way = TRY(way_of(given, *profile, system));
  TRY(ask(link, service::InstallVios{lpar.id()}));
  TRY(ask(link, service::ActivateLpar{lpar.id(), name, std::nullopt}, power_time));
  if (!given.has("-n")) TRY(keep_address(link, lpar.id(), given, way));
  return 0;
}

}  // namespace hmc::cli
