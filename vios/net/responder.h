// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The VIOS's own place on the network: answers ARP, ping, and RMC (UDP 657) at its address.
// RMC here is one ASCII datagram each way:
//
//   RMC2 <seq> <key> <verb> [arguments]\n  ->  RMC2 <seq> OK ...\n  or  RMC2 <seq> ERR <number> <text>\n

#include <functional>
#include <optional>
#include <string>

#include "emu/link/packet.h"

namespace vios {

inline constexpr u16 rmc_port = 657;

class Responder {
 public:
  // Without a valid address it is silent; on RMC also without a key, and to those who have another one.
  Responder(const std::string& address, const emu::packet::Mac& mac, std::function<std::string()> ioslevel, std::string rmc_key);
  // What to send back on the way that the packet came, if anything.
  std::optional<Bytes> answer(std::span<const u8> packet) const;
  // A packet that tells everybody where our address is; nothing without one.
  std::optional<Bytes> announcement() const;
  const emu::packet::Mac& mac() const { return mac_; }

 private:
  std::string rmc(std::string_view request) const;
  std::optional<u32> address_;
  emu::packet::Mac mac_;
  std::function<std::string()> ioslevel_;
  std::string rmc_key_;
};

}  // namespace vios
