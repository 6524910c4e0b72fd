// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/network.h"

#include "drivers/ethernet.h"
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

// en0 and up, each on the adapter of its number.
struct Interface {
  u32 address;  // 0: it has none, and is down
  u32 netmask;

  bool is_up() const { return address != 0; }
  bool reaches(u32 other) const { return (other & netmask) == (address & netmask); }
  u32 broadcast() const { return address | ~netmask; }
};
Interface interfaces[ethernet::limit];
u32 gateway = 0;
bool by_hand = false;  // the boot arguments say no longer who has which address
u16 next_identification = 1;

struct Neighbour {
  u32 address;
  u32 interface;
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

void send_arp(u32 interface, u16 operation, const u8* to, u32 target, const u8* target_mac) {
  struct [[gnu::packed]] {
    Ethernet ethernet;
    Arp arp;
    u8 padding[60 - sizeof(Ethernet) - sizeof(Arp)];
  } packet{};
  memcpy(packet.ethernet.to, to, 6);
  memcpy(packet.ethernet.from, ethernet::address(interface), 6);
  packet.ethernet.type = type_arp;
  packet.arp = {1, type_ip, 6, 4, operation, {}, interfaces[interface].address, {}, target};
  memcpy(packet.arp.sender_mac, ethernet::address(interface), 6);
  if (target_mac) memcpy(packet.arp.target_mac, target_mac, 6);
  ethernet::send(interface, reinterpret_cast<const u8*>(&packet), sizeof packet);
}

Neighbour* find_neighbour(u32 interface, u32 address) {
  for (Neighbour& neighbour : neighbours)
    if (neighbour.address == address && neighbour.interface == interface && address) return &neighbour;
  return nullptr;
}

Neighbour& new_neighbour(u32 interface, u32 address) {
  Neighbour& neighbour = neighbours[next_neighbour++ % neighbour_count];
  neighbour = {};
  neighbour.address = address;
  neighbour.interface = interface;
  return neighbour;
}

void learn(u32 interface, u32 address, const u8* mac, bool create) {
  Neighbour* neighbour = find_neighbour(interface, address);
  if (!neighbour) {
    if (!create || !address) return;
    neighbour = &new_neighbour(interface, address);
  }
  memcpy(neighbour->mac, mac, 6);
  neighbour->known = true;
  if (neighbour->waiting_length) {
    memcpy(neighbour->waiting, mac, 6);
    ethernet::send(interface, neighbour->waiting, neighbour->waiting_length);
    neighbour->waiting_length = 0;
  }
}

u32 interface_of(u32 own_address) {
  u32 number = 0;
  while (number < ethernet::limit && (!own_address || interfaces[number].address != own_address)) number++;
  return number;
}

// From the address that was asked, or from the interface that reaches the next hop. `ethernet::limit`: none does.
u32 way_to(u32 destination, u32 from) {
  if (const u32 number = interface_of(from); number < ethernet::limit) return number;
  const u32 hops[] = {destination, gateway};
  for (const u32 hop : hops)
    for (u32 number = 0; number < ethernet::limit; number++)
      if (interfaces[number].is_up() && (interfaces[number].reaches(hop) || hop == 0xFFFFFFFF)) return number;
  return ethernet::limit;
}

// Completes the headers of an IP packet whose payload is in place in `outgoing`, and sends it to the next hop. `from`: its address, or
// 0 for any.
bool send_ip(u32 destination, u32 from, u8 protocol, u32 payload) {
  const u32 number = way_to(destination, from);
  if (number == ethernet::limit) return false;
  const Interface& interface = interfaces[number];
  auto& ethernet = *reinterpret_cast<Ethernet*>(outgoing);
  auto& ip = *reinterpret_cast<Ip*>(outgoing + sizeof(Ethernet));
  ip = {0x45, 0, static_cast<u16>(sizeof(Ip) + payload), next_identification++, 0, 64, protocol, 0, interface.address, destination};
  ip.checksum = fold(sum_words(&ip, sizeof ip, 0));
  if (protocol == protocol_udp) {
    auto& udp = *reinterpret_cast<Udp*>(outgoing + headers);
    udp.checksum = 0;
    const u16 checksum = udp_checksum(ip, udp);
    udp.checksum = checksum ? checksum : 0xFFFF;
  }
  memcpy(ethernet.from, ethernet::address(number), 6);
  ethernet.type = type_ip;
  u32 length = headers + payload;
  for (; length < 60; length++) outgoing[length] = 0;
  if (destination == 0xFFFFFFFF || destination == interface.broadcast()) {
    memcpy(ethernet.to, everybody, 6);
    return ethernet::send(number, outgoing, length);
  }
  const u32 hop = interface.reaches(destination) ? destination : gateway;
  Neighbour* neighbour = find_neighbour(number, hop);
  if (neighbour && neighbour->known) {
    memcpy(ethernet.to, neighbour->mac, 6);
    return ethernet::send(number, outgoing, length);
  }
  if (!neighbour) neighbour = &new_neighbour(number, hop);
  memcpy(neighbour->waiting, outgoing, length);
  neighbour->waiting_length = length;
  send_arp(number, 1, everybody, hop, nullptr);
  return true;
}

void receive_arp(u32 number, const Arp& arp) {
  const u32 own = interfaces[number].address;
  if (arp.protocol != type_ip || arp.protocol_length != 4) return;
  learn(number, arp.sender, arp.sender_mac, arp.target == own);
  if (arp.operation == 1 && arp.target == own && arp.sender != own) send_arp(number, 2, arp.sender_mac, arp.sender, arp.sender_mac);
}

void receive_icmp(const Ip& ip, const u8* data, u32 length) {
  if (length < sizeof(Icmp) || length > packet_bytes - headers || data[0] != 8 || fold(sum_words(data, length, 0)) != 0) return;
  memcpy(outgoing + headers, data, length);
  auto& icmp = *reinterpret_cast<Icmp*>(outgoing + headers);
  icmp.type = 0;
  icmp.checksum = 0;
  icmp.checksum = fold(sum_words(&icmp, length, 0));
  send_ip(ip.source, ip.destination, protocol_icmp, length);
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
    datagram.peer = {ip.source, udp.source, ip.destination};
    datagram.length = static_cast<u16>(payload);
    memcpy(datagram.data, data + sizeof(Udp), payload);
    socket.in++;
    wake(&socket);
    return;
  }
}

