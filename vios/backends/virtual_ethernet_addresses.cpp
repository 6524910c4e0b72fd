// SPDX-License-Identifier: GPL-2.0-or-later
// The server's own addresses: what mktcpip, chtcpip and rmtcpip change, and where they are reached.
#include "emu/core/log.h"
#include "vios/backends/virtual_ethernet.h"
#include "vios/devices.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_ethernet("vios");

// What an interface has whose mask nobody has said.
u32 mask_of_class(u32 address) {
  if (address >> 31 == 0) return 0xFF00'0000;
  return address >> 30 == 2 ? 0xFFFF'0000 : 0xFFFF'FF00;
}

std::optional<u32> parse_mask(const std::string& text) {
  const auto mask = emu::parse_address(text);
  const bool in_one_piece = mask && std::countl_one(*mask) + std::countr_zero(*mask) == 32;
  return in_one_piece && *mask != 0 ? mask : std::nullopt;
}

emu::Error wrong(std::string text) { return {"vios", std::move(text)}; }

}  // namespace

// ---- where they are ----

std::string VirtualEthernet::adapter_of(const StoredInterface& stored) const {
  if (stored.slot) {
    const Lan* own = lan_in_slot(stored.slot);
    return own && !own->adapter.config.is_trunk ? own->name : "";
  }
  if (stored.adapter.empty()) return bridges_.empty() ? "" : bridges_.front().name;
  return std::ranges::count(bridges_, stored.adapter, &Bridge::name) ? stored.adapter : "";
}

std::optional<Interface::Place> VirtualEthernet::place_of(const StoredInterface& stored) const {
  const std::string adapter = adapter_of(stored);
  const auto address = emu::parse_address(stored.address);
  const auto bridge = std::ranges::find(bridges_, adapter, &Bridge::name);
  const bool shared = bridge != bridges_.end();
  if (!address || adapter.empty() || devices_.absent(adapter) || (shared && !bridge->sea)) return std::nullopt;
  if (const auto mask = parse_mask(stored.netmask)) return Interface::Place{adapter, *address, {*address & *mask, *mask}};
  // Which segment is behind a virtual adapter may be another server's to know: it is the one of the address.
  const PhysicalPort* port = shared ? devices_.port(ports_of(bridge->port).front()) : nullptr;
  for (const emu::SegmentConfig& each : devices_.setup().segments) {
    const auto network = emu::parse_network(each.network);
    if (network && (port ? each.name == port->segment : (*address & network->mask) == network->base))
      return Interface::Place{adapter, *address, *network};
  }
  const u32 mask = mask_of_class(*address);
  return Interface::Place{adapter, *address, {*address & mask, mask}};
}

const Interface* VirtualEthernet::interface(const std::string& adapter) const {
  const auto found = std::ranges::find_if(interfaces_, [&](const auto& each) { return each->place().adapter == adapter; });
  return found == interfaces_.end() ? nullptr : found->get();
}

SharedEthernet* VirtualEthernet::carrier_of(const Interface& own) const {
  const auto bridge = std::ranges::find(bridges_, own.place().adapter, &Bridge::name);
  return bridge == bridges_.end() ? nullptr : bridge->sea.get();
}

bool VirtualEthernet::up(const Interface& own) const {
  if (own.lan()) return !own.lan()->adapter().config.disabled;
  const SharedEthernet* sea = carrier_of(own);
  return sea && sea->link_up() && sea->bridges();
}

// Other servers' definitions say where RMC finds them, and so did this one's, until the server had a database of its own.
void VirtualEthernet::take_over_address() {
  if (const u32 slot = devices_.setup().config.address_slot; slot && devices_.take_over(fmt::format("address:{}", slot))) {
    address_slot_ = slot;
    if (!tcpip_.interfaces.empty() && tcpip_.interfaces.front().adapter.empty()) tcpip_.interfaces.front().slot = slot;
  }
  const std::string& told = devices_.partition().definition().ip_address;
  if (told == tcpip_.known_address) return;
  tcpip_.known_address = told;
  if (told.empty()) return;
  if (tcpip_.interfaces.empty()) tcpip_.interfaces.push_back({"", address_slot_, told, "", ""});
  if (StoredInterface& first = tcpip_.interfaces.front(); first.address != told) {
    first.address = told;
    first.netmask.clear();
  }
}

