// SPDX-License-Identifier: GPL-2.0-or-later
// lpar_netboot: a partition is brought to Open Firmware, which tells its network adapters, and whether a server answers through them.
// Its lines are those that clients look for. (docs/hmc.md, lpar_netboot)
// SIMPLIFIED: the firmware has no BOOTP and TFTP, so that nothing is booted from a network: only -n is carried out. The server is
// called from the console's place on the segment that a shared Ethernet adapter bridges the adapter's VLAN to.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/location_code.h"
#include "hmc/cli/commands.h"
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
                              {"", Takes::words}};

constexpr u64 power_time = 60 * emu::nanoseconds_per_second;
constexpr u64 look = 100 * millisecond;
constexpr u64 ping_time = 3 * emu::nanoseconds_per_second;

// What an adapter is tested with. (-D)
struct Test {
  std::string server;
  std::optional<u16> vlan;  // the tag of its packets; none: they have none
};

Status one_of(const Options& given, std::string_view option, std::initializer_list<std::string_view> words) {
  return std::ranges::count(words, given.value(option)) ? emu::success() : Status(usage_error(option));
}

Result<std::optional<Test>> test_of(const Options& given) {
  for (const std::string_view option : {"-S", "-G", "-C", "-K"})
    if (given.has(option) && !emu::parse_address(given.value(option))) return usage_error(option);
  if (given.has("-T")) TRY(one_of(given, "-T", {"on", "off"}));  // no virtual Ethernet switch has a spanning tree
  Test test;
  if (given.has("-V")) {
    const auto vlan = given.number("-V");
    if (!vlan || *vlan == 0 || *vlan > 4094) return usage_error("-V");
    test.vlan = static_cast<u16>(*vlan);
  }
  if (given.has("-Y") && (!given.has("-V") || given.number("-Y").value_or(8) > 7)) return usage_error("-Y");
  if (!given.has("-D")) return std::optional<Test>();
  TRY(one_of(given, "-s", {"auto", "10", "100", "1000"}));
  TRY(one_of(given, "-d", {"auto", "half", "full"}));
  for (const std::string_view option : {"-S", "-G", "-C"})
    if (!given.has(option)) return usage_error(option);
  test.server = given.value("-S");
  return std::optional<Test>(test);
}

// The segment that packets of this VLAN come to; empty: none.
std::string segment_behind(const System& system, u16 vlan) {
  for (const Lpar& lpar : system.lpars) {
    if (!lpar.vios || lpar.info.state != emu::LparState::running) continue;
    for (const service::ViosBridge& bridge : lpar.vios->bridges)
      if (bridge.link_up && std::ranges::count(bridge.vlans, vlan)) return bridge.segment;
  }
  return "";
}

class Netboot {
 public:
  Netboot(Call& call, const System& system, const Lpar& lpar)
      : call_(call), system_(system), lpar_(lpar), link_(*call.console.link(system.frame)) {}
  ~Netboot() {
    if (token_) (void)ask(link_, service::CloseVterm{lpar_.id(), token_});
  }
  Netboot(const Netboot&) = delete;
  Netboot& operator=(const Netboot&) = delete;

  // Its terminal is taken: Open Firmware is spoken to through it.
  Status connect() {
    tell_flags();
    call_.print(fmt::format("# Connecting to {}.\n", lpar_.name()));
    if (call_.options.has("-f")) TRY(ask(link_, service::CloseVterm{lpar_.id(), 0}));
    const auto taken = TRY(ask(link_, service::OpenVterm{lpar_.id(), "lpar_netboot"}));
    if (taken.taken) return say("HSCLF0A1", lpar_.name());
    token_ = taken.token;
    call_.print("# Connected\n");
    return emu::success();
  }

  Status to_open_firmware(const std::string& profile) {
    call_.print("# Checking for power off.\n");
    if (!lpar_.off() && !lpar_.failed()) {
      call_.print("# Power off the node.\n# Wait for power off.\n");
      TRY(power_off());
    }
    call_.print(fmt::format("# Power off complete.\n# Power on {} to Open Firmware.\n", lpar_.name()));
    TRY(ask(link_, service::ActivateLpar{lpar_.id(), profile, emu::BootMode::of}, power_time));
    TRY(comes_to(emu::LparState::open_firmware));
    call_.print("# Power on complete.\n");
    return emu::success();
  }

  Status list_adapters(const std::optional<Test>& test) {
    if (test)
      call_.print(fmt::format("# Client IP address is {}.\n# Server IP address is {}.\n# Gateway IP address is {}.\n",
                              call_.options.value("-C"), test->server, call_.options.value("-G")));
    call_.print(
        "# Getting adapter location codes.\n# Type\t Location Code\t MAC Address\t Full Path Name\t Ping Result\t Device Type\n");
    const service::LparInfo now = TRY(info());
    bool any = false;
    for (const emu::VirtualAdapter& adapter : now.adapters) {
      if (adapter.kind != emu::AdapterKind::ethernet || (any && !call_.options.has("-A"))) continue;
      any = true;
      call_.print(fmt::format("ent {}-T1 {} /vdevice/l-lan@{:x} {} virtual\n",
                              emu::slot_location(system_.info.type_model, system_.info.serial_num, lpar_.id(), adapter.slot),
                              lower(adapter.mac_addr), first_unit | adapter.slot, ping_result(adapter, test)));
    }
    return any ? emu::success() : Status(say("HSCLF0A2", lpar_.name()));
  }

