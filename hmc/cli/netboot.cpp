// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/netboot.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/location_code.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr u64 power_time = 60 * emu::nanoseconds_per_second;
constexpr u64 boot_time = 1200 * emu::nanoseconds_per_second;
constexpr u64 look = 100 * millisecond;
constexpr u32 first_unit = 0x30000000;  // of virtual devices

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// In the words of the real one, which has no code for these.
Error plainly(const std::string& text) { return {"", "lpar_netboot: " + text}; }

}  // namespace

Netboot::Netboot(Call& call, const System& system, const Lpar& lpar, const NetbootWishes& wishes)
    : call_(call), system_(system), lpar_(lpar), wishes_(wishes), link_(*call.console.link(system.frame)) {}

Netboot::~Netboot() {
  if (token_) (void)ask(link_, service::CloseVterm{lpar_.id(), token_});
}

void Netboot::status(const std::string& text) {
  if (call_.options.has("-v")) call_.print(fmt::format("lpar_netboot Status: {}\n", text));
}

Status Netboot::connect() {
  const Options& given = call_.options;
  if (given.has("-x")) call_.print("lpar_netboot Status: -x (debug) flag detected\n");
  status("List only ent adapters");
  if (given.has("-n")) status("-n (no boot) flag detected");
  if (given.has("-D")) status("-D (discovery) flag detected");
  if (given.has("-A")) status("-A (discover all) flag detected");
  status("-v (verbose debug) flag detected");
  if (given.has("-M")) status("-M (discover mac address) flag detected");
  if (given.has("-i")) status("-i (force immediate shutdown) flag detected");
  if (given.has("-D")) status(fmt::format("using server IP address of {}", given.value("-S")));
  call_.print(fmt::format("# Connecting to {}.\n", lpar_.name()));
  if (given.has("-f")) TRY(ask(link_, service::CloseVterm{lpar_.id(), 0}));
  const auto taken = TRY(ask(link_, service::OpenVterm{lpar_.id(), "lpar_netboot"}));
  if (taken.taken) return say("HSCLF0A1", lpar_.name());
  token_ = taken.token;
  call_.print("# Connected\n");
  return emu::success();
}

