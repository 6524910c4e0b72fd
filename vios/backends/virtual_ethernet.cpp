// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_ethernet.h"

#include "emu/core/log.h"
#include "emu/core/text.h"
#include "vios/devices.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vios {

namespace {

constexpr emu::Log log_ethernet("vios");

constexpr MapField lan_fields[] = {{"svea", "SVEA", 6}, {"physloc", "Physloc", 44}};
constexpr MapField bridge_fields[] = {
    {"sea", "SEA"}, {"backing", "Backing device"}, {"status", "Status"}, {"bdphysloc", "Physloc"}};
constexpr MapShape net_shape = {"-net", lan_fields, bridge_fields, "SEA                   NO SHARED ETHERNET ADAPTER FOUND",
                                "Server Virtual Ethernet Adapter (SVEA)"};
constexpr std::string_view sea_needs[] = {"-vadapter", "-default", "-defaultid"};
constexpr MapOption map_rows[] = {{"-sea", sea_needs, false, true}, {"-lnagg", {}, false, true}};
constexpr std::string_view aggregation_description = "EtherChannel / IEEE 802.3ad Link Aggregation";

}  // namespace

VirtualEthernet::VirtualEthernet(Devices& devices) : devices_(devices) {}

const VirtualEthernet::Lan* VirtualEthernet::lan(const std::string& name) const {
  const auto at = std::ranges::find(lans_, name, &Lan::name);
  return at == lans_.end() ? nullptr : &*at;
}

const VirtualEthernet::Lan* VirtualEthernet::lan_in_slot(u32 slot) const {
  const auto at = std::ranges::find_if(lans_, [slot](const Lan& each) { return each.adapter.config.slot == slot; });
  return at == lans_.end() ? nullptr : &*at;
}

bool VirtualEthernet::carries(const Bridge& bridge, const std::string& device) const {
  return bridge.sea && (bridge.port == device || std::ranges::count(bridge.trunks, device) > 0);
}

bool VirtualEthernet::needs(const Bridge& bridge, const std::string& device) const {
  if (!bridge.sea) return false;
  return carries(bridge, device) || bridge.channel == device || std::ranges::count(ports_of(bridge.port), device) > 0;
}

const std::vector<std::string>* VirtualEthernet::aggregated(const std::string& device) const {
  const auto at = std::ranges::find(aggregations_, device, &StoredAggregation::name);
  return at == aggregations_.end() ? nullptr : &at->ports;
}

std::vector<std::string> VirtualEthernet::ports_of(const std::string& device) const {
  const auto* ports = aggregated(device);
  return ports ? *ports : std::vector<std::string>{device};
}

// ---- what there is ----

std::vector<Device> VirtualEthernet::list() const {
  std::vector<Device> all;
  for (const Lan& each : lans_)
    all.push_back({each.name, "Available", "Virtual I/O Ethernet Adapter (l-lan)", "adapter", true, "", "vio0"});
  for (const StoredAggregation& each : aggregations_)
    all.push_back({each.name, "Available", std::string(aggregation_description), "adapter", true, "", ""});
  for (const Bridge& bridge : bridges_)
    all.push_back({bridge.name, bridge.sea ? "Available" : "Defined", "Shared Ethernet Adapter", "sea", true, "", ""});
  for (Device& each : interfaces_listed()) all.push_back(std::move(each));
  return all;
}

