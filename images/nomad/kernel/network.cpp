// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/network.h"

#include "drivers/llan.h"
#include "kernel/boot_arguments.h"
#include "kernel/clock.h"
#include "kernel/machine.h"
#include "kernel/process.h"
#include "lib/text.h"

namespace nomad::network {
namespace {

struct [[gnu::packed]] Ethernet {
  u8 to[6], from[6];
  u16 type;
};
struct [[gnu::packed]] Arp {
  u16 hardware, protocol;
  u8 hardware_length, protocol_length;
  u16 operation;
  u8 sender_mac[6];
  u32 sender;
  u8 target_mac[6];
  u32 target;
};
struct [[gnu::packed]] Ip {
  u8 version_and_length, service;
  u16 length, identification, fragment;
  u8 time_to_live, protocol;
  u16 checksum;
  u32 source, destination;
};
struct [[gnu::packed]] Icmp {
  u8 type, code;
  u16 checksum;
  u32 rest;
};
struct [[gnu::packed]] Udp {
  u16 source, destination, length, checksum;
};

constexpr u16 type_ip = 0x0800, type_arp = 0x0806;
constexpr u8 protocol_icmp = 1, protocol_udp = 17;
constexpr u32 packet_bytes = 1514, headers = sizeof(Ethernet) + sizeof(Ip);
constexpr u8 everybody[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

u32 own_address = 0, netmask = 0, gateway = 0;
u16 next_identification = 1;

struct Neighbour {
  u32 address;
  bool known;
  u8 mac[6];
  u32 waiting_length;  // one packet waits for the answer; a later one takes its place
  u8 waiting[packet_bytes];
};
constexpr u32 neighbour_count = 16;
Neighbour neighbours[neighbour_count];
u32 next_neighbour = 0;

struct Datagram {
  UdpPeer peer;
  u16 length;
  u8 data[largest_datagram];
};
constexpr u32 socket_count = 8, queue_length = 8;
struct Socket {
  u32 owner;  // 0 = closed
  u16 port;
  u32 in, out;
  Datagram queue[queue_length];
};
Socket sockets[socket_count];

u8 outgoing[packet_bytes];

u32 sum_words(const void* data, u64 length, u32 sum) {
  auto* bytes = static_cast<const u8*>(data);
  for (u64 i = 0; i + 1 < length; i += 2) sum += static_cast<u32>(bytes[i] << 8 | bytes[i + 1]);
  if (length & 1) sum += static_cast<u32>(bytes[length - 1] << 8);
  return sum;
}

u16 fold(u32 sum) {
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<u16>(~sum);
}

u16 udp_checksum(const Ip& ip, const Udp& udp) {
  u32 sum = protocol_udp + udp.length;
  sum = sum_words(&ip.source, 8, sum);
  return fold(sum_words(&udp, udp.length, sum));
}

void send_arp(u16 operation, const u8* to, u32 target, const u8* target_mac) {
  struct [[gnu::packed]] {
    Ethernet ethernet;
    Arp arp;
    u8 padding[60 - sizeof(Ethernet) - sizeof(Arp)];
  } packet{};
  memcpy(packet.ethernet.to, to, 6);
  memcpy(packet.ethernet.from, llan::address(), 6);
  packet.ethernet.type = type_arp;
  packet.arp = {1, type_ip, 6, 4, operation, {}, own_address, {}, target};
  memcpy(packet.arp.sender_mac, llan::address(), 6);
  if (target_mac) memcpy(packet.arp.target_mac, target_mac, 6);
  llan::send(reinterpret_cast<const u8*>(&packet), sizeof packet);
}

Neighbour* find_neighbour(u32 address) {
  for (Neighbour& neighbour : neighbours)
    if (neighbour.address == address && address) return &neighbour;
  return nullptr;
}

void learn(u32 address, const u8* mac, bool create) {
  Neighbour* neighbour = find_neighbour(address);
  if (!neighbour) {
    if (!create || !address) return;
    neighbour = &neighbours[next_neighbour++ % neighbour_count];
    *neighbour = {};
    neighbour->address = address;
  }
  memcpy(neighbour->mac, mac, 6);
  neighbour->known = true;
  if (neighbour->waiting_length) {
    memcpy(neighbour->waiting, mac, 6);
    llan::send(neighbour->waiting, neighbour->waiting_length);
    neighbour->waiting_length = 0;
  }
}

// Completes the headers of an IP packet whose payload is in place in `outgoing`, and sends it to the next hop.
bool send_ip(u32 destination, u8 protocol, u32 payload) {
  auto& ethernet = *reinterpret_cast<Ethernet*>(outgoing);
  auto& ip = *reinterpret_cast<Ip*>(outgoing + sizeof(Ethernet));
  ip = {0x45, 0, static_cast<u16>(sizeof(Ip) + payload), next_identification++, 0, 64, protocol, 0, own_address, destination};
  ip.checksum = fold(sum_words(&ip, sizeof ip, 0));
  if (protocol == protocol_udp) {
    auto& udp = *reinterpret_cast<Udp*>(outgoing + headers);
    udp.checksum = 0;
    const u16 checksum = udp_checksum(ip, udp);
    udp.checksum = checksum ? checksum : 0xFFFF;
  }
  memcpy(ethernet.from, llan::address(), 6);
  ethernet.type = type_ip;
  u32 length = headers + payload;
  for (; length < 60; length++) outgoing[length] = 0;
  if (destination == 0xFFFFFFFF || destination == (own_address | ~netmask)) {
    memcpy(ethernet.to, everybody, 6);
    return llan::send(outgoing, length);
  }
  const u32 hop = (destination & netmask) == (own_address & netmask) ? destination : gateway;
  Neighbour* neighbour = find_neighbour(hop);
  if (neighbour && neighbour->known) {
    memcpy(ethernet.to, neighbour->mac, 6);
    return llan::send(outgoing, length);
  }
  if (!neighbour) {
    neighbour = &neighbours[next_neighbour++ % neighbour_count];
    *neighbour = {};
    neighbour->address = hop;
  }
  memcpy(neighbour->waiting, outgoing, length);
  neighbour->waiting_length = length;
  send_arp(1, everybody, hop, nullptr);
  return true;
}

void receive_arp(const Arp& arp) {
  if (arp.protocol != type_ip || arp.protocol_length != 4) return;
  learn(arp.sender, arp.sender_mac, arp.target == own_address);
  if (arp.operation == 1 && arp.target == own_address && arp.sender != own_address)
    send_arp(2, arp.sender_mac, arp.sender, arp.sender_mac);
}

void receive_icmp(const Ip& ip, const u8* data, u32 length) {
  if (length < sizeof(Icmp) || length > packet_bytes - headers || data[0] != 8 || fold(sum_words(data, length, 0)) != 0) return;
  memcpy(outgoing + headers, data, length);
  auto& icmp = *reinterpret_cast<Icmp*>(outgoing + headers);
  icmp.type = 0;
  icmp.checksum = 0;
  icmp.checksum = fold(sum_words(&icmp, length, 0));
  send_ip(ip.source, protocol_icmp, length);
}

void receive_udp(const Ip& ip, const u8* data, u32 length) {
  auto& udp = *reinterpret_cast<const Udp*>(data);
  if (length < sizeof(Udp) || udp.length < sizeof(Udp) || udp.length > length) return;
  if (udp.checksum && udp_checksum(ip, udp) != 0) return;
  const u32 payload = udp.length - static_cast<u32>(sizeof(Udp));
  for (Socket& socket : sockets) {
    if (!socket.owner || socket.port != udp.destination || payload > largest_datagram) continue;
    if (socket.in - socket.out == queue_length) return;  // as everywhere: UDP may lose
    Datagram& datagram = socket.queue[socket.in % queue_length];
    datagram.peer = {ip.source, udp.source};
    datagram.length = static_cast<u16>(payload);
    memcpy(datagram.data, data + sizeof(Udp), payload);
    socket.in++;
    wake(&socket);
    return;
  }
}

void receive_packet(u8* bytes, u32 length) {
  if (length < sizeof(Ethernet)) return;
  auto& ethernet = *reinterpret_cast<const Ethernet*>(bytes);
  const u8* payload = bytes + sizeof(Ethernet);
  u32 rest = length - static_cast<u32>(sizeof(Ethernet));
  if (ethernet.type == type_arp && rest >= sizeof(Arp)) {
    receive_arp(*reinterpret_cast<const Arp*>(payload));
  } else if (ethernet.type == type_ip && rest >= sizeof(Ip)) {
    auto& ip = *reinterpret_cast<const Ip*>(payload);
    const u32 header = (ip.version_and_length & 15) * 4u;
    if (ip.version_and_length >> 4 != 4 || header < sizeof(Ip) || ip.length < header || ip.length > rest || ip.fragment & 0x3FFF) return;
    if (fold(sum_words(&ip, header, 0)) != 0) return;
    if (ip.destination != own_address && ip.destination != (own_address | ~netmask) && ip.destination != 0xFFFFFFFF) return;
    // The answer goes where the question came from, without asking first.
    const u32 hop = (ip.source & netmask) == (own_address & netmask) ? ip.source : gateway;
    learn(hop, ethernet.from, true);
    if (ip.protocol == protocol_icmp) receive_icmp(ip, payload + header, ip.length - header);
    if (ip.protocol == protocol_udp) receive_udp(ip, payload + header, ip.length - header);
  }
}

}  // namespace

void start() {
  own_address = boot_arguments::address("ip", 0x0A00020F);
  netmask = boot_arguments::address("mask", 0xFFFFFF00);
  gateway = boot_arguments::address("gw", 0x0A000202);
  llan::start(receive_packet);
  gratuitous_arp();
}

void poll() { llan::poll(); }

void gratuitous_arp() {
  if (llan::running()) send_arp(1, everybody, own_address, nullptr);
}

u32 address() { return llan::running() ? own_address : 0; }

bool describe(u32 index, DeviceInfo& info) {
  if (index || !llan::running()) return false;
  info = {"en0", "if", "Available", "", "Standard Ethernet Network Interface"};
  format(info.location, sizeof info.location, "%u.%u.%u.%u", own_address >> 24, own_address >> 16 & 255, own_address >> 8 & 255,
         own_address & 255);
  return true;
}

u32 user() {
  for (const Socket& socket : sockets)
    if (socket.owner) return socket.owner;
  return 0;
}

i64 open(u16 port, u32 owner) {
  i64 place = Error::try_again;
  for (u32 i = 0; i < socket_count; i++) {
    if (sockets[i].owner && sockets[i].port == port) return Error::busy;
    if (!sockets[i].owner) place = i;
  }
  if (place >= 0) {
    sockets[place].owner = owner;
    sockets[place].port = port;
    sockets[place].in = sockets[place].out = 0;
  }
  return place;
}

void close_all(u32 owner) {
  for (Socket& socket : sockets)
    if (socket.owner == owner) socket.owner = 0;
}

bool owns(u64 socket, u32 owner) { return socket < socket_count && sockets[socket].owner == owner; }
const void* channel(u64 socket) { return &sockets[socket]; }

i64 receive(u64 number, void* buffer, u64 size, UdpPeer& peer) {
  Socket& socket = sockets[number];
  if (socket.in == socket.out) return Error::try_again;
  const Datagram& datagram = socket.queue[socket.out % queue_length];
  const u64 length = datagram.length < size ? datagram.length : size;
  memcpy(buffer, datagram.data, length);
  peer = datagram.peer;
  socket.out++;
  return static_cast<i64>(length);
}

i64 send(u64 socket, const void* data, u64 length, const UdpPeer& peer) {
  if (!llan::running()) return Error::no_device;
  if (length > largest_datagram) return Error::invalid;
  auto& udp = *reinterpret_cast<Udp*>(outgoing + headers);
  udp = {sockets[socket].port, peer.port, static_cast<u16>(sizeof(Udp) + length), 0};
  memcpy(outgoing + headers + sizeof(Udp), data, length);
  return send_ip(peer.address, protocol_udp, static_cast<u32>(sizeof(Udp) + length)) ? static_cast<i64>(length) : i64{Error::input_output};
}

}  // namespace nomad::network
