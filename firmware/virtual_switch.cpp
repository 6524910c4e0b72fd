// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/virtual_switch.h"

#include <algorithm>

namespace firmware {

namespace {

constexpr size_t header_bytes = 14;
constexpr size_t tag_at = 12;
constexpr size_t tag_bytes = 4;
constexpr u16 type_vlan = 0x8100;
constexpr u16 type_rarp = 0x8035;
constexpr u16 vlan_bits = 0x0FFF;
constexpr size_t learned_limit = 8192;

devices::MacAddress address_at(std::span<const u8> packet, size_t at) {
  devices::MacAddress mac;
  std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), mac.size(), mac.begin());
  return mac;
}

}  // namespace

void VirtualSwitch::attach(u32 lpar_id, std::shared_ptr<Adapter> adapter) {
  const std::lock_guard lock(mutex_);
  Wire& wire = wires_[adapter->config().vswitch];
  const u32 slot = adapter->slot();
  if (find(wire, lpar_id, slot)) return;
  const emu::VirtualAdapter& config = adapter->config();
  wire.ports.push_back({lpar_id, slot, adapter, config.addl_vlan_ids, !config.disabled});
}

void VirtualSwitch::configure(u32 lpar_id, const emu::EthernetMembership& wanted) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, wire] : wires_)
    for (Port& port : wire.ports) {
      if (port.lpar_id != lpar_id || port.slot != wanted.slot) continue;
      port.tagged = wanted.addl_vlan_ids;
      port.enabled = !wanted.disabled;
      forget(wire, lpar_id, wanted.slot);
    }
}

void VirtualSwitch::refresh(u32 lpar_id, emu::VirtualAdapter& config) const {
  const std::lock_guard lock(mutex_);
  const Port* port = find(lpar_id, config.slot);
  if (!port) return;
  config.addl_vlan_ids = port->tagged;
  config.disabled = !port->enabled;
}

void VirtualSwitch::forget(Wire& wire, u32 lpar_id, u32 slot) {
  std::erase_if(wire.learned, [&](const auto& entry) { return entry.second.lpar_id == lpar_id && entry.second.slot == slot; });
}

void VirtualSwitch::detach(u32 lpar_id, u32 slot) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, wire] : wires_) {
    std::erase_if(wire.ports, [&](const Port& port) { return port.lpar_id == lpar_id && port.slot == slot; });
    forget(wire, lpar_id, slot);
  }
}

const VirtualSwitch::Port* VirtualSwitch::find(const Wire& wire, u32 lpar_id, u32 slot) {
  for (const Port& port : wire.ports)
    if (port.lpar_id == lpar_id && port.slot == slot) return &port;
  return nullptr;
}

const VirtualSwitch::Port* VirtualSwitch::find(u32 lpar_id, u32 slot) const {
  for (const auto& [name, wire] : wires_)
    if (const Port* port = find(wire, lpar_id, slot)) return port;
  return nullptr;
}

bool VirtualSwitch::is_member(const Port& port, u16 vlan) {
  return port.port_vlan() == vlan || std::ranges::count(port.tagged, vlan) > 0;
}

// Packets of the port VLAN leave without a tag, others with one.
bool VirtualSwitch::deliver(Adapter& adapter, const Packet& packet) {
  devices::Ethernet& lan = *adapter.ethernet();
  if (adapter.config().port_vlan_id == packet.vlan) return lan.receive(packet.untagged);
  Bytes tagged = packet.untagged;
  u8 tag[tag_bytes];
  emu::store_be<u16>(tag, type_vlan);
  emu::store_be<u16>(tag + 2, static_cast<u16>(packet.vlan | packet.priority));
  tagged.insert(tagged.begin() + tag_at, tag, tag + tag_bytes);
  return lan.receive(tagged);
}

