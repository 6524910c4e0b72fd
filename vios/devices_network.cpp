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
  for (const StoredBridge& stored : configuration_.bridges) restore_bridge(stored);
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

// Its port or a trunk may not be there now: then it is Defined.
void Devices::restore_bridge(const StoredBridge& stored) {
  Bridge& bridge = bridges_.emplace_back();
  bridge.stored = stored;
  bridge.port = stored.port;
  bridge.name = taken(stored.name) ? free_name("ent") : stored.name;
  if (auto started = start_bridge(bridge); !started) log_devices.error("{}: {}", bridge.name, started.error().text);
}

std::vector<StoredBridge> Devices::stored_bridges() const {
  std::vector<StoredBridge> all;
  for (const Bridge& bridge : bridges_) all.push_back(bridge.stored);
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
  Bridge bridge;
  bridge.name = name;
  bridge.port = port;
  bridge.stored = {name, port, {}};
  if (trunks.empty()) return emu::Error{"vios", "A Shared Ethernet Adapter needs a virtual Ethernet adapter."};
  for (const std::string& trunk : trunks) {
    const auto lan = std::ranges::find(lans_, trunk, &VirtualLan::name);
    if (lan == lans_.end()) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", trunk)};
    bridge.stored.trunk_slots.push_back(lan->adapter.config.slot);
  }
  TRY(start_bridge(bridge));
  bridges_.push_back(std::move(bridge));
  return name;
}

emu::Status Devices::start_bridge(Bridge& bridge) {
  if (bridge.sea) return emu::success();
  const auto physical = std::ranges::find(ports_, bridge.port, &PhysicalPort::name);
  if (physical == ports_.end() || is_deleted(bridge.port))
    return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", bridge.port)};
  const auto initializing = [](const std::string& why) {
    return emu::Error{"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 {}", why)};
  };
  std::vector<const VirtualLan*> trunks;
  bridge.trunks.clear();
  for (const u32 slot : bridge.stored.trunk_slots) {
    const auto lan = std::ranges::find_if(lans_, [slot](const VirtualLan& each) { return each.adapter.config.slot == slot; });
    if (lan == lans_.end()) return emu::Error{"vios", fmt::format("Slot {} has no virtual Ethernet adapter.", slot)};
    if (is_deleted(lan->name)) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", lan->name)};
    trunks.push_back(&*lan);
    bridge.trunks.push_back(lan->name);
  }
  const auto check = [&](const std::string& device) -> emu::Status {
    if (absent_.contains(device)) return initializing(fmt::format("\"{}\" is not in the Available state.", device));
    for (const Bridge& each : bridges_)
      if (each.sea && (each.port == device || std::ranges::count(each.trunks, device) > 0))
        return initializing(fmt::format("\"{}\" is in use by a Shared Ethernet Adapter.", device));
    return emu::success();
  };
  TRY(check(bridge.port));
  for (const VirtualLan* trunk : trunks) TRY(check(trunk->name));
  std::vector<std::unique_ptr<LogicalLan>> lans;
  for (const VirtualLan* trunk : trunks) {
    if (!trunk->adapter.config.is_trunk)
      return emu::Error{"vios", fmt::format("Device \"{}\" is not a trunk adapter.", trunk->name)};
    lans.push_back(TRY(LogicalLan::create(partition_, real_, trunk->adapter)));
  }
  const auto segment = TRY(emu::Segment::open(emu::segment_file(setup_.folders.runtime, physical->segment)));
  auto plug = TRY(segment->plug(server_name() + " " + bridge.name));
  // The server's own address hangs on its first shared adapter, as the interface en of it.
  const bool first = bridges_.empty() || &bridge == bridges_.data();
  bridge.sea = std::make_unique<SharedEthernet>(bridge.name, std::move(plug), std::move(lans), first ? &responder_ : nullptr,
                                                errors_, [this] { partition_.wake(); });
  return emu::success();
}

void Devices::set_cables(bool plugged) {
  for (Bridge& bridge : bridges_)
    if (bridge.sea) bridge.sea->set_cable(plugged);
}

}  // namespace vios
