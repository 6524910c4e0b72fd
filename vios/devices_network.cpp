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
  for (const StoredBridge& stored : configuration_.bridges)
    if (auto restored = restore_bridge(stored); !restored) {
      log_devices.error("{}: {}", stored.name, restored.error().text);
      broken_bridges_.push_back(stored);
    }
  // What the lab file bridges is taken over once; later changes are the operator's.
  for (size_t i = 0; i < setup_.config.bridges.size(); ++i) {
    const u32 slot = setup_.config.bridges[i].trunk_slot;
    const std::string mark = fmt::format("sea:{}:{}", slot, setup_.config.bridges[i].segment);
    if (std::ranges::find(configuration_.imported, mark) != configuration_.imported.end()) continue;
    configuration_.imported.push_back(mark);
    const auto lan = std::ranges::find_if(lans_, [slot](const VirtualLan& each) { return each.adapter.config.slot == slot; });
    if (lan == lans_.end()) {
      log_devices.error("slot {} has no virtual Ethernet adapter: segment {} is not bridged", slot,
                        setup_.config.bridges[i].segment);
      continue;
    }
    if (auto bridge = make_bridge(free_name("ent"), ports_[i].name, {lan->name}); !bridge)
      log_devices.error("{}", bridge.error().text);
  }
}

emu::Status Devices::restore_bridge(const StoredBridge& stored) {
  std::vector<std::string> trunks;
  for (const u32 slot : stored.trunk_slots) {
    const auto lan = std::ranges::find_if(lans_, [slot](const VirtualLan& each) { return each.adapter.config.slot == slot; });
    if (lan == lans_.end()) return emu::Error{"vios", fmt::format("Slot {} has no virtual Ethernet adapter.", slot)};
    trunks.push_back(lan->name);
  }
  TRY(make_bridge(exists(stored.name) ? free_name("ent") : stored.name, stored.port, trunks));
  return emu::success();
}

std::vector<StoredBridge> Devices::stored_bridges() const {
  std::vector<StoredBridge> all = broken_bridges_;
  for (const Bridge& bridge : bridges_) {
    StoredBridge& stored = all.emplace_back(StoredBridge{bridge.name, bridge.port, {}});
    for (const auto& trunk : bridge.sea->trunks()) stored.trunk_slots.push_back(trunk->adapter().config.slot);
  }
  return all;
}

emu::Result<std::string> Devices::add_bridge(const std::string& port, const std::vector<std::string>& trunks) {
  const std::string name = TRY(make_bridge(free_name("ent"), port, trunks));
  if (auto saved = save(); !saved) {
    bridges_.pop_back();
    return saved.error();
  }
  return name;
}

emu::Result<std::string> Devices::make_bridge(const std::string& name, const std::string& port,
                                              const std::vector<std::string>& trunks) {
  const auto physical = std::ranges::find(ports_, port, &PhysicalPort::name);
  if (physical == ports_.end()) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", port)};
  const auto busy = [](const std::string& taken) {
    return emu::Error{"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 \"{}\" is in "
                                          "use by a Shared Ethernet Adapter.",
                                          taken)};
  };
  for (const Bridge& each : bridges_) {
    if (each.port == port) return busy(port);
    for (const std::string& trunk : trunks)
      if (std::ranges::find(each.trunks, trunk) != each.trunks.end()) return busy(trunk);
  }
  std::vector<std::unique_ptr<LogicalLan>> lans;
  for (const std::string& trunk : trunks) {
    const auto lan = std::ranges::find(lans_, trunk, &VirtualLan::name);
    if (lan == lans_.end()) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", trunk)};
    if (!lan->adapter.config.is_trunk) return emu::Error{"vios", fmt::format("Device \"{}\" is not a trunk adapter.", trunk)};
    lans.push_back(TRY(LogicalLan::create(partition_, real_, lan->adapter)));
  }
  if (lans.empty()) return emu::Error{"vios", "A Shared Ethernet Adapter needs a virtual Ethernet adapter."};
  const auto segment = TRY(emu::Segment::open(emu::segment_file(setup_.folders.runtime, physical->segment)));
  auto plug = TRY(segment->plug(server_name() + " " + name));
  // The server's own address hangs on its first shared adapter, as the interface en of it.
  const Responder* own = bridges_.empty() ? &responder_ : nullptr;
  bridges_.push_back(
      {name, port, trunks,
       std::make_unique<SharedEthernet>(name, std::move(plug), std::move(lans), own, errors_, [this] { partition_.wake(); })});
  return name;
}

emu::Status Devices::remove_bridge(const std::string& name) {
  Configuration wanted = stored();
  if (std::erase_if(wanted.bridges, [&](const StoredBridge& each) { return each.name == name; }) == 0)
    return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", name)};
  TRY(store(wanted));
  std::erase_if(bridges_, [&](const Bridge& each) { return each.name == name; });
  return emu::success();
}

void Devices::set_cables(bool plugged) {
  for (Bridge& bridge : bridges_) bridge.sea->set_cable(plugged);
}

}  // namespace vios