std::vector<Attribute> VirtualEthernet::attributes(const std::string& device) const {
  // They can be set on a real server. Here each has the one value that it has.
  const auto fixed = [](std::string_view name, const std::string& value, std::string_view description) {
    return Attribute{std::string(name), value, std::string(description), true, value};
  };
  if (const auto* ports = aggregated(device))
    return {
        fixed("adapter_names", fmt::format("{}", fmt::join(*ports, ",")), "EtherChannel Adapters"),
        fixed("backup_adapter", "NONE", "Adapter used when whole channel fails"),
        fixed("hash_mode", "default", "Determines how outgoing adapter is chosen"),
        fixed("mode", "standard", "EtherChannel mode of operation"),
    };
  if (device.starts_with("en") && !device.starts_with("ent")) return interface_attributes(device);
  const auto bridge = std::ranges::find(bridges_, device, &Bridge::name);
  if (bridge == bridges_.end()) return {};
  const Lan* first = lan_in_slot(bridge->stored.trunk_slots.front());
  const Lan* channel = bridge->stored.control_slot ? lan_in_slot(bridge->stored.control_slot) : nullptr;
  return {
      {"ctl_chan", channel ? channel->name : "", "Control Channel adapter for SEA failover", true, ""},
      // SIMPLIFIED: a real one can share the VLANs with the other (sharing).
      {"ha_mode", bridge->stored.ha_mode, "High Availability Mode", true, "auto\ndisabled\nstandby"},
      {"jumbo_frames", devices_.stored_attribute(device, "jumbo_frames", "no"), "Enable Gigabit Ethernet Jumbo Frames", true,
       "yes\nno"},
      fixed("largesend", "0", "Enable Hardware Transmit TCP Resegmentation"),
      fixed("pvid", first ? std::to_string(first->adapter.config.port_vlan_id) : "", "PVID to use for the SEA device"),
      fixed("pvid_adapter", bridge->trunks.empty() ? "" : bridge->trunks.front(),
            "Default virtual adapter to use for non-VLAN-tagged packets"),
      fixed("real_adapter", bridge->port, "Physical adapter associated with the SEA"),
      fixed("thread", "1", "Thread mode enabled (1) or disabled (0)"),
      fixed("virt_adapters", fmt::format("{}", fmt::join(bridge->trunks, ",")),
            "List of virtual adapters associated with the SEA (comma separated)"),
  };
}

std::string VirtualEthernet::physloc(const std::string& device) const {
  const Lan* found = lan(device);
  return found ? devices_.slot_location(found->adapter.config.slot) + "-T1" : std::string();
}

bool VirtualEthernet::in_use(const Device& device) const {
  if (device.type == "if") return device.status == "Available";  // an address of the server's own
  if (const Interface* own = interface(device.name); own && own->lan()) return true;
  const bool aggregated_port = std::ranges::any_of(
      aggregations_, [&](const StoredAggregation& each) { return std::ranges::count(each.ports, device.name) > 0; });
  return aggregated_port || std::ranges::any_of(bridges_, [&](const Bridge& each) { return needs(each, device.name); });
}

bool VirtualEthernet::held(const std::string& device, const emu::Hold& hold) const {
  if (hold.mover && std::ranges::any_of(interfaces_, [&](const auto& each) { return each->name() == device; })) return true;
  return std::ranges::any_of(bridges_, [&](const Bridge& bridge) {
    return bridge.name == device && bridge.sea &&
           std::ranges::any_of(bridge.sea->vlans(), [&](u16 vlan) { return std::ranges::count(hold.vlans, vlan) > 0; });
  });
}

void VirtualEthernet::describe(emu::service::ViosInfo& info) const {
  for (const Bridge& bridge : bridges_) {
    if (!bridge.sea) continue;
    const PhysicalPort* port = devices_.port(ports_of(bridge.port).front());
    emu::service::ViosBridge shown{bridge.name,
                                   port ? port->segment : "",
                                   bridge.sea->vlans(),
                                   bridge.sea->link_up(),
                                   bridge.sea->trunks().front()->adapter().config.vswitch,
                                   {},
                                   ""};
    for (const Uplink::Cable& cable : bridge.sea->uplink().cables()) shown.cables.push_back({cable.name, cable.plugged});
    if (const HighAvailability* one_of_two = bridge.sea->availability()) shown.state = text_of(one_of_two->failover.state());
    info.bridges.push_back(std::move(shown));
  }
  for (const Address& each : addresses())
    info.addresses.push_back({each.interface, emu::address_text(each.address), emu::address_text(each.network.mask)});
}

// ---- lsmap, mkvdev ----

const MapShape* VirtualEthernet::shape() const { return &net_shape; }

std::vector<Mapping> VirtualEthernet::mappings() const {
  std::vector<Mapping> all;
  for (const Lan& each : lans_) {
    Mapping mapping{{each.name, devices_.physloc(each.name)}, each.adapter.config.is_trunk, {}};
    for (const Bridge& bridge : bridges_)
      if (std::ranges::count(bridge.trunks, each.name))
        mapping.targets.push_back(
            {{bridge.name, bridge.port, bridge.sea ? "Available" : "Defined", devices_.physloc(bridge.port)}, ""});
    all.push_back(std::move(mapping));
  }
  return all;
}

std::span<const MapOption> VirtualEthernet::map_options() const { return map_rows; }

