// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A small IPv4: ARP, ICMP echo, and UDP sockets for programs. An interface for each adapter, one gateway, no fragments.
#include "lib/abi.h"

namespace nomad::network {

constexpr u32 largest_datagram = 1472;

void start();           // takes adapters that have come
void poll();
void gratuitous_arp();  // tells every switch on the way where our addresses are now
u32 address();          // of the first interface that is up; 0 none is
u32 user();             // a process that has a socket; 0 none

// Interfaces: enN is on entN.
i64 configure(u32 interface, u32 address, u32 netmask);  // 0: it is taken down
bool is_up(u32 interface);
void stop_adapter(u32 adapter);  // with its interface
bool describe(u32 index, DeviceInfo& info);

// Sockets belong to the process that opened them and are closed when it ends.
i64 open(u16 port, u32 owner);
void close_all(u32 owner);
bool owns(u64 socket, u32 owner);
const void* channel(u64 socket);                                          // wait here for a datagram
i64 receive(u64 socket, void* buffer, u64 size, UdpPeer& peer);           // try_again when there is none
i64 send(u64 socket, const void* data, u64 length, const UdpPeer& peer);

}  // namespace nomad::network
