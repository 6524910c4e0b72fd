// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which other hosts answer on the server's network: asked by ARP, as the first thing that a connection to them needs. The server's thread.
// SIMPLIFIED: a host behind a router is out of reach.

#include <map>
#include <optional>
#include <string>

#include "emu/link/packet.h"

namespace vios {

class Neighbours {
 public:
  // Without a valid address of our own nobody is asked.
  Neighbours(const std::string& address, const emu::packet::Mac& mac);

  // The question for a host, to be sent; nothing if one of the two addresses is none.
  std::optional<Bytes> question(const std::string& address);
  // Any packet that comes in; it counts if it is an answer of a host that was asked.
  void hear(std::span<const u8> packet, u64 now);
  // When a host last answered, as `hear` was told; 0: never.
  u64 heard(const std::string& address) const;
  void forget(const std::string& address);

 private:
  const std::optional<u32> address_;
  const emu::packet::Mac mac_;
  std::map<u32, u64> heard_;  // only those that were asked
};

}  // namespace vios