emu::Result<std::string> VirtualEthernet::map(const MapRequest& request) {
  if (request.option == "-lnagg") return make_aggregation(request);
  std::vector<std::string> trunks;
  for (const std::string& word : request.adapters)
    for (const std::string& trunk : emu::words(word, ',')) trunks.push_back(trunk);
  const auto at = std::ranges::find(trunks, request.default_adapter);
  if (at == trunks.end())
    return emu::Error{"vios",
                      fmt::format("the default adapter \"{}\" is not among the virtual adapters.", request.default_adapter)};
  std::rotate(trunks.begin(), at, at + 1);  // the default adapter carries untagged packets
  const auto vlan = emu::parse_number<u16>(request.default_id);
  if (!vlan || *vlan == 0 || *vlan > 4094) return emu::Error{"vios", fmt::format("\"{}\" is not a VLAN ID.", request.default_id)};
  const std::string made = TRY(make_bridge({request.device, trunks, request.attributes}));
  if (auto saved = devices_.save(); !saved) {
    bridges_.pop_back();
    return saved.error();
  }
  follow_interfaces();
  const std::string number = made.substr(3);
  return fmt::format("{} Available\nen{}\net{}\n", made, number, number);
}

// ---- its life ----

void VirtualEthernet::load(const Configuration& configuration) {
  loaded_ = configuration.bridges;
  aggregations_ = configuration.aggregations;
  address_slot_ = configuration.address_slot;
  tcpip_ = configuration.tcpip;
}

// Physical ports first, then virtual adapters in slot order, then the shared ones: as a VIOS numbers them that was set up so.
void VirtualEthernet::scan(const Plugged& plugged) {
  std::erase_if(lans_, [&](const Lan& each) {
    return std::ranges::none_of(plugged, [&](const auto& there) { return there.config.slot == each.adapter.config.slot; });
  });
  for (const firmware::NativeAdapter& adapter : plugged)
    if (adapter.config.kind == emu::AdapterKind::ethernet && !lan_in_slot(adapter.config.slot))
      lans_.push_back({devices_.free_name("ent"), adapter});
  follow_interfaces();
}

void VirtualEthernet::start() {
  take_over_address();
  // Its port or a trunk may not be there now: then it is Defined.
  for (StoredBridge& stored : std::exchange(loaded_, {})) {
    if (devices_.taken(stored.name)) {
      const std::string former = std::exchange(stored.name, devices_.free_name("ent"));
      for (StoredInterface& each : tcpip_.interfaces)
        if (each.adapter == former) each.adapter = stored.name;
    }
    Bridge& bridge = bridges_.emplace_back();
    bridge.name = stored.name;
    bridge.port = stored.port;
    bridge.stored = std::move(stored);
    if (auto started = start_bridge(bridge); !started) log_ethernet.error("{}: {}", bridge.name, started.error().text);
  }
  // What the lab file bridges is taken over once; later changes are the operator's.
  for (size_t i = 0; i < devices_.setup().config.bridges.size(); ++i) {
    const auto& [slot, segment, ha_mode, ctl_chan] = devices_.setup().config.bridges[i];
    if (!devices_.take_over(fmt::format("sea:{}:{}", slot, segment))) continue;
    const Lan* trunk = lan_in_slot(slot);
    if (!trunk) {
      log_ethernet.error("slot {} has no virtual Ethernet adapter: segment {} is not bridged", slot, segment);
      continue;
    }
    const Lan* channel = ctl_chan ? lan_in_slot(ctl_chan) : nullptr;
    const Request request = {
        devices_.ports()[i].name, {trunk->name}, {{"ha_mode", ha_mode}, {"ctl_chan", channel ? channel->name : ""}}};
    if (auto bridge = make_bridge(request); !bridge) log_ethernet.error("{}", bridge.error().text);
  }
  follow_interfaces();
}

void VirtualEthernet::store(Configuration& configuration) const {
  configuration.bridges.clear();
  for (const Bridge& bridge : bridges_) configuration.bridges.push_back(bridge.stored);
  configuration.aggregations = aggregations_;
  configuration.address_slot = address_slot_;
  configuration.tcpip = tcpip_;
}

emu::Status VirtualEthernet::configure(std::span<const std::string> names, const std::string& device) {
  for (Bridge& bridge : bridges_)
    if (std::ranges::count(names, bridge.name))
      if (auto status = start_bridge(bridge); !status) {
        if (bridge.name == device) return status;
        log_ethernet.warn("{}: {}", bridge.name, status.error().text);
      }
  follow_interfaces();
  return emu::success();
}

