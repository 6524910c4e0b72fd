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
constexpr MapOption sea_option = {"-sea", sea_needs};

}  // namespace

VirtualEthernet::VirtualEthernet(Devices& devices)
    : devices_(devices),
      responder_(
          devices.partition().definition().ip_address, devices.server_name() + " en", [&devices] { return devices.level(); },
          devices.setup().rmc_key),
      neighbours_(devices.partition().definition().ip_address, responder_.mac()) {}

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

// ---- what there is ----

std::vector<Device> VirtualEthernet::list() const {
  std::vector<Device> all;
  for (const Lan& each : lans_)
    all.push_back({each.name, "Available", "Virtual I/O Ethernet Adapter (l-lan)", "adapter", true, "", "vio0"});
  for (const Bridge& bridge : bridges_) {
    all.push_back({bridge.name, bridge.sea ? "Available" : "Defined", "Shared Ethernet Adapter", "sea", true, "", ""});
    // SIMPLIFIED: a real server has the interfaces en and et for every Ethernet adapter, not for the shared ones only.
    const std::string number = bridge.name.substr(std::min(bridge.name.size(), size_t{3}));
    const bool own = &bridge == bridges_.data() && bridge.sea && !devices_.partition().definition().ip_address.empty();
    all.push_back({"en" + number, own ? "Available" : "Defined", "Standard Ethernet Network Interface", "if", false, "", ""});
    all.push_back({"et" + number, "Defined", "IEEE 802.3 Ethernet Network Interface", "if", false, "", ""});
  }
  return all;
}

