// SPDX-License-Identifier: GPL-2.0-or-later
// Virtual Ethernet. (LoPAR 17.3.3)
#include <algorithm>

#include "firmware/frame.h"
#include "firmware/hcall/handlers.h"
#include "firmware/virtual_switch.h"

namespace firmware {

using namespace status;

namespace {

constexpr u64 valid = u64{1} << 63;
constexpr u64 queue_entry = 16;
constexpr size_t send_descriptors = 6;

constexpr u32 length_of(u64 descriptor) { return static_cast<u32>(descriptor >> 32) & 0xFFFFFF; }
constexpr u32 address_of(u64 descriptor) { return static_cast<u32>(descriptor); }

devices::MacAddress mac_from(u64 low_six_bytes) {
  u8 bytes[8];
  emu::store_be(bytes, low_six_bytes);
  devices::MacAddress mac;
  std::copy_n(bytes + 2, mac.size(), mac.begin());
  return mac;
}

std::shared_ptr<Adapter> lan(Partition& partition, u64 unit) {
  auto adapter = partition.adapter(unit);
  return adapter && adapter->ethernet() ? adapter : nullptr;
}

constexpr u64 both_ways = devices::tce_read | devices::tce_write;

}  // namespace

Answer h_register_logical_lan(Partition& partition, Call& call) {
  const auto [unit, buffer_list, queue, filter_list, mac] =
      std::array{call.in[0], call.in[1], call.in[2], call.in[3], call.in[4]};
  const auto adapter = lan(partition, unit);
  if (!adapter) return H_PARAMETER;
  devices::TceTable& window = *adapter->window();
  if (buffer_list % emu::page_size || !window.mapped(buffer_list, emu::page_size, both_ways)) return H_PARAMETER;
  if (filter_list % emu::page_size || !window.mapped(filter_list, emu::page_size, both_ways)) return H_PARAMETER;
  if (!(queue & valid) || length_of(queue) < queue_entry || address_of(queue) % queue_entry) return H_PARAMETER;
  if (!window.mapped(address_of(queue), length_of(queue), both_ways)) return H_PARAMETER;
  const Bytes zero(emu::page_size);
  if (!adapter->ethernet()->open(buffer_list, queue, filter_list, mac_from(mac))) return H_RESOURCE;
  (void)window.write(buffer_list, zero, devices::By::owner);
  partition.frame().ethernet().set_trunk(partition.id(), adapter->slot(), VirtualSwitch::Trunk::automatic);
  return H_SUCCESS;
}

Answer h_free_logical_lan(Partition& partition, Call& call) {
  const auto adapter = lan(partition, call.in[0]);
  if (!adapter) return H_PARAMETER;
  return adapter->ethernet()->close() ? H_SUCCESS : H_RESOURCE;
}

Answer h_add_logical_lan_buffer(Partition& partition, Call& call) {
  const auto [unit, descriptor] = std::array{call.in[0], call.in[1]};
  const auto adapter = lan(partition, unit);
  if (!adapter) return H_PARAMETER;
  constexpr u32 least = 16;  // 8 of correlator, and a packet
  if (!(descriptor & valid) || length_of(descriptor) < least || address_of(descriptor) % 4) return H_PARAMETER;
  if (!adapter->window()->contains(address_of(descriptor), length_of(descriptor))) return H_PARAMETER;
  switch (adapter->ethernet()->add_buffer(descriptor)) {
    case devices::Ethernet::Added::done:
      return H_SUCCESS;
    case devices::Ethernet::Added::closed:
    case devices::Ethernet::Added::full:
      return H_RESOURCE;
  }
  return H_HARDWARE;
}

Answer h_free_logical_lan_buffer(Partition& partition, Call& call) {
  const auto adapter = lan(partition, call.in[0]);
  if (!adapter || call.in[1] > 0xFFFFFF) return H_PARAMETER;
  const u64 descriptor = adapter->ethernet()->remove_buffer(static_cast<u32>(call.in[1]));
  if (!descriptor) return H_NOT_FOUND;
  call.give({descriptor});
  return H_SUCCESS;
}

Answer h_send_logical_lan(Partition& partition, Call& call) {
  const auto adapter = lan(partition, call.in[0]);
  if (!adapter) return H_PARAMETER;
  if (!adapter->ethernet()->registered()) return H_RESOURCE;
  Bytes packet;
  for (size_t i = 0; i < send_descriptors; ++i) {
    const u64 descriptor = call.in[1 + i];
    if (!(descriptor & valid)) break;
    const u32 length = length_of(descriptor);
    if (packet.size() + length > devices::Ethernet::packet_limit) return H_PARAMETER;
    const size_t at = packet.size();
    packet.resize(at + length);
    if (!adapter->window()->read(address_of(descriptor), std::span(packet).subspan(at), devices::By::owner)) return H_PARAMETER;
  }
  constexpr size_t header = 14;
  if (packet.size() < header) return H_PARAMETER;
  return partition.frame().ethernet().send(partition.id(), adapter->slot(), packet) == VirtualSwitch::Sent::done ? H_SUCCESS
                                                                                                                 : H_DROPPED;
}

Answer h_multicast_ctrl(Partition& partition, Call& call) {
  constexpr u64 modify_receive = 0x80000;
  constexpr u64 modify_filter = 0x40000;
  constexpr u64 receive_on = 0x20000;
  constexpr u64 filter_on = 0x10000;
  constexpr devices::Ethernet::Filter actions[] = {devices::Ethernet::Filter::none, devices::Ethernet::Filter::add,
                                                   devices::Ethernet::Filter::remove, devices::Ethernet::Filter::clear};
  const auto [unit, flags, mac] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto adapter = lan(partition, unit);
  if (!adapter) return H_PARAMETER;
  if (!adapter->ethernet()->registered()) return H_RESOURCE;
  adapter->ethernet()->set_multicast(flags & modify_receive, flags & receive_on, flags & modify_filter, flags & filter_on);
  if (!adapter->ethernet()->change_filter(actions[flags & 3], mac_from(mac))) return H_RESOURCE;
  call.give({adapter->ethernet()->multicast_state()});
  return H_SUCCESS;
}

Answer h_change_logical_lan_mac(Partition& partition, Call& call) {
  const auto adapter = lan(partition, call.in[0]);
  if (!adapter) return H_PARAMETER;
  const devices::MacAddress mac = mac_from(call.in[1]);
  if (mac[0] & 1) return H_PARAMETER;
  adapter->ethernet()->change_mac(mac);
  return H_SUCCESS;
}

// No offload is offered, so of what is asked for only the active trunk is heard. A trunk says whether it is active, and its priority.
Answer h_illan_attributes(Partition& partition, Call& call) {
  constexpr u64 active_trunk = 0x1;
  constexpr u64 trunk_priority_bits = 0xF00;
  const auto [unit, reset, set] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto adapter = lan(partition, unit);
  if (!adapter) return H_PARAMETER;
  if (reset & set) return H_PARAMETER;
  VirtualSwitch& ethernet = partition.frame().ethernet();
  const emu::VirtualAdapter& config = adapter->config();
  if (config.is_trunk && (set & active_trunk)) ethernet.set_trunk(partition.id(), adapter->slot(), VirtualSwitch::Trunk::active);
  if (config.is_trunk && (reset & active_trunk))
    ethernet.set_trunk(partition.id(), adapter->slot(), VirtualSwitch::Trunk::standby);
  const u64 active = ethernet.is_active_trunk(partition.id(), adapter->slot()) ? active_trunk : 0;
  call.give({config.is_trunk ? active | (u64{config.trunk_priority} << 8 & trunk_priority_bits) : 0});
  return H_SUCCESS;
}

}  // namespace firmware
