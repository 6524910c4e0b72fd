// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/netboot/network_boots.h"

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/location_code.h"
#include "emu/core/log.h"
#include "emu/frame/netboot/adapter_wire.h"
#include "emu/frame/netboot/load.h"

namespace emu::frame {

namespace {

constexpr Log log_netboot("netboot");
constexpr u64 ping_time = 5 * nanoseconds_per_second;
constexpr u16 largest_vlan = 4094;
constexpr u32 most_retries = 1000;
constexpr size_t longest_arguments = 2048;
constexpr size_t longest_file = 127;

Result<Addresses> addresses_of(const service::FirmwareNetwork& network) {
  Addresses addresses;
  const auto take = [](const std::string& text, u32& to) {
    const auto number = parse_address(text);
    if (number) to = *number;
    return number || text.empty();
  };
  if (!take(network.client, addresses.client) || !take(network.server, addresses.server) ||
      !take(network.gateway, addresses.gateway) || !take(network.mask, addresses.mask))
    return Error{"address", "An address is none."};
  if (network.vlan > largest_vlan || network.priority > 7) return Error{"vlan", "There is no such VLAN, or no such priority."};
  addresses.vlan = network.vlan;
  addresses.priority = network.priority;
  return addresses;
}

}  // namespace

class NetworkBoots::Boot final : public LoadWatcher {
 public:
  Boot(NetworkBoots& all, service::BootFromNetwork wanted, const Addresses& addresses,
       std::unique_ptr<firmware::OpenFirmware> firmware)
      : all_(all), wanted_(std::move(wanted)), addresses_(addresses), firmware_(std::move(firmware)), thread_([this] {
          run();
        }) {}
  ~Boot() override { thread_.join(); }

  service::NetworkBootState state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  bool ended() const {
    const auto phase = state().phase;
    return phase == service::NetworkBootPhase::running || phase == service::NetworkBootPhase::failed;
  }

 private:
  void comes_to(LoadPhase phase) override {
    set({phase == LoadPhase::bootp ? service::NetworkBootPhase::bootp : service::NetworkBootPhase::tftp, "", ""});
  }
  void show(const std::string& refcode) override { firmware_->show(refcode); }
  void say(const std::string& text) override { firmware_->say(text); }

  void set(service::NetworkBootState state) {
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }

  void run() {
    const auto booted = boot();
    if (!booted) {
      const bool shown = booted.error().code.starts_with("BA");
      if (shown) firmware_->show(booted.error().code);
      firmware_->say(fmt::format("\r\n{}\r\n", booted.error().text));
      log_netboot.warn("partition {}: {}", wanted_.lpar_id, booted.error().text);
    }
    firmware_.reset();  // first: whoever sees that it has ended may begin another one
    if (booted)
      set({service::NetworkBootPhase::running, "", ""});
    else
      set({service::NetworkBootPhase::failed, booted.error().code, booted.error().text});
  }

  Status boot() {
    const LparDefinition& lpar = firmware_->machine().definition();
    LoadWishes wishes{
        wanted_.file, wanted_.tftp_only, wanted_.bootp_retries, wanted_.tftp_retries, firmware_->memory_bytes(), "", ""};
    wishes.location = slot_location(all_.config_.type_model, all_.config_.serial_num, lpar.lpar_id, wanted_.network.slot) + "-T1";
    LoadedFile loaded;
    {
      const auto wire = TRY(AdapterWire::open(*firmware_, wanted_.network.slot));
      for (const firmware::NativeAdapter& adapter : firmware_->machine().adapters())
        if (adapter.config.slot == wanted_.network.slot) wishes.device = fmt::format("/vdevice/l-lan@{:x}", adapter.unit_address);
      FirmwareIp ip(*wire, all_.clock_, addresses_, [this] { return !all_.end_ && firmware_->waits(); });
      loaded = TRY(load_from_network(ip, all_.clock_, wishes, *this));
    }
    set({service::NetworkBootPhase::loading, "", ""});
    log_netboot.info("partition {}: {} bytes of {}", lpar.lpar_id, loaded.content.size(), loaded.name);
    const std::string path = wishes.device + (wanted_.tftp_only ? ":tftp" : ":bootp");
    const Status booted =
        firmware_->boot({loaded.name, std::move(loaded.content), "", wanted_.arguments, path, std::move(loaded.bootp_reply)});
    // Its own code: what could not be loaded is no image.
    if (!booted) return Error{firmware::src_load_failed, booted.error().text};
    return success();
  }

  NetworkBoots& all_;
  const service::BootFromNetwork wanted_;
  const Addresses addresses_;
  std::unique_ptr<firmware::OpenFirmware> firmware_;
  mutable std::mutex mutex_;
  service::NetworkBootState state_{service::NetworkBootPhase::bootp, "", ""};
  std::thread thread_;
};

NetworkBoots::NetworkBoots(const FrameConfig& config, firmware::Hypervisor& hypervisor, const Clock& clock)
    : config_(config), hypervisor_(hypervisor), clock_(clock) {}

NetworkBoots::~NetworkBoots() { end_ = true; }

Result<service::PingResult> NetworkBoots::ping(const service::PingFromFirmware& request) {
  const Addresses addresses = TRY(addresses_of(request.network));
  const auto firmware = TRY(hypervisor_.open_firmware(request.lpar_id));
  const auto wire = TRY(AdapterWire::open(*firmware, request.network.slot));
  FirmwareIp ip(*wire, clock_, addresses, [&] { return !end_ && firmware->waits(); });
  return service::PingResult{ip.ping(ping_time)};
}

Status NetworkBoots::begin(const service::BootFromNetwork& request) {
  const Addresses addresses = TRY(addresses_of(request.network));
  if (request.bootp_retries > most_retries || request.tftp_retries > most_retries || request.file.size() > longest_file ||
      request.arguments.size() > longest_arguments || (request.tftp_only && request.file.empty()))
    return Error{"netboot", "This is no boot over a network."};
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Boot>& boot = boots_[request.lpar_id];
  auto firmware = hypervisor_.open_firmware(request.lpar_id);
  if (!firmware) {
    if (!boot) boots_.erase(request.lpar_id);
    return firmware.error();
  }
  boot.reset();  // it has let its firmware go
  log_netboot.info("partition {} boots over the adapter in slot {}", request.lpar_id, request.network.slot);
  boot = std::make_unique<Boot>(*this, request, addresses, std::move(*firmware));
  return success();
}

service::NetworkBootState NetworkBoots::state(u32 lpar_id) const {
  const std::lock_guard lock(mutex_);
  const auto boot = boots_.find(lpar_id);
  return boot == boots_.end() ? service::NetworkBootState{} : boot->second->state();
}

}  // namespace emu::frame