VirtualSwitch::Sent VirtualSwitch::send(u32 lpar_id, u32 slot, std::span<const u8> sent) {
  std::vector<std::shared_ptr<Adapter>> receivers;
  Packet packet{0, {}, 0};
  {
    const std::lock_guard lock(mutex_);
    Wire* wire = nullptr;
    const Port* from = nullptr;
    for (auto& [name, w] : wires_)
      if (const Port* port = find(w, lpar_id, slot)) {
        wire = &w;
        from = port;
      }
    if (!from || !from->enabled || sent.size() < header_bytes) return Sent::dropped;
    packet.vlan = from->port_vlan();
    packet.untagged.assign(sent.begin(), sent.end());
    if (sent.size() >= header_bytes + tag_bytes && emu::load_be<u16>(sent.data() + tag_at) == type_vlan) {
      const u16 tag = emu::load_be<u16>(sent.data() + tag_at + 2);
      // VLAN 0 carries a priority only.
      if (tag & vlan_bits) packet.vlan = tag & vlan_bits;
      packet.priority = tag & static_cast<u16>(~vlan_bits);
      packet.untagged.erase(packet.untagged.begin() + tag_at, packet.untagged.begin() + tag_at + tag_bytes);
    }
    if (!is_member(*from, packet.vlan)) return Sent::dropped;
    const devices::MacAddress to = address_at(packet.untagged, 0);
    const devices::MacAddress source = address_at(packet.untagged, 6);
    // Hosts outside are known by the trunk that their packets come through; adapters inside have the address they say.
    if (from->config().is_trunk && !(source[0] & 1) && wire->learned.size() < learned_limit)
      wire->learned[{packet.vlan, source}] = {lpar_id, slot};

    // Of several trunks of a VLAN the one with the lowest priority number is in use.
    const Port* trunk = nullptr;
    for (const Port& port : wire->ports)
      if (port.config().is_trunk && is_member(port, packet.vlan) && port.receives() &&
          (!trunk || port.config().trunk_priority < trunk->config().trunk_priority))
        trunk = &port;

    const bool group = to[0] & 1;
    for (const Port& port : wire->ports) {
      if (&port == from || !is_member(port, packet.vlan) || !port.receives()) continue;
      if (port.config().is_trunk) {
        if (group && &port == trunk) receivers.push_back(port.adapter);
        continue;
      }
      if (port.lan().wants(packet.untagged)) receivers.push_back(port.adapter);
    }
    if (!group && receivers.empty()) {
      const auto learned = wire->learned.find({packet.vlan, to});
      const Port* behind = learned == wire->learned.end() ? nullptr : find(*wire, learned->second.lpar_id, learned->second.slot);
      if (!behind || !behind->receives()) behind = trunk;
      // The trunk's own address counts as one behind it.
      if (behind && behind != from) receivers.push_back(behind->adapter);
    }
  }
  // Outside the lock: a receiver's queue has its own.
  bool delivered = false;
  for (const auto& adapter : receivers)
    if (deliver(*adapter, packet)) delivered = true;
  return delivered || receivers.empty() ? Sent::done : Sent::dropped;
}

void VirtualSwitch::announce(u32 lpar_id, u32 slot) {
  devices::MacAddress mac;
  std::vector<u16> vlans;
  u16 port_vlan = 0;
  {
    const std::lock_guard lock(mutex_);
    const Port* port = find(lpar_id, slot);
    if (!port) return;
    mac = port->lan().mac();
    port_vlan = port->port_vlan();
    vlans = port->tagged;
  }
  vlans.push_back(port_vlan);
  for (const u16 vlan : vlans) {
    Bytes packet(6, 0xFF);
    packet.insert(packet.end(), mac.begin(), mac.end());
    const auto put16 = [&](u16 value) {
      packet.push_back(static_cast<u8>(value >> 8));
      packet.push_back(static_cast<u8>(value));
    };
    if (vlan != port_vlan) {
      put16(type_vlan);
      put16(vlan);
    }
    // RFC 903, request reverse: who am I? Sender and target are the adapter; the protocol addresses are unknown.
    put16(type_rarp);
    put16(1);
    put16(0x0800);
    put16(0x0604);
    put16(3);
    for (int i = 0; i < 2; ++i) {
      packet.insert(packet.end(), mac.begin(), mac.end());
      packet.insert(packet.end(), 4, 0);
    }
    packet.resize(60);
    (void)send(lpar_id, slot, packet);
  }
}

}  // namespace firmware
