// SPDX-License-Identifier: GPL-2.0-or-later
// How a shared Ethernet adapter and a link aggregation come to be, and what chdev changes of them.
#include "vios/backends/virtual_ethernet.h"

#include "emu/core/log.h"
#include "emu/core/text.h"
#include "vios/devices.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_ethernet("vios");

emu::Error initializing(const std::string& why) {
  return {"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 {}", why)};
}

emu::Error missing(const std::string& device) { return {"vios", fmt::format("Device \"{}\" is not found.", device)}; }

emu::Error in_use_by(const std::string& device, std::string_view what) {
  return initializing(fmt::format("\"{}\" is in use by {}.", device, what));
}

}  // namespace

emu::Result<std::string> VirtualEthernet::make_bridge(const Request& request) {
  Bridge bridge;
  bridge.name = devices_.free_name("ent");
  bridge.port = request.port;
  bridge.stored.name = bridge.name;
  bridge.stored.port = request.port;
  if (request.trunks.empty()) return emu::Error{"vios", "A Shared Ethernet Adapter needs a virtual Ethernet adapter."};
  for (const std::string& trunk : request.trunks) {
    const Lan* found = lan(trunk);
    if (!found) return missing(trunk);
    bridge.stored.trunk_slots.push_back(found->adapter.config.slot);
  }
  std::map<std::string, std::string> values = request.attributes;
  TRY(assign(bridge.stored, values));
  if (!values.empty()) return invalid_attribute(values.begin()->first, values.begin()->second);
  TRY(start_bridge(bridge));
  return bridges_.emplace_back(std::move(bridge)).name;
}

emu::Result<std::string> VirtualEthernet::make_aggregation(const MapRequest& request) {
  StoredAggregation made;
  for (const std::string& word : request.devices)
    for (const std::string& port : emu::words(word, ',')) made.ports.push_back(port);
  for (const std::string& port : made.ports) {
    const PhysicalPort* physical = devices_.port(port);
    if (!physical || devices_.is_deleted(port)) return missing(port);
    if (std::ranges::count(made.ports, port) > 1) return initializing(fmt::format("\"{}\" stands there twice.", port));
    if (devices_.absent(port)) return initializing(fmt::format("\"{}\" is not in the Available state.", port));
    for (const StoredAggregation& each : aggregations_)
      if (std::ranges::count(each.ports, port)) return in_use_by(port, "an EtherChannel");
    for (const Bridge& each : bridges_)
      if (carries(each, port)) return in_use_by(port, "a Shared Ethernet Adapter");
    if (physical->segment != devices_.port(made.ports.front())->segment)
      return initializing(fmt::format("\"{}\" and \"{}\" are plugged into different networks.", made.ports.front(), port));
  }
  // SIMPLIFIED: mode 8023ad is refused: the segments of a lab speak no LACP.
  for (const auto& [name, value] : request.attributes)
    if (name != "mode" || value != "standard") return invalid_attribute(name, value);
  made.name = devices_.free_name("ent");
  aggregations_.push_back(made);
  if (auto saved = devices_.save(); !saved) {
    aggregations_.pop_back();
    return saved.error();
  }
  const std::string number = made.name.substr(3);
  return fmt::format("{} Available\nen{}\net{}\n", made.name, number, number);
}

// ---- what is kept of a shared adapter ----

emu::Status VirtualEthernet::assign(StoredBridge& bridge, std::map<std::string, std::string>& values) const {
  if (const auto mode = values.extract("ha_mode")) {
    if (!parse_ha_mode(mode.mapped())) return invalid_attribute("ha_mode", mode.mapped());
    bridge.ha_mode = mode.mapped();
  }
  if (const auto channel = values.extract("ctl_chan")) {
    const Lan* found = lan(channel.mapped());
    if (!found && !channel.mapped().empty()) return invalid_attribute("ctl_chan", channel.mapped());
    bridge.control_slot = found ? found->adapter.config.slot : 0;
  }
  return check_channel(bridge);
}

emu::Status VirtualEthernet::check_channel(const StoredBridge& bridge) const {
  if (bridge.control_slot == 0)
    return bridge.ha_mode == "disabled"
               ? emu::success()
               : emu::Status(initializing("High availability needs a control channel adapter (ctl_chan)."));
  const Lan* channel = lan_in_slot(bridge.control_slot);
  if (!channel) return emu::Error{"vios", fmt::format("Slot {} has no virtual Ethernet adapter.", bridge.control_slot)};
  const std::string& name = channel->name;
  if (devices_.is_deleted(name)) return missing(name);
  if (devices_.absent(name)) return initializing(fmt::format("\"{}\" is not in the Available state.", name));
  if (channel->adapter.config.is_trunk)
    return initializing(fmt::format("\"{}\" is a trunk adapter, and no control channel.", name));
  if (std::ranges::count(tcpip_.interfaces, bridge.control_slot, &StoredInterface::slot)) return in_use_by(name, "an interface");
  for (const Bridge& each : bridges_)
    if (each.name != bridge.name && each.stored.control_slot == bridge.control_slot)
      return in_use_by(name, "a Shared Ethernet Adapter");
  return emu::success();
}