void VirtualEthernet::follow_interfaces() {
  std::vector<Interface::Place> wanted;
  std::vector<const StoredInterface*> stored;
  for (const StoredInterface& each : tcpip_.interfaces)
    if (const auto place = place_of(each)) {
      wanted.push_back(*place);
      stored.push_back(&each);
    }
  std::erase_if(interfaces_, [&](const auto& each) {
    if (std::ranges::count(wanted, each->place())) return false;
    if (SharedEthernet* sea = carrier_of(*each); sea && !each->lan()) sea->detach();
    return true;
  });
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Interface* known = interface(wanted[i].adapter);
    if (!known) {
      const auto mac = emu::packet::parse_mac(mac_of(wanted[i].adapter));
      auto made = std::make_unique<Interface>(
          wanted[i], mac.value_or(emu::packet::Mac{}), [this] { return devices_.level(); }, devices_.setup().rmc_key,
          devices_.clock());
      if (const u32 slot = stored[i]->slot) {
        auto lan = LogicalLan::create(devices_.partition(), devices_.real_memory(), lan_in_slot(slot)->adapter);
        if (!lan) {
          log_ethernet.error("{}: {}", made->name(), lan.error().text);
          continue;
        }
        made->begin(std::move(*lan));
      }
      known = interfaces_.emplace_back(std::move(made)).get();
    }
    SharedEthernet* sea = carrier_of(*known);
    if (sea && !known->lan() && !sea->has_address()) sea->attach(known->responder(), const_cast<Interface*>(known)->neighbours());
  }
}

// ---- what commands show ----

std::vector<Device> VirtualEthernet::interfaces_listed() const {
  std::vector<Device> all;
  const auto add = [&](const std::string& adapter) {
    all.push_back({interface_of(adapter), interface(adapter) ? "Available" : "Defined", "Standard Ethernet Network Interface",
                   "if", false, "", ""});
    all.push_back({interface_of(adapter, "et"), "Defined", "IEEE 802.3 Ethernet Network Interface", "if", false, "", ""});
  };
  // SIMPLIFIED: a real server has the interfaces en and et of trunk adapters, link aggregations and physical ports, too.
  for (const Lan& each : lans_)
    if (!each.adapter.config.is_trunk) add(each.name);
  for (const Bridge& each : bridges_) add(each.name);
  return all;
}

std::vector<Attribute> VirtualEthernet::interface_attributes(const std::string& name) const {
  const std::string adapter = interface_of(name, "ent");
  const bool shared = std::ranges::count(bridges_, adapter, &Bridge::name) > 0;
  if (!shared && (!lan(adapter) || lan(adapter)->adapter.config.is_trunk)) return {};
  const bool jumbo = shared && devices_.stored_attribute(adapter, "jumbo_frames", "no") == "yes";
  const Interface* own = interface(adapter);
  // SIMPLIFIED: mtu is kept and shown. Packets of the lab's networks have up to 1500 bytes; movers whose interfaces have different ones
  // would agree on the smaller, as TCP does.
  return {
      {"mtu", devices_.stored_attribute(name, "mtu", "1500"), "Maximum IP Packet Size for This Device", true,
       !shared ? "60...65390 (+1)"
       : jumbo ? "60...9000 (+1)"
               : "60...1500 (+1)"},
      {"netaddr", own ? own->address() : "", "Internet Address", false, ""},
      {"netmask", own ? emu::address_text(own->place().network.mask) : "", "Subnet Mask", false, ""},
      {"state", own ? "up" : "detach", "Current Interface Status", false, ""},
  };
}

std::vector<VirtualEthernet::Address> VirtualEthernet::addresses() const {
  std::vector<Address> all;
  for (const StoredInterface& stored : tcpip_.interfaces) {
    const Interface* own = interface(adapter_of(stored));
    if (!own) continue;
    Address found = {own->name(), own->place().adapter, own->place().address, own->place().network, stored.gateway, 0, 0};
    if (own->lan()) {
      found.received = own->lan()->traffic().received.packets;
      found.sent = own->lan()->traffic().sent.packets;
    } else if (const SharedEthernet* sea = carrier_of(*own)) {
      found.received = sea->counts().real.consumed + sea->counts().virtual_side.consumed;
      found.sent = sea->counts().generated;
    }
    all.push_back(std::move(found));
  }
  return all;
}

std::string VirtualEthernet::host_name() const {
  return tcpip_.hostname.empty() ? devices_.partition().definition().name : tcpip_.hostname;
}

// ---- what commands change ----

emu::Status VirtualEthernet::store_tcpip(StoredTcpip wanted) {
  Configuration all = devices_.stored();
  all.tcpip = wanted;
  TRY(devices_.store(all));
  tcpip_ = std::move(wanted);
  follow_interfaces();
  return emu::success();
}

