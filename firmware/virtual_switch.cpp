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
  wire.ports.push_back({lpar_id, slot, adapter, config.addl_vlan_ids, !config.disabled, Trunk::automatic});
}

void VirtualSwitch::configure(u32 lpar_id, const emu::EthernetMembership& wanted) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, wire] : wires_)
    for (Port& port : wire.ports) {
      if (port.lpar_id != lpar_id || port.slot != wanted.slot) continue;
      port.tagged = wanted.addl_vlan_ids;
      port.enabled = !wanted.disabled;
    }
}

void VirtualSwitch::refresh(u32 lpar_id, emu::VirtualAdapter& config) const {
  const std::lock_guard lock(mutex_);
  const Port* port = find(lpar_id, config.slot);
  if (!port) return;
  config.addl_vlan_ids = port->tagged;
  config.disabled = !port->enabled;
}

void VirtualSwitch::detach(u32 lpar_id, u32 slot) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, wire] : wires_)
    std::erase_if(wire.ports, [&](const Port& port) { return port.lpar_id == lpar_id && port.slot == slot; });
}

void VirtualSwitch::set_trunk(u32 lpar_id, u32 slot, Trunk wanted) {
  std::vector<std::pair<u32, u32>> moved;  // who is reached through it from now on
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, wire] : wires_) {
      Port* trunk = nullptr;
      for (Port& port : wire.ports)
        if (port.lpar_id == lpar_id && port.slot == slot && port.config().is_trunk) trunk = &port;
      if (!trunk) continue;
      const auto shares_vlan = [&](const Port& port) {
        return is_member(port, trunk->port_vlan()) ||
               std::ranges::any_of(trunk->tagged, [&](u16 vlan) { return is_member(port, vlan); });
      };
      trunk->trunk = wanted;
      if (wanted != Trunk::active) continue;
      for (Port& port : wire.ports) {
        if (&port == trunk || !shares_vlan(port)) continue;
        if (!port.config().is_trunk && port.receives())
          moved.emplace_back(port.lpar_id, port.slot);
        else if (port.config().is_trunk && port.trunk == Trunk::active)
          port.trunk = Trunk::standby;
      }
    }
  }
  // SIMPLIFIED: a real shared Ethernet adapter asks for the addresses inside (H_VIOCTL, ILLAN_MAC_SCAN), and announces them itself.
  for (const auto& [id, of] : moved) announce(id, of);
}

bool VirtualSwitch::is_active_trunk(u32 lpar_id, u32 slot) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, wire] : wires_)
    if (const Port* port = find(wire, lpar_id, slot)) return port->config().is_trunk && trunk_of(wire, port->port_vlan()) == port;
  return false;
}

const VirtualSwitch::Port* VirtualSwitch::trunk_of(const Wire& wire, u16 vlan) {
  const auto rank = [](const Port& port) { return std::pair(port.trunk != Trunk::active, port.config().trunk_priority); };
  const Port* best = nullptr;
  for (const Port& port : wire.ports)
    if (port.config().is_trunk && port.trunk != Trunk::standby && is_member(port, vlan) && port.receives() &&
        (!best || rank(port) < rank(*best)))
      best = &port;
  return best;
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
    // A host outside is behind the active trunk; adapters inside have the address they say.
    const Port* trunk = trunk_of(*wire, packet.vlan);
    if (from->config().is_trunk && from != trunk) return Sent::dropped;

    const bool group = to[0] & 1;
    for (const Port& port : wire->ports) {
      if (&port == from || !is_member(port, packet.vlan) || !port.receives()) continue;
      if (port.config().is_trunk) {
        if (group && &port == trunk) receivers.push_back(port.adapter);
        continue;
      }
      if (port.lan().wants(packet.untagged)) receivers.push_back(port.adapter);
    }
    if (!group && receivers.empty() && trunk && trunk != from) receivers.push_back(trunk->adapter);
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