Status Netboot::to_open_firmware(const std::string& profile) {
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

// ---- adapters ----

std::string Netboot::location_of(const emu::VirtualAdapter& adapter) const {
  return emu::slot_location(system_.info.type_model, system_.info.serial_num, lpar_.id(), adapter.slot) + "-T1";
}
std::string Netboot::path_of(const emu::VirtualAdapter& adapter) const {
  return fmt::format("/vdevice/l-lan@{:x}", first_unit | adapter.slot);
}

Result<std::vector<emu::VirtualAdapter>> Netboot::adapters() {
  std::vector<emu::VirtualAdapter> all = TRY(info()).adapters;
  std::erase_if(all, [](const emu::VirtualAdapter& adapter) { return adapter.kind != emu::AdapterKind::ethernet; });
  if (all.empty()) return say("HSCLF0A2", lpar_.name());
  return all;
}

Result<bool> Netboot::ping(const emu::VirtualAdapter& adapter) {
  service::FirmwareNetwork network = wishes_.network;
  network.slot = adapter.slot;
  return TRY(ask(link_, service::PingFromFirmware{lpar_.id(), network})).answered;
}

void Netboot::tell_addresses() {
  const service::FirmwareNetwork& network = wishes_.network;
  call_.print(fmt::format("# Client IP address is {}.\n# Server IP address is {}.\n# Gateway IP address is {}.\n", network.client,
                          network.server, network.gateway));
  if (!network.mask.empty()) call_.print(fmt::format("# Subnetmask IP address is {}.\n", network.mask));
}

Status Netboot::list_adapters() {
  if (wishes_.test) tell_addresses();
  call_.print(
      "# Getting adapter location codes.\n# Type\t Location Code\t MAC Address\t Full Path Name\t Ping Result\t Device Type\n");
  std::vector<emu::VirtualAdapter> listed = TRY(adapters());
  if (!wishes_.all) listed.resize(1);
  for (const emu::VirtualAdapter& adapter : listed) {
    const char* result = !wishes_.test ? "n/a" : TRY(ping(adapter)) ? "successful" : "unsuccessful";
    call_.print(
        fmt::format("ent {} {} {} {} virtual\n", location_of(adapter), lower(adapter.mac_addr), path_of(adapter), result));
  }
  return emu::success();
}

// The one that is named, the first one that reaches the server, or the first one.
Result<emu::VirtualAdapter> Netboot::choose() {
  std::vector<emu::VirtualAdapter> all = TRY(adapters());
  if (!wishes_.mac.empty()) {
    std::erase_if(all, [&](const emu::VirtualAdapter& each) { return lower(each.mac_addr) != lower(wishes_.mac); });
    if (all.empty()) return plainly(fmt::format("can not find mac address {}.", wishes_.mac));
  } else if (!wishes_.location.empty()) {
    std::erase_if(all, [&](const emu::VirtualAdapter& each) { return location_of(each) != wishes_.location; });
    if (all.empty()) return plainly(fmt::format("can not find physical location {}.", wishes_.location));
  } else if (!wishes_.all) {
    all.resize(1);
  }
  if (!wishes_.test) return all.front();
  for (const emu::VirtualAdapter& adapter : all) {
    const bool answered = TRY(ping(adapter));
    call_.print(fmt::format("# {} ping {}.\n", path_of(adapter), answered ? "successful" : "unsuccessful"));
    if (answered) return adapter;
  }
  return plainly("Unable to boot network adapter.");
}

// ---- boot ----

Result<bool> Netboot::boot() {
  if (wishes_.test) {
    tell_addresses();
    call_.print("# Getting adapter location codes.\n");
  }
  wishes_.network.slot = TRY(choose()).slot;
  call_.print("# Network booting install adapter.\n");
  TRY(ask(link_, service::BootFromNetwork{lpar_.id(), wishes_.network, wishes_.file, wishes_.tftp_only, wishes_.arguments,
                                          wishes_.bootp_retries, wishes_.tftp_retries}));
  status("network boot initiated");
  call_.print("# bootp sent over network.\n");
  status("waiting for the boot image to boot up.");
  const auto now = [&] { return call_.console.clock().monotonic(); };
  for (const u64 deadline = now() + boot_time; now() < deadline && !call_.session.cancelled();
       call_.console.pause().sleep(look)) {
    const auto state = TRY(ask(link_, service::QueryNetworkBoot{lpar_.id()}));
    if (state.phase == service::NetworkBootPhase::running) {
      call_.print("# Network boot proceeding, lpar_netboot is exiting.\n# Finished.\n");
      return true;
    }
    if (state.phase == service::NetworkBootPhase::none)
      return say("HSCLF0A0", lpar_.name(), "its system has begun anew.", "none");
    if (state.phase != service::NetworkBootPhase::failed) continue;
    if (state.refcode != "BA010004") return say("HSCLF0A0", lpar_.name(), state.reason, state.refcode);
    // The real one ends so with 0.
    call_.print("lpar_netboot: bootp operation failed.\n");
    return false;
  }
  return say("HSCLF0A0", lpar_.name(), "it takes too long.", "none");
}

// ---- power ----

Status Netboot::power_off() {
  TRY(ask(link_, service::PowerOffLpar{lpar_.id(), service::PowerOff::immediate}, power_time));
  return comes_to(emu::LparState::not_activated);
}

Result<service::LparInfo> Netboot::info() {
  for (service::LparInfo& each : TRY(ask(link_, service::ListLpars{})).lpars)
    if (each.definition.lpar_id == lpar_.id()) return std::move(each);
  return say("HSCL8012", lpar_.name());
}

Status Netboot::comes_to(emu::LparState state) {
  const auto now = [&] { return call_.console.clock().monotonic(); };
  for (const u64 deadline = now() + power_time;; call_.console.pause().sleep(look)) {
    const service::LparInfo is = TRY(info());
    if (is.state == state) return emu::success();
    if (now() > deadline || call_.session.cancelled() || is.state == emu::LparState::error)
      return say("HSCL05DF", lpar_.name(), state_of(is));
  }
}

}  // namespace hmc::cli