void VirtualEthernet::remove_from(Configuration& configuration, std::span<const Device> devices, Absence to) const {
  if (to != Absence::deleted) return;
  const auto goes = [&](const auto& each) { return std::ranges::count(devices, each.name, &Device::name) > 0; };
  std::erase_if(configuration.bridges, goes);
  std::erase_if(configuration.aggregations, goes);
  std::erase_if(configuration.tcpip.interfaces,
                [&](const StoredInterface& each) { return std::ranges::count(devices, each.adapter, &Device::name) > 0; });
}

bool VirtualEthernet::remove(const Device& device, Absence to) {
  if (aggregated(device.name) && to == Absence::deleted)
    return std::erase_if(aggregations_, [&](const StoredAggregation& each) { return each.name == device.name; }) > 0;
  const auto bridge = std::ranges::find(bridges_, device.name, &Bridge::name);
  if (bridge == bridges_.end()) return false;
  bridge->sea.reset();
  if (to == Absence::deleted) {
    std::erase_if(tcpip_.interfaces, [&](const StoredInterface& each) { return each.adapter == device.name; });
    bridges_.erase(bridge);
  }
  follow_interfaces();
  return true;
}

// ---- what its commands show ----

std::optional<VirtualEthernet::View> VirtualEthernet::bridge_of(const std::string& device) const {
  for (const Bridge& each : bridges_)
    if (each.sea && (each.name == device || needs(each, device)))
      return View{each.name, each.port, each.trunks, each.channel, each.sea.get(), each.since};
  return std::nullopt;
}

std::string VirtualEthernet::mac_of(const std::string& device) const {
  if (const Lan* found = lan(device)) return found->adapter.config.mac_addr;
  // A shared adapter has the address of its port. That of the first is the one that the server itself answers at.
  const auto bridge =
      std::ranges::find_if(bridges_, [&](const Bridge& each) { return each.name == device || each.port == device; });
  const std::string port = ports_of(bridge == bridges_.end() ? device : bridge->port).front();
  if (!devices_.port(port)) return {};
  const bool first = !bridges_.empty() && ports_of(bridges_.front().port).front() == port && !address_slot_;
  std::string text;
  for (const u8 byte : emu::packet::mac_of(devices_.server_name() + " " + (first ? "en" : port)))
    text += fmt::format("{:02X}", byte);
  return text;
}

void VirtualEthernet::reset_counts(const std::string& bridge) {
  for (Bridge& each : bridges_) {
    if (each.name != bridge || !each.sea) continue;
    each.sea->reset_counts();
    each.since = devices_.clock().monotonic();
  }
}

// ---- for the loop ----

bool VirtualEthernet::poll() {
  bool more = false;
  for (Bridge& bridge : bridges_)
    if (bridge.sea && bridge.sea->poll()) more = true;
  for (const auto& each : interfaces_)
    if (each->poll()) more = true;
  return more;
}

u64 VirtualEthernet::wait() const {
  u64 least = ~u64{0};
  for (const Bridge& bridge : bridges_)
    if (bridge.sea) least = std::min(least, bridge.sea->wait());
  return least;
}

void VirtualEthernet::follow(const Plugged& plugged) {
  for (const firmware::NativeAdapter& adapter : plugged) {
    for (Lan& each : lans_)
      if (each.adapter.config.slot == adapter.config.slot) each.adapter.config = adapter.config;
    for (Bridge& bridge : bridges_)
      if (bridge.sea) bridge.sea->follow(adapter.config);
    for (const auto& each : interfaces_)
      if (each->lan() && each->lan()->adapter().config.slot == adapter.config.slot) each->configured(adapter.config);
  }
}

emu::Status VirtualEthernet::set_cables(bool plugged, const std::string& port) {
  if (!port.empty() && !devices_.port(port))
    return emu::Error{"fault", fmt::format("{} has no Ethernet port {}.", devices_.server_name(), port)};
  for (PhysicalPort& each : devices_.ports()) {
    if (!port.empty() && each.name != port) continue;
    each.plugged = plugged;
    for (Bridge& bridge : bridges_)
      if (bridge.sea) bridge.sea->set_cable(each.name, plugged);
  }
  return emu::success();
}

}  // namespace vios
