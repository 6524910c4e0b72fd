// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/packet.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace emu::packet {

namespace {

constexpr u8 protocol_icmp = 1;
constexpr u8 protocol_udp = 17;
constexpr size_t ip_header = 20;

// The Internet checksum (RFC 1071) over `bytes`, beginning with `sum`.
u16 checksum(std::span<const u8> bytes, u32 sum = 0) {
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) sum += load_be<u16>(&bytes[i]);
  if (bytes.size() % 2) sum += u32{bytes.back()} << 8;
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<u16>(~sum);
}

u32 pseudo_header(const Route& route, u8 protocol, size_t length) {
  return (route.from >> 16) + (route.from & 0xFFFF) + (route.to >> 16) + (route.to & 0xFFFF) + protocol +
         static_cast<u32>(length);
}

void ethernet(Bytes& packet, const Mac& to, const Mac& from, u16 type) {
  std::copy(to.begin(), to.end(), packet.begin());
  std::copy(from.begin(), from.end(), packet.begin() + 6);
  store_be(&packet[12], type);
}

// A packet with an IP header in front of `length` bytes that the caller fills.
Bytes ip_packet(const Route& route, u8 protocol, size_t length) {
  Bytes packet(std::max(header_size + ip_header + length, smallest_packet));
  ethernet(packet, route.to_mac, route.from_mac, ethertype_ip);
  u8* ip = &packet[header_size];
  ip[0] = 0x45;
  store_be(ip + 2, static_cast<u16>(ip_header + length));
  store_be(ip + 6, u16{0x4000});  // do not fragment
  ip[8] = 64;
  ip[9] = protocol;
  store_be(ip + 12, route.from);
  store_be(ip + 16, route.to);
  store_be(ip + 10, checksum({ip, ip_header}));
  return packet;
}

}  // namespace

std::optional<Mac> parse_mac(std::string_view twelve_digits) {
  if (twelve_digits.size() != 12) return std::nullopt;
  Mac mac{};
  for (size_t i = 0; i < mac.size(); ++i) {
    const char* begin = twelve_digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, mac[i], 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
  }
  return mac;
}

Mac mac_of(std::string_view name) {
  u64 hash = 0xCBF2'9CE4'8422'2325;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<u8>(c)) * 0x100'0000'01B3;
  Mac mac{};
  for (size_t i = 0; i < mac.size(); ++i) mac[i] = static_cast<u8>(hash >> (8 * i));
  mac[0] = static_cast<u8>((mac[0] & 0xFC) | 0x02);
  return mac;
}

Bytes make_arp(const Mac& to, const Arp& arp) {
  Bytes packet(smallest_packet);
  ethernet(packet, to, arp.sender_mac, ethertype_arp);
  u8* body = &packet[header_size];
  store_be(body, u16{1});
  store_be(body + 2, ethertype_ip);
  body[4] = 6;
  body[5] = 4;
  store_be(body + 6, arp.operation);
  std::copy(arp.sender_mac.begin(), arp.sender_mac.end(), body + 8);
  store_be(body + 14, arp.sender);
  std::copy(arp.target_mac.begin(), arp.target_mac.end(), body + 18);
  store_be(body + 24, arp.target);
  return packet;
}

std::optional<Arp> parse_arp(std::span<const u8> bytes) {
  if (bytes.size() < header_size + 28 || load_be<u16>(&bytes[12]) != ethertype_arp) return std::nullopt;
  const u8* body = &bytes[header_size];
  if (load_be<u16>(body) != 1 || load_be<u16>(body + 2) != ethertype_ip || body[4] != 6 || body[5] != 4) return std::nullopt;
  Arp arp;
  arp.operation = load_be<u16>(body + 6);
  std::copy_n(body + 8, 6, arp.sender_mac.begin());
  arp.sender = load_be<u32>(body + 14);
  std::copy_n(body + 18, 6, arp.target_mac.begin());
  arp.target = load_be<u32>(body + 24);
  return arp;
}

Bytes make_echo(const Route& route, const Echo& echo) {
  const size_t length = 8 + echo.data.size();
  Bytes packet = ip_packet(route, protocol_icmp, length);
  u8* icmp = &packet[header_size + ip_header];
  icmp[0] = echo.reply ? 0 : 8;
  store_be(icmp + 4, echo.identifier);
  store_be(icmp + 6, echo.sequence);
  std::copy(echo.data.begin(), echo.data.end(), icmp + 8);
  store_be(icmp + 2, checksum({icmp, length}));
  return packet;
}

Bytes make_datagram(const Route& route, const Datagram& datagram) {
  const size_t length = 8 + datagram.data.size();
  Bytes packet = ip_packet(route, protocol_udp, length);
  u8* udp = &packet[header_size + ip_header];
  store_be(udp, datagram.from_port);
  store_be(udp + 2, datagram.to_port);
  store_be(udp + 4, static_cast<u16>(length));
  std::copy(datagram.data.begin(), datagram.data.end(), udp + 8);
  const u16 sum = checksum({udp, length}, pseudo_header(route, protocol_udp, length));
  store_be(udp + 6, sum == 0 ? u16{0xFFFF} : sum);  // 0 would mean "none" (RFC 768)
  return packet;
}

std::optional<Packet> parse_packet(std::span<const u8> bytes) {
  if (bytes.size() < header_size + ip_header || load_be<u16>(&bytes[12]) != ethertype_ip) return std::nullopt;
  const u8* ip = &bytes[header_size];
  const size_t header = size_t{ip[0] & 0x0Fu} * 4;
  const size_t total = load_be<u16>(ip + 2);
  if (ip[0] >> 4 != 4 || header < ip_header || total < header || header_size + total > bytes.size()) return std::nullopt;
  if (checksum({ip, header}) != 0) return std::nullopt;
  if (load_be<u16>(ip + 6) & 0x3FFF) return std::nullopt;  // a fragment
  Packet packet;
  packet.route = {destination(bytes), source(bytes), load_be<u32>(ip + 16), load_be<u32>(ip + 12)};
  std::span<const u8> body(ip + header, total - header);
  if (body.size() < 8) return std::nullopt;
  if (ip[9] == protocol_icmp && (body[0] == 0 || body[0] == 8) && checksum(body) == 0) {
    packet.echo = Echo{body[0] == 0, load_be<u16>(&body[4]), load_be<u16>(&body[6]), Bytes(body.begin() + 8, body.end())};
    return packet;
  }
  if (ip[9] == protocol_udp) {
    const size_t length = load_be<u16>(&body[4]);
    if (length < 8 || length > body.size()) return std::nullopt;
    body = body.first(length);
    if (load_be<u16>(&body[6]) != 0 && checksum(body, pseudo_header(packet.route, protocol_udp, length)) != 0)
      return std::nullopt;
    packet.datagram = Datagram{load_be<u16>(&body[2]), load_be<u16>(&body[0]), Bytes(body.begin() + 8, body.end())};
    return packet;
  }
  return std::nullopt;
}

}  // namespace emu::packet
