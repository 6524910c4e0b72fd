// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/netboot/network.h"

#include <algorithm>

#include "emu/core/address.h"
#include "firmware/reference_codes.h"

namespace emu::frame {

namespace {

constexpr u64 look = 100 * millisecond;  // whether it goes on
constexpr u64 ask_again = nanoseconds_per_second;
constexpr int asked_most = 4;
constexpr u16 echo_identifier = 0x4F46;
constexpr size_t tag_at = 12;
constexpr size_t tag_bytes = 4;
constexpr u16 vlan_bits = 0x0FFF;

// Of the time before networks had masks: what the first bits say. (RFC 791)
u32 class_mask(u32 address) {
  if (!(address >> 31)) return 0xFF00'0000;
  return address >> 30 == 2 ? 0xFFFF'0000 : 0xFFFF'FF00;
}

}  // namespace

FirmwareIp::FirmwareIp(Wire& wire, const Clock& clock, const Addresses& addresses, std::function<bool()> goes_on)
    : wire_(wire), clock_(clock), addresses_(addresses), goes_on_(std::move(goes_on)) {}

void FirmwareIp::set(const Addresses& addresses) {
  addresses_ = addresses;
  hop_mac_.reset();
}

u32 FirmwareIp::next_hop() const {
  const u32 mask = addresses_.mask ? addresses_.mask : class_mask(addresses_.client);
  const bool near = ((addresses_.server ^ addresses_.client) & mask) == 0;
  return near || !addresses_.gateway ? addresses_.server : addresses_.gateway;
}

Status FirmwareIp::reach_server() {
  if (hop_mac_) return success();
  if (!addresses_.client || !addresses_.server)
    return Error{firmware::src_no_addresses, "The addresses of the client and of the server are not known."};
  const u32 hop = next_hop();
  for (int asked = 0; asked < asked_most && goes_on_(); ++asked) {
    out(packet::make_arp(packet::broadcast, {1, mac(), addresses_.client, {}, hop}));
    const u64 until = clock_.monotonic() + ask_again;
    while (const auto packet = in(until)) {
      const auto arp = packet::parse_arp(*packet);
      if (!arp) continue;
      if (arp->sender == addresses_.client && arp->sender_mac != mac())
        return Error{firmware::src_address_in_use,
                     "The client's address " + address_text(addresses_.client) + " is in use by another host."};
      if (arp->sender != hop) continue;
      hop_mac_ = arp->sender_mac;
      return success();
    }
  }
  if (hop != addresses_.server) return Error{firmware::src_no_gateway, "The gateway " + address_text(hop) + " does not answer."};
  return Error{firmware::src_no_server, "The server " + address_text(hop) + " does not answer."};
}

bool FirmwareIp::ping(u64 timeout) {
  const u64 deadline = clock_.monotonic() + timeout;
  if (!reach_server()) return false;
  for (u16 sequence = 1; clock_.monotonic() < deadline && goes_on_(); ++sequence) {
    out(packet::make_echo({*hop_mac_, mac(), addresses_.server, addresses_.client},
                          {false, echo_identifier, sequence, Bytes(56)}));
    const u64 until = std::min(deadline, clock_.monotonic() + ask_again);
    while (const auto packet = receive(until))
      if (packet->echo && packet->echo->reply && packet->echo->identifier == echo_identifier &&
          packet->route.from == addresses_.server)
        return true;
  }
  return false;
}

void FirmwareIp::send(const packet::Datagram& datagram) {
  if (hop_mac_) out(packet::make_datagram({*hop_mac_, mac(), addresses_.server, addresses_.client}, datagram));
}

void FirmwareIp::broadcast(const packet::Datagram& datagram) {
  constexpr u32 everybody = 0xFFFF'FFFF;
  out(packet::make_datagram({packet::broadcast, mac(), everybody, addresses_.client}, datagram));
}

std::optional<packet::Packet> FirmwareIp::receive(u64 deadline) {
  while (const auto bytes = in(deadline)) {
    const packet::Mac to = packet::destination(*bytes);
    if (to != mac() && to != packet::broadcast) continue;
    if (auto packet = packet::parse_packet(*bytes)) return packet;
  }
  return std::nullopt;
}

void FirmwareIp::out(Bytes packet) {
  if (addresses_.vlan) {
    u8 tag[tag_bytes];
    store_be(tag, packet::ethertype_vlan);
    store_be(tag + 2, static_cast<u16>(addresses_.priority << 13 | addresses_.vlan));
    packet.insert(packet.begin() + tag_at, tag, tag + tag_bytes);
  }
  wire_.send(packet);
}

std::optional<Bytes> FirmwareIp::in(u64 deadline) {
  while (goes_on_()) {
    const u64 now = clock_.monotonic();
    if (now >= deadline) return std::nullopt;  // however much comes that is not for us
    auto packet = wire_.receive(std::min(look, deadline - now));
    if (!packet) continue;
    const bool tagged = packet->size() >= tag_at + tag_bytes + 2 && load_be<u16>(&(*packet)[tag_at]) == packet::ethertype_vlan;
    const u16 vlan = tagged ? load_be<u16>(&(*packet)[tag_at + 2]) & vlan_bits : 0;
    if (vlan != addresses_.vlan) continue;
    if (tagged) packet->erase(packet->begin() + tag_at, packet->begin() + tag_at + tag_bytes);
    const auto arp = packet::parse_arp(*packet);
    if (arp && arp->operation == 1 && addresses_.client && arp->target == addresses_.client && arp->sender_mac != mac())
      out(packet::make_arp(arp->sender_mac, {2, mac(), addresses_.client, arp->sender_mac, arp->sender}));
    return packet;
  }
  return std::nullopt;
}

}  // namespace emu::frame
