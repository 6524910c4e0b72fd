// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The Ethernet switches inside a frame: every virtual Ethernet adapter is a port of the one that its configuration names.
// Ports are members of VLANs: the port VLAN untagged, additional ones tagged (IEEE 802.1Q). Trunk adapters (under a shared
// Ethernet adapter) get what is for nobody inside. Packets are delivered by the sender's thread. Any thread.

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
    devices::Ethernet& lan() const { return *adapter->ethernet(); }
    const emu::VirtualAdapter& config() const { return adapter->config(); }
    u16 port_vlan() const { return config().port_vlan_id; }
    bool receives() const { return enabled && lan().registered(); }
  };
  struct Learned {
    u32 lpar_id;
    u32 slot;
  };
  using Address = std::pair<u16, devices::MacAddress>;  // VLAN and MAC
  struct Wire {                                         // one switch
    std::vector<Port> ports;
    std::map<Address, Learned> learned;  // addresses behind trunks
  };
  struct Packet {
    u16 vlan;
    Bytes untagged;
    u16 priority;  // of the tag: PCP and DEI
  };

  static void forget(Wire&, u32 lpar_id, u32 slot);  // what was learned of the port
  static bool is_member(const Port&, u16 vlan);
  static bool deliver(Adapter&, const Packet&);
  static const Port* find(const Wire&, u32 lpar_id, u32 slot);
  const Port* find(u32 lpar_id, u32 slot) const;

  mutable std::mutex mutex_;
  std::map<std::string, Wire> wires_;
};

}  // namespace firmware