void receive_packet(u32 number, u8* bytes, u32 length) {
  const Interface& interface = interfaces[number];
  if (length < sizeof(Ethernet) || !interface.is_up()) return;
  auto& ethernet = *reinterpret_cast<const Ethernet*>(bytes);
  const u8* payload = bytes + sizeof(Ethernet);
  u32 rest = length - static_cast<u32>(sizeof(Ethernet));
  if (ethernet.type == type_arp && rest >= sizeof(Arp)) {
    receive_arp(number, *reinterpret_cast<const Arp*>(payload));
  } else if (ethernet.type == type_ip && rest >= sizeof(Ip)) {
    auto& ip = *reinterpret_cast<const Ip*>(payload);
    const u32 header = (ip.version_and_length & 15) * 4u;
    if (ip.version_and_length >> 4 != 4 || header < sizeof(Ip) || ip.length < header || ip.length > rest || ip.fragment & 0x3FFF) return;
    if (fold(sum_words(&ip, header, 0)) != 0) return;
    if (ip.destination != interface.address && ip.destination != interface.broadcast() && ip.destination != 0xFFFFFFFF) return;
    // The answer goes where the question came from, without asking first.
    const u32 hop = interface.reaches(ip.source) ? ip.source : gateway;
    learn(number, hop, ethernet.from, true);
    if (ip.protocol == protocol_icmp) receive_icmp(ip, payload + header, ip.length - header);
    if (ip.protocol == protocol_udp) receive_udp(ip, payload + header, ip.length - header);
  }
}

void take_down(u32 number) {
  interfaces[number] = {};
  for (Neighbour& neighbour : neighbours)
    if (neighbour.interface == number) neighbour = {};
}

}  // namespace

void start() {
  gateway = boot_arguments::address("gw", 0x0A000202);
  ethernet::start(receive_packet);
  u32 first = 0;
  while (first < ethernet::limit && !ethernet::running(first)) first++;
  if (!by_hand && !address() && first < ethernet::limit)
    interfaces[first] = {boot_arguments::address("ip", 0x0A00020F), boot_arguments::address("mask", 0xFFFFFF00)};
  gratuitous_arp();
}

void poll() { ethernet::poll(); }

void gratuitous_arp() {
  for (u32 number = 0; number < ethernet::limit; number++)
    if (interfaces[number].is_up()) send_arp(number, 1, everybody, interfaces[number].address, nullptr);
}

u32 address() {
  for (const Interface& interface : interfaces)
    if (interface.is_up()) return interface.address;
  return 0;
}

i64 configure(u32 number, u32 address, u32 netmask) {
  if (!ethernet::running(number)) return Error::no_device;
  if (const u32 other = interface_of(address); other < ethernet::limit && other != number) return Error::busy;
  by_hand = true;
  take_down(number);
  interfaces[number] = {address, netmask};
  if (address) send_arp(number, 1, everybody, address, nullptr);
  return 0;
}

void stop_adapter(u32 number) {
  take_down(number);
  ethernet::stop(number);
}

bool describe(u32 index, DeviceInfo& info) {
  for (u32 number = 0; number < ethernet::limit; number++) {
    if (!ethernet::running(number) || index--) continue;
    const u32 address = interfaces[number].address;
    info = {"", "if", "Defined", "", "Standard Ethernet Network Interface"};
    format(info.name, sizeof info.name, "en%u", number);
    if (!address) return true;
    copy_text(info.status, sizeof info.status, "Available");
    format(info.location, sizeof info.location, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
    return true;
  }
  return false;
}

bool is_up(u32 number) { return number < ethernet::limit && interfaces[number].is_up(); }

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
  if (!address()) return Error::no_device;
  if (length > largest_datagram) return Error::invalid;
  auto& udp = *reinterpret_cast<Udp*>(outgoing + headers);
  udp = {sockets[socket].port, peer.port, static_cast<u16>(sizeof(Udp) + length), 0};
  memcpy(outgoing + headers + sizeof(Udp), data, length);
  return send_ip(peer.address, peer.local, protocol_udp, static_cast<u32>(sizeof(Udp) + length)) ? static_cast<i64>(length) : i64{Error::input_output};
}

}  // namespace nomad::network