std::vector<Attribute> VirtualEthernet::attributes(const std::string& device) const {
  const auto bridge = std::ranges::find(bridges_, device, &Bridge::name);
  if (bridge == bridges_.end()) return {};
  const Lan* first = lan_in_slot(bridge->stored.trunk_slots.front());
  // They can be set on a real server. Here each has the one value that it has.
  const auto fixed = [](std::string_view name, const std::string& value, std::string_view description) {
    return Attribute{std::string(name), value, std::string(description), true, value};
  };
  return {
      fixed("ha_mode", "disabled", "High Availability Mode"),
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
  if (device.type == "if") return device.status == "Available";  // the server's own address
  return std::ranges::any_of(bridges_, [&](const Bridge& each) { return carries(each, device.name); });
}

bool VirtualEthernet::held(const std::string& device, const emu::Hold& hold) const {
  return std::ranges::any_of(bridges_, [&](const Bridge& bridge) {
    return bridge.name == device && bridge.sea &&
           std::ranges::any_of(bridge.sea->vlans(), [&](u16 vlan) { return std::ranges::count(hold.vlans, vlan) > 0; });
  });
}

void VirtualEthernet::describe(emu::service::ViosInfo& info) const {
  for (const Bridge& bridge : bridges_) {
    if (!bridge.sea) continue;
    const PhysicalPort* port = devices_.port(bridge.port);
    info.bridges.push_back({bridge.name, port ? port->segment : "", bridge.sea->vlans(), bridge.sea->link_up()});
  }
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

const MapOption* VirtualEthernet::map_option() const { return &sea_option; }

emu::Result<std::string> VirtualEthernet::map(const MapRequest& request) {
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
  const std::string made = TRY(make_bridge(request.device, trunks));
  if (auto saved = devices_.save(); !saved) {
    bridges_.pop_back();
    return saved.error();
  }
  const std::string number = made.substr(3);
  return fmt::format("{} Available\nen{}\net{}\n", made, number, number);
}

// ---- its life ----

void VirtualEthernet::load(const Configuration& configuration) { loaded_ = configuration.bridges; }

// Physical ports first, then virtual adapters in slot order, then the shared ones: as a VIOS numbers them that was set up so.
void VirtualEthernet::scan(const Plugged& plugged) {
  std::erase_if(lans_, [&](const Lan& each) {
    return std::ranges::none_of(plugged, [&](const auto& there) { return there.config.slot == each.adapter.config.slot; });
  });
  for (const firmware::NativeAdapter& adapter : plugged)
    if (adapter.config.kind == emu::AdapterKind::ethernet && !lan_in_slot(adapter.config.slot))
      lans_.push_back({devices_.free_name("ent"), adapter});
}

void VirtualEthernet::start() {
  // Its port or a trunk may not be there now: then it is Defined.
  for (StoredBridge& stored : std::exchange(loaded_, {})) {
    if (devices_.taken(stored.name)) stored.name = devices_.free_name("ent");
    Bridge& bridge = bridges_.emplace_back();
    bridge.name = stored.name;
    bridge.port = stored.port;
    bridge.stored = std::move(stored);
    if (auto started = start_bridge(bridge); !started) log_ethernet.error("{}: {}", bridge.name, started.error().text);
  }
  // What the lab file bridges is taken over once; later changes are the operator's.
  for (size_t i = 0; i < devices_.setup().config.bridges.size(); ++i) {
    const auto& [slot, segment] = devices_.setup().config.bridges[i];
    if (!devices_.take_over(fmt::format("sea:{}:{}", slot, segment))) continue;
    const Lan* trunk = lan_in_slot(slot);
    if (!trunk) {
      log_ethernet.error("slot {} has no virtual Ethernet adapter: segment {} is not bridged", slot, segment);
      continue;
    }
    if (auto bridge = make_bridge(devices_.ports()[i].name, {trunk->name}); !bridge)
      log_ethernet.error("{}", bridge.error().text);
  }
}

void VirtualEthernet::store(Configuration& configuration) const {
  configuration.bridges.clear();
  for (const Bridge& bridge : bridges_) configuration.bridges.push_back(bridge.stored);
}

emu::Status VirtualEthernet::configure(std::span<const std::string> names, const std::string& device) {
  for (Bridge& bridge : bridges_)
    if (std::ranges::count(names, bridge.name))
      if (auto status = start_bridge(bridge); !status) {
        if (bridge.name == device) return status;
        log_ethernet.warn("{}: {}", bridge.name, status.error().text);
      }
  return emu::success();
}

void VirtualEthernet::remove_from(Configuration& configuration, std::span<const Device> devices, Absence to) const {
  if (to != Absence::deleted) return;
  std::erase_if(configuration.bridges,
                [&](const StoredBridge& each) { return std::ranges::count(devices, each.name, &Device::name) > 0; });
}

bool VirtualEthernet::remove(const Device& device, Absence to) {
  const auto bridge = std::ranges::find(bridges_, device.name, &Bridge::name);
  if (bridge == bridges_.end()) return false;
  bridge->sea.reset();
  if (to == Absence::deleted) bridges_.erase(bridge);
  return true;
}

emu::Result<std::string> VirtualEthernet::make_bridge(const std::string& port, const std::vector<std::string>& trunks) {
  Bridge bridge;
  bridge.name = devices_.free_name("ent");
  bridge.port = port;
  bridge.stored = {bridge.name, port, {}};
  if (trunks.empty()) return emu::Error{"vios", "A Shared Ethernet Adapter needs a virtual Ethernet adapter."};
  for (const std::string& trunk : trunks) {
    const Lan* found = lan(trunk);
    if (!found) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", trunk)};
    bridge.stored.trunk_slots.push_back(found->adapter.config.slot);
  }
  TRY(start_bridge(bridge));
  return bridges_.emplace_back(std::move(bridge)).name;
}

emu::Status VirtualEthernet::start_bridge(Bridge& bridge) {
  if (bridge.sea) return emu::success();
  const PhysicalPort* physical = devices_.port(bridge.port);
  if (!physical || devices_.is_deleted(bridge.port))
    return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", bridge.port)};
  const auto initializing = [](const std::string& why) {
    return emu::Error{"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 {}", why)};
  };
  std::vector<const Lan*> trunks;
  bridge.trunks.clear();
  for (const u32 slot : bridge.stored.trunk_slots) {
    const Lan* found = lan_in_slot(slot);
    if (!found) return emu::Error{"vios", fmt::format("Slot {} has no virtual Ethernet adapter.", slot)};
    if (devices_.is_deleted(found->name)) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", found->name)};
    trunks.push_back(found);
    bridge.trunks.push_back(found->name);
  }
  const auto check = [&](const std::string& device) -> emu::Status {
    if (devices_.absent(device)) return initializing(fmt::format("\"{}\" is not in the Available state.", device));
    for (const Bridge& each : bridges_)
      if (carries(each, device)) return initializing(fmt::format("\"{}\" is in use by a Shared Ethernet Adapter.", device));
    return emu::success();
  };
  TRY(check(bridge.port));
  for (const Lan* trunk : trunks) TRY(check(trunk->name));
  std::vector<std::unique_ptr<LogicalLan>> lans;
  for (const Lan* trunk : trunks) {
    if (!trunk->adapter.config.is_trunk)
      return emu::Error{"vios", fmt::format("Device \"{}\" is not a trunk adapter.", trunk->name)};
    lans.push_back(TRY(LogicalLan::create(devices_.partition(), devices_.real_memory(), trunk->adapter)));
  }
  const auto segment = TRY(emu::Segment::open(emu::segment_file(devices_.setup().folders.runtime, physical->segment)));
  auto plug = TRY(segment->plug(devices_.server_name() + " " + bridge.name));
  // The server's own address hangs on its first shared adapter, as the interface en of it.
  const bool first = bridges_.empty() || &bridge == bridges_.data();
  bridge.sea = std::make_unique<SharedEthernet>(bridge.name, std::move(plug), std::move(lans), first ? &responder_ : nullptr,
                                                devices_.errors(), [&partition = devices_.partition()] { partition.wake(); });
  bridge.since = devices_.clock().monotonic();
  if (first) bridge.sea->listen(neighbours_, devices_.clock());
  return emu::success();
}

// ---- what its commands show ----

std::optional<VirtualEthernet::View> VirtualEthernet::bridge_of(const std::string& device) const {
  for (const Bridge& each : bridges_)
    if (each.sea && (each.name == device || carries(each, device)))
      return View{each.name, each.port, each.trunks, each.sea.get(), each.since};
  return std::nullopt;
}

std::string VirtualEthernet::mac_of(const std::string& device) const {
  if (const Lan* found = lan(device)) return found->adapter.config.mac_addr;
  // A shared adapter has the address of its port. That of the first is the one that the server itself answers at.
  const auto bridge =
      std::ranges::find_if(bridges_, [&](const Bridge& each) { return each.name == device || each.port == device; });
  const std::string port = bridge == bridges_.end() ? device : bridge->port;
  if (!devices_.port(port)) return {};
  const bool first = !bridges_.empty() && bridges_.front().port == port;
  std::string text;
  for (const u8 byte : first ? responder_.mac() : emu::packet::mac_of(devices_.server_name() + " " + port))
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

std::optional<VirtualEthernet::Address> VirtualEthernet::address() const {
  const auto own = emu::parse_address(devices_.partition().definition().ip_address);
  if (!own || bridges_.empty() || !bridges_.front().sea || !bridges_.front().sea->has_address()) return std::nullopt;
  const Bridge& first = bridges_.front();
  emu::SegmentConfig segment;
  if (const PhysicalPort* port = devices_.port(first.port))
    for (const emu::SegmentConfig& each : devices_.setup().segments)
      if (each.name == port->segment) segment = each;
  const auto network = emu::parse_network(segment.network);
  if (!network) return std::nullopt;
  return Address{"en" + first.name.substr(std::min(first.name.size(), size_t{3})), first.name, *own, *network};
}

// ---- for the loop ----

bool VirtualEthernet::poll() {
  bool more = false;
  for (Bridge& bridge : bridges_)
    if (bridge.sea && bridge.sea->poll()) more = true;
  return more;
}

void VirtualEthernet::follow(const Plugged& plugged) {
  for (const firmware::NativeAdapter& adapter : plugged) {
    for (Lan& each : lans_)
      if (each.adapter.config.slot == adapter.config.slot) each.adapter.config = adapter.config;
    for (Bridge& bridge : bridges_)
      if (bridge.sea) bridge.sea->follow(adapter.config);
  }
}

void VirtualEthernet::ask(const std::string& address) {
  for (Bridge& bridge : bridges_)
    if (bridge.sea && bridge.sea->has_address()) bridge.sea->ask(address);
}

bool VirtualEthernet::has_network() const {
  return std::ranges::any_of(
      bridges_, [](const Bridge& bridge) { return bridge.sea && bridge.sea->has_address() && bridge.sea->link_up(); });
}

void VirtualEthernet::set_cables(bool plugged) {
  for (Bridge& bridge : bridges_)
    if (bridge.sea) bridge.sea->set_cable(plugged);
}

}  // namespace vios
