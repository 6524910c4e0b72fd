// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// BOOTP (RFC 951): a host that has nothing but an Ethernet adapter asks who it is and which file it boots. Of the vendor's area
// the subnet mask and the first router are understood (RFC 2132). Parsers take hostile input and say nothing.

#include <optional>
#include <string>

#include "emu/link/packet.h"

namespace emu::bootp {

inline constexpr u16 server_port = 67;
inline constexpr u16 client_port = 68;
inline constexpr size_t longest_file = 127;

// Addresses that are 0 are not told.
struct Packet {
  bool reply = false;
  u32 transaction = 0;
  u16 seconds = 0;
  u32 client = 0;  // ciaddr: the client knows it already
  u32 your = 0;    // yiaddr: the client's, of the server
  u32 server = 0;  // siaddr: who has the file
  u32 relay = 0;   // giaddr
  packet::Mac hardware{};
  std::string file;
  u32 mask = 0;
  u32 gateway = 0;
  bool operator==(const Packet&) const = default;
};

Bytes make(const Packet&);
std::optional<Packet> parse(std::span<const u8> bytes);

}  // namespace emu::bootp
