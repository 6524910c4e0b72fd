// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The Ethernet switches inside a frame: every virtual Ethernet adapter is a port of the one that its configuration names.
// Ports are members of VLANs: the port VLAN untagged, additional ones tagged (IEEE 802.1Q). A trunk adapter (under a shared
// Ethernet adapter) gets what is for nobody inside. Of the trunks of a VLAN one is active, the others pass nothing of it in
// either direction: whatever bridges are behind them, packets do not circle. Packets are delivered by the sender's thread. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "firmware/adapter.h"

namespace firmware {

class VirtualSwitch {
 public:
  enum class Sent { done, dropped };

  void attach(u32 lpar_id, std::shared_ptr<Adapter>);  // idempotent
  void configure(u32 lpar_id, const emu::EthernetMembership&);
  // What of an adapter's configuration may have changed since it was plugged in.
  void refresh(u32 lpar_id, emu::VirtualAdapter& config) const;
  void detach(u32 lpar_id, u32 slot);

  // What the guest of a trunk adapter says of it (H_ILLAN_ATTRIBUTES). Active: from now on it is, in all of its VLANs, and another one
  // is not. Standby: it never is. Automatic, which it begins as: it is if no other is active and none has a lower priority number.
  enum class Trunk : u8 { automatic, standby, active };
  void set_trunk(u32 lpar_id, u32 slot, Trunk);
  bool is_active_trunk(u32 lpar_id, u32 slot) const;  // in its port VLAN

  // A packet as the adapter's guest sent it: with a tag if the guest tags.
  Sent send(u32 lpar_id, u32 slot, std::span<const u8> packet);
  // On behalf of the adapter: a broadcast RARP in each of its VLANs, from which all switches learn where it is now.
  void announce(u32 lpar_id, u32 slot);

 private:
  struct Port {
    u32 lpar_id;
    u32 slot;
    std::shared_ptr<Adapter> adapter;
    std::vector<u16> tagged;  // VLANs beside the port VLAN
    bool enabled;
    Trunk trunk = Trunk::automatic;
    devices::Ethernet& lan() const { return *adapter->ethernet(); }
    const emu::VirtualAdapter& config() const { return adapter->config(); }
    u16 port_vlan() const { return config().port_vlan_id; }
    bool receives() const { return enabled && lan().registered(); }
  };
  struct Wire {  // one switch
    std::vector<Port> ports;
  };
  struct Packet {
    u16 vlan;
    Bytes untagged;
    u16 priority;  // of the tag: PCP and DEI
  };

  static bool is_member(const Port&, u16 vlan);
  static bool deliver(Adapter&, const Packet&);
  static const Port* find(const Wire&, u32 lpar_id, u32 slot);
  static const Port* trunk_of(const Wire&, u16 vlan);  // the active one
  const Port* find(u32 lpar_id, u32 slot) const;

  mutable std::mutex mutex_;
  std::map<std::string, Wire> wires_;
};

}  // namespace firmware
