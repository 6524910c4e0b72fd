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
  wire.ports.push_back({lpar_id, slot, std::move(adapter)});
}

void VirtualSwitch::detach(u32 lpar_id, u32 slot) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, wire] : wires_) {
    std::erase_if(wire.ports, [&](const Port& port) { return port.lpar_id == lpar_id && port.slot == slot; });
    std::erase_if(wire.learned, [&](const auto& entry) { return entry.second.lpar_id == lpar_id && entry.second.slot == slot; });
  }
}

const VirtualSwitch::Port* VirtualSwitch::find(const Wire& wire, u32 lpar_id, u32 slot) const {
  for (const Port& port : wire.ports)
    if (port.lpar_id == lpar_id && port.slot == slot) return &port;
  return nullptr;
}

bool VirtualSwitch::is_member(const Port& port, u16 vlan) {
  const auto& config = port.adapter->config();
  return config.port_vlan_id == vlan ||
         std::find(config.addl_vlan_ids.begin(), config.addl_vlan_ids.end(), vlan) != config.addl_vlan_ids.end();
}

// Packets of the port VLAN leave without a tag, others with one.
bool VirtualSwitch::deliver(const Port& port, const Packet& packet) {
  devices::Ethernet& lan = *port.adapter->ethernet();
  if (port.adapter->config().port_vlan_id == packet.vlan) return lan.receive(packet.untagged);
  Bytes tagged = packet.untagged;
  u8 tag[tag_bytes];
  emu::store_be<u16>(tag, type_vlan);
  emu::store_be<u16>(tag + 2, static_cast<u16>(packet.vlan | packet.priority));
  tagged.insert(tagged.begin() + tag_at, tag, tag + tag_bytes);
  return lan.receive(tagged);
}

VirtualSwitch::Sent VirtualSwitch::send(u32 lpar_id, u32 slot, std::span<const u8> sent) {
  std::vector<Port> receivers;
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
    if (!from || sent.size() < header_bytes) return Sent::dropped;
    packet.vlan = from->adapter->config().port_vlan_id;
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
    if (from->adapter->config().is_trunk && !(source[0] & 1) && wire->learned.size() < learned_limit)
      wire->learned[{packet.vlan, source}] = {lpar_id, slot};

    // Of several trunks of a VLAN the one with the lowest priority number is in use.
    const Port* trunk = nullptr;
    for (const Port& port : wire->ports)
      if (port.adapter->config().is_trunk && is_member(port, packet.vlan) && port.adapter->ethernet()->registered() &&
          (!trunk || port.adapter->config().trunk_priority < trunk->adapter->config().trunk_priority))
        trunk = &port;

    const bool group = to[0] & 1;
    for (const Port& port : wire->ports) {
      if (&port == from || !is_member(port, packet.vlan) || !port.adapter->ethernet()->registered()) continue;
      if (port.adapter->config().is_trunk) {
        if (group && &port == trunk) receivers.push_back(port);
        continue;
      }
      if (port.adapter->ethernet()->wants(packet.untagged)) receivers.push_back(port);
    }
    if (!group && receivers.empty()) {
      const auto learned = wire->learned.find({packet.vlan, to});
      const Port* behind = learned == wire->learned.end() ? nullptr : find(*wire, learned->second.lpar_id, learned->second.slot);
      if (!behind || !behind->adapter->ethernet()->registered()) behind = trunk;
      // The trunk's own address counts as one behind it.
      if (behind && behind != from) receivers.push_back(*behind);
    }
  }
  // Outside the lock: a receiver's queue has its own.
  bool delivered = false;
  for (const Port& port : receivers)
    if (deliver(port, packet)) delivered = true;
  return delivered || receivers.empty() ? Sent::done : Sent::dropped;
}

void VirtualSwitch::announce(u32 lpar_id, u32 slot) {
  std::shared_ptr<Adapter> adapter;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, wire] : wires_)
      if (const Port* port = find(wire, lpar_id, slot)) adapter = port->adapter;
  }
  if (!adapter || !adapter->ethernet()) return;
  const devices::MacAddress mac = adapter->ethernet()->mac();
  std::vector<u16> vlans = adapter->config().addl_vlan_ids;
  vlans.push_back(adapter->config().port_vlan_id);
  for (const u16 vlan : vlans) {
    Bytes packet(6, 0xFF);
    packet.insert(packet.end(), mac.begin(), mac.end());
    const auto put16 = [&](u16 value) {
      packet.push_back(static_cast<u8>(value >> 8));
      packet.push_back(static_cast<u8>(value));
    };
    if (vlan != adapter->config().port_vlan_id) {
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