  Status power_off() {
    TRY(ask(link_, service::PowerOffLpar{lpar_.id(), service::PowerOff::immediate}, power_time));
    return comes_to(emu::LparState::not_activated);
  }

 private:
  static constexpr u32 first_unit = 0x30000000;  // of virtual devices

  static std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  }

  // -v and -x.
  void tell_flags() {
    const Options& given = call_.options;
    const auto tell = [&](std::string_view what) { call_.print(fmt::format("lpar_netboot Status: {}\n", what)); };
    if (given.has("-x")) tell("-x (debug) flag detected");
    if (!given.has("-v")) return;
    tell("List only ent adapters");
    tell("-n (no boot) flag detected");
    if (given.has("-D")) tell("-D (discovery) flag detected");
    if (given.has("-A")) tell("-A (discover all) flag detected");
    tell("-v (verbose debug) flag detected");
    if (given.has("-M")) tell("-M (discover mac address) flag detected");
    if (given.has("-i")) tell("-i (force immediate shutdown) flag detected");
    if (given.has("-D")) tell(fmt::format("using server IP address of {}", given.value("-S")));
  }

  std::string_view ping_result(const emu::VirtualAdapter& adapter, const std::optional<Test>& test) {
    if (!test) return "n/a";
    const std::string segment = segment_behind(system_, test->vlan.value_or(adapter.port_vlan_id));
    const bool passes = !adapter.disabled && (!test->vlan || std::ranges::count(adapter.addl_vlan_ids, *test->vlan));
    return passes && !segment.empty() && call_.console.rmc().ping(segment, test->server, ping_time) ? "successful"
                                                                                                    : "unsuccessful";
  }

  Result<service::LparInfo> info() {
    for (service::LparInfo& each : TRY(ask(link_, service::ListLpars{})).lpars)
      if (each.definition.lpar_id == lpar_.id()) return std::move(each);
    return say("HSCL8012", lpar_.name());
  }

  Status comes_to(emu::LparState state) {
    const auto now = [&] { return call_.console.clock().monotonic(); };
    for (const u64 deadline = now() + power_time;; call_.console.pause().sleep(look)) {
      const service::LparInfo is = TRY(info());
      if (is.state == state) return emu::success();
      if (now() > deadline || call_.session.cancelled() || is.state == emu::LparState::error)
        return say("HSCL05DF", lpar_.name(), state_of(is));
    }
  }

  Call& call_;
  const System& system_;
  const Lpar& lpar_;
  FrameLink& link_;
  u64 token_ = 0;
};

}  // namespace
constinit const OptionTable lpar_netboot_options = options;

Result<int> lpar_netboot(Call& call) {
  const Options& given = call.options;
  if (given.words().size() != 3) return usage_error("partition-name partition-profile managed-system");
  const std::string name = given.words()[0], profile = given.words()[1], system_name = given.words()[2];
  if (given.value("-t") != "ent") return usage_error("-t");
  if (given.has("-M") && !given.has("-n")) return usage_error("-n");
  const std::optional<Test> test = TRY(test_of(given));
  const Inventory inventory = call.console.inventory(Detail::vios, std::array{system_name}, Others::by_name);
  const System* system = inventory.find(system_name);
  if (!system) return say("HSCL8018", system_name);
  if (!system->connected) return say("HSCLF014", system->name());
  if (!system->has_power()) return say("HSCLA228", system->name());
  const Lpar* lpar = system->lpar(name);
  if (!lpar) return say("HSCL8012", name);
  if (!lpar->info.definition.profile(profile)) return say("HSCLF010", profile, name);
  // Before the partition loses its power for nothing.
  if (!given.has("-n")) return say("HSCLF0A0", name, profile);
  for (const std::string_view option : {"-l", "-m"})
    if (given.has(option)) return usage_error(option);
  if (lpar->is_vios()) return say("HSCLF0A3", name);
  if (lpar->migrating()) return say("HSCL05DF", name, lpar->state());
  const Claims::Claim claim = TRY(call.console.claims().take(lpar->info.definition.uuid, name, Claims::Kind::alone));
  Netboot netboot(call, *system, *lpar);
  TRY(netboot.connect());
  TRY(netboot.to_open_firmware(profile));
  const Status listed = netboot.list_adapters(test);
  TRY(netboot.power_off());
  TRY(listed);
  return 0;
}

}  // namespace hmc::cli
