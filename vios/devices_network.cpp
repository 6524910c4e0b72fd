// SPDX-License-Identifier: GPL-2.0-or-later
// The network half of Devices: physical ports, virtual Ethernet adapters, shared Ethernet adapters.
#include "vios/devices.h"

#include "emu/core/log.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_devices("vios");

}  // namespace

// Physical ports first, then virtual adapters in slot order, then the shared ones: as a VIOS numbers them that was set up so.
void Devices::build_networks() {
  for (const auto& bridge : setup_.config.bridges) ports_.push_back({free_name("ent"), bridge.segment});
  for (const firmware::NativeAdapter& adapter : partition_.adapters())
    if (adapter.config.kind == emu::AdapterKind::ethernet) lans_.push_back({free_name("ent"), adapter});
  for (size_t i = 0; i < setup_.config.bridges.size(); ++i) {
    const u32 slot = setup_.config.bridges[i].trunk_slot;
    const auto lan = std::ranges::find_if(lans_, [slot](const VirtualLan& each) { return each.adapter.config.slot == slot; });
    if (lan == lans_.end()) {
      log_devices.error("slot {} has no virtual Ethernet adapter: segment {} is not bridged", slot,
                        setup_.config.bridges[i].segment);
      continue;
    }
    if (auto bridge = add_bridge(ports_[i].name, {lan->name}); !bridge) log_devices.error("{}", bridge.error().text);
  }
}

emu::Result<std::string> Devices::add_bridge(const std::string& port, const std::vector<std::string>& trunks) {
  const auto physical = std::ranges::find(ports_, port, &PhysicalPort::name);
  if (physical == ports_.end()) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", port)};
  const auto busy = [](const std::string& name) {
    return emu::Error{"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 \"{}\" is in "
                                          "use by a Shared Ethernet Adapter.",
                                          name)};
  };
  for (const Bridge& each : bridges_) {
    if (each.port == port) return busy(port);
    for (const std::string& trunk : trunks)
      if (std::ranges::find(each.trunks, trunk) != each.trunks.end()) return busy(trunk);
  }
  std::vector<std::unique_ptr<LogicalLan>> lans;
  for (const std::string& name : trunks) {
    const auto lan = std::ranges::find(lans_, name, &VirtualLan::name);
    if (lan == lans_.end()) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", name)};
    if (!lan->adapter.config.is_trunk) return emu::Error{"vios", fmt::format("Device \"{}\" is not a trunk adapter.", name)};
    lans.push_back(TRY(LogicalLan::create(partition_, real_, lan->adapter)));
  }
  if (lans.empty()) return emu::Error{"vios", "A Shared Ethernet Adapter needs a virtual Ethernet adapter."};
  const auto segment = TRY(emu::Segment::open(emu::segment_file(setup_.folders.runtime, physical->segment)));
  const std::string name = free_name("ent");
  auto plug = TRY(segment->plug(server_name() + " " + name));
  // The server's own address hangs on its first shared adapter, as the interface en of it.
  const Responder* own = bridges_.empty() ? &responder_ : nullptr;
  bridges_.push_back(
      {name, port, trunks,
       std::make_unique<SharedEthernet>(name, std::move(plug), std::move(lans), own, errors_, [this] { partition_.wake(); })});
  return name;
}

emu::Status Devices::remove_bridge(const std::string& name) {
  if (std::erase_if(bridges_, [&](const Bridge& each) { return each.name == name; }) == 0)
    return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", name)};
  return emu::success();
}

void Devices::set_cables(bool plugged) {
  for (Bridge& bridge : bridges_) bridge.sea->set_cable(plugged);
}

}  // namespace vios
