// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Ethernet packets as bytes: as much of ARP, IPv4, ICMP echo and UDP as a test port and a VIOS's RMC need. A packet has its
// 14-byte header and no CRC. Parsers take hostile input and say nothing instead of reading beyond it.
// SIMPLIFIED: no IP options are made, no fragments are understood; these ends never send more than one packet's worth.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "emu/core/types.h"

namespace emu::packet {

using Mac = std::array<u8, 6>;
inline constexpr Mac broadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr size_t header_size = 14;
inline constexpr size_t smallest_packet = 60;
inline constexpr size_t largest_packet = 65'536;  // virtual Ethernet takes jumbo packets

inline constexpr u16 ethertype_ip = 0x0800;
inline constexpr u16 ethertype_arp = 0x0806;
inline constexpr u16 ethertype_vlan = 0x8100;

std::optional<Mac> parse_mac(std::string_view twelve_digits);
// A locally administered address made of a name: the same for the same name, always.
Mac mac_of(std::string_view name);

inline Mac destination(std::span<const u8> bytes) {
  Mac mac{};
  if (bytes.size() >= header_size) std::copy_n(bytes.begin(), 6, mac.begin());
  return mac;
}
inline Mac source(std::span<const u8> bytes) {
  Mac mac{};
  if (bytes.size() >= header_size) std::copy_n(bytes.begin() + 6, 6, mac.begin());
  return mac;
}

struct Arp {
  u16 operation = 1;  // 1 request, 2 reply
  Mac sender_mac{};
  u32 sender = 0;
  Mac target_mac{};
  u32 target = 0;
};
Bytes make_arp(const Mac& to, const Arp&);
std::optional<Arp> parse_arp(std::span<const u8> bytes);

// Whose packet this is, on both layers.
struct Route {
  Mac to_mac{};
  Mac from_mac{};
  u32 to = 0;
  u32 from = 0;
};
inline Route back(const Route& route) { return {route.from_mac, route.to_mac, route.from, route.to}; }

struct Echo {
  bool reply = false;
  u16 identifier = 0;
  u16 sequence = 0;
  Bytes data;
};
Bytes make_echo(const Route&, const Echo&);

struct Datagram {
  u16 to_port = 0;
  u16 from_port = 0;
  Bytes data;
};
Bytes make_datagram(const Route&, const Datagram&);

struct Packet {
  Route route;
  std::optional<Echo> echo;
  std::optional<Datagram> datagram;
};
// Checksums must be right; nothing for anything but a whole ICMP echo or UDP packet.
std::optional<Packet> parse_packet(std::span<const u8> bytes);

}  // namespace emu::packet