emu::Status VirtualEthernet::change(const std::string& device, std::map<std::string, std::string>& values,
                                    Configuration& wanted) const {
  const auto bridge = std::ranges::find(wanted.bridges, device, &StoredBridge::name);
  const auto jumbo = values.find("jumbo_frames");
  const auto mtu = emu::parse_number<u32>(devices_.stored_attribute(interface_of(device), "mtu", "1500"));
  if (bridge != wanted.bridges.end() && jumbo != values.end() && jumbo->second == "no" && mtu.value_or(0) > 1500)
    return in_use_by(interface_of(device), "packets that are longer");
  return bridge == wanted.bridges.end() ? emu::success() : assign(*bridge, values);
}

void VirtualEthernet::changed(const std::string& device, const Configuration& configuration, bool only_stored) {
  const auto bridge = std::ranges::find(bridges_, device, &Bridge::name);
  const auto stored = std::ranges::find(configuration.bridges, device, &StoredBridge::name);
  if (bridge == bridges_.end() || stored == configuration.bridges.end()) return;
  bridge->stored = *stored;
  if (!bridge->sea || only_stored) return;
  const Lan* channel = stored->control_slot ? lan_in_slot(stored->control_slot) : nullptr;
  const HaMode mode = parse_ha_mode(stored->ha_mode).value_or(HaMode::disabled);
  const bool was = bridge->sea->availability() != nullptr, is = mode != HaMode::disabled;
  if (was && is && channel && channel->name == bridge->channel) return bridge->sea->set_mode(mode);
  if (!was && !is) return;
  // Another channel, or none: its trunks register anew, and the hypervisor chooses among them as it did before.
  bridge->sea.reset();
  if (auto started = start_bridge(*bridge); !started) log_ethernet.error("{}: {}", device, started.error().text);
  follow_interfaces();
}

// ---- to Available ----

emu::Status VirtualEthernet::start_bridge(Bridge& bridge) {
  if (bridge.sea) return emu::success();
  const std::vector<std::string> ports = ports_of(bridge.port);
  const bool is_there = aggregated(bridge.port) || devices_.port(bridge.port);
  if (!is_there || devices_.is_deleted(bridge.port)) return missing(bridge.port);
  std::vector<const Lan*> trunks;
  bridge.trunks.clear();
  bridge.channel.clear();
  for (const u32 slot : bridge.stored.trunk_slots) {
    const Lan* found = lan_in_slot(slot);
    if (!found) return emu::Error{"vios", fmt::format("Slot {} has no virtual Ethernet adapter.", slot)};
    if (devices_.is_deleted(found->name)) return missing(found->name);
    trunks.push_back(found);
    bridge.trunks.push_back(found->name);
  }
  const auto check = [&](const std::string& device) -> emu::Status {
    if (devices_.absent(device)) return initializing(fmt::format("\"{}\" is not in the Available state.", device));
    for (const Bridge& each : bridges_)
      if (needs(each, device)) return in_use_by(device, "a Shared Ethernet Adapter");
    for (const StoredAggregation& each : aggregations_)
      if (std::ranges::count(each.ports, device)) return in_use_by(device, "an EtherChannel");
    return emu::success();
  };
  TRY(check(bridge.port));
  for (const Lan* trunk : trunks) TRY(check(trunk->name));
  TRY(check_channel(bridge.stored));
  std::vector<std::unique_ptr<LogicalLan>> lans;
  for (const Lan* trunk : trunks) {
    if (!trunk->adapter.config.is_trunk)
      return emu::Error{"vios", fmt::format("Device \"{}\" is not a trunk adapter.", trunk->name)};
    lans.push_back(TRY(LogicalLan::create(devices_.partition(), devices_.real_memory(), trunk->adapter)));
  }
  const HaMode mode = parse_ha_mode(bridge.stored.ha_mode).value_or(HaMode::disabled);
  std::unique_ptr<LogicalLan> channel;
  if (mode != HaMode::disabled) {
    const Lan* found = lan_in_slot(bridge.stored.control_slot);
    channel = TRY(LogicalLan::create(devices_.partition(), devices_.real_memory(), found->adapter));
    bridge.channel = found->name;
  }
  std::vector<Uplink::Cable> cables;
  for (const std::string& name : ports) {
    const PhysicalPort* physical = devices_.port(name);
    if (!physical) return missing(name);
    const auto segment = TRY(emu::Segment::open(emu::segment_file(devices_.setup().folders.runtime, physical->segment)));
    cables.push_back(
        {name, TRY(segment->plug(fmt::format("{} {}", devices_.server_name(), ports.size() == 1 ? bridge.name : name)))});
    cables.back().plugged = physical->plugged;
  }
  Uplink uplink(std::move(cables), [&partition = devices_.partition()] { partition.wake(); });
  bridge.sea =
      std::make_unique<SharedEthernet>(bridge.name, std::move(uplink), std::move(lans), devices_.errors(), devices_.clock());
  if (channel) bridge.sea->begin(mode, std::move(channel));
  bridge.since = devices_.clock().monotonic();
  return emu::success();
}

}  // namespace vios