emu::Status VirtualEthernet::change_tcpip(const TcpipChange& change) {
  StoredTcpip wanted = tcpip_;
  if (change.hostname) wanted.hostname = *change.hostname;
  if (change.name_server) wanted.name_server = *change.name_server;
  if (change.domain) wanted.domain = *change.domain;
  if (change.interface.empty()) return store_tcpip(std::move(wanted));

  const std::string adapter = interface_of(change.interface, "ent");
  const auto listed = interfaces_listed();
  if (!change.interface.starts_with("en") || !std::ranges::count(listed, change.interface, &Device::name))
    return no_device(change.interface);
  if (devices_.held(change.interface)) return device_busy();
  auto place = std::ranges::find_if(wanted.interfaces, [&](const StoredInterface& each) { return adapter_of(each) == adapter; });
  if (place == wanted.interfaces.end()) {
    if (!change.address) return wrong(fmt::format("The interface {} has no address.", change.interface));
    place = wanted.interfaces.insert(place, StoredInterface{});
  }
  const Lan* own = lan(adapter);
  if (own && std::ranges::count(bridges_, own->adapter.config.slot, [](const Bridge& each) { return each.stored.control_slot; }))
    return wrong(fmt::format("\"{}\" is in use by a Shared Ethernet Adapter.", adapter));
  place->slot = own ? own->adapter.config.slot : 0;
  place->adapter = own ? "" : adapter;
  if (change.address) place->address = *change.address;
  if (change.netmask) place->netmask = *change.netmask;
  if (change.gateway) place->gateway = *change.gateway;

  const auto address = emu::parse_address(place->address);
  const auto mask = place->netmask.empty() ? std::nullopt : parse_mask(place->netmask);
  if (!address) return wrong(fmt::format("\"{}\" is not an Internet address.", place->address));
  if (!mask && !place->netmask.empty()) return wrong(fmt::format("\"{}\" is not a subnet mask.", place->netmask));
  const u32 host_bits = ~(mask ? *mask : mask_of_class(*address));
  if (host_bits > 1 && ((*address & host_bits) == 0 || (*address & host_bits) == host_bits || *address >> 28 >= 14))
    return wrong(fmt::format("\"{}\" is not the Internet address of a host.", place->address));
  for (const emu::SegmentConfig& each : devices_.setup().segments)
    if (const auto network = emu::parse_network(each.network))
      if (const auto whose = emu::reserved_for(*network, *address))
        return wrong(fmt::format("{} is for {} on {}.", place->address, *whose, each.name));
  for (const StoredInterface& each : wanted.interfaces)
    if (&each != &*place && each.address == place->address)
      return wrong(fmt::format("{} is the address of another interface.", place->address));
  if (!place->gateway.empty()) {
    const auto gateway = emu::parse_address(place->gateway);
    if (!gateway || ((*gateway ^ *address) & ~host_bits) != 0 || *gateway == *address)
      return wrong(fmt::format("The gateway \"{}\" is not on the network of {}.", place->gateway, change.interface));
  }
  if (place->netmask.empty()) place->netmask = emu::address_text(~host_bits);
  return store_tcpip(std::move(wanted));
}

emu::Status VirtualEthernet::remove_interface(const std::string& name) {
  if (devices_.held(name)) return device_busy();
  StoredTcpip wanted = tcpip_;
  std::erase_if(wanted.interfaces, [&](const StoredInterface& each) { return interface_of(adapter_of(each), "en") == name; });
  return store_tcpip(std::move(wanted));
}

emu::Status VirtualEthernet::address_is_known(const std::string& address) {
  StoredTcpip wanted = tcpip_;
  wanted.known_address = address;
  return store_tcpip(std::move(wanted));
}

// ---- for movers ----

void VirtualEthernet::ask(const std::string& from, const std::string& address) {
  for (const auto& own : interfaces_) {
    if ((!from.empty() && own->address() != from) || !own->leads_to(address)) continue;
    if (own->lan())
      own->ask(address);
    else if (SharedEthernet* sea = carrier_of(*own))
      sea->ask(address);
  }
}

u64 VirtualEthernet::heard(const std::string& from, const std::string& address) const {
  u64 last = 0;
  for (const auto& own : interfaces_)
    if (from.empty() || own->address() == from) last = std::max(last, own->neighbours().heard(address));
  return last;
}

void VirtualEthernet::forget(const std::string& address) {
  for (const auto& own : interfaces_) own->neighbours().forget(address);
}

bool VirtualEthernet::leads_to(const std::string& from, const std::string& address) const {
  return std::ranges::any_of(interfaces_, [&](const auto& own) {
    return (from.empty() || own->address() == from) && own->leads_to(address) && up(*own);
  });
}

}  // namespace vios
