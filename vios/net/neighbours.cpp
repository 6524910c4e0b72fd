// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/net/neighbours.h"

#include "emu/core/address.h"

namespace vios {

namespace packet = emu::packet;

namespace {

constexpr u16 request = 1, reply = 2;
constexpr size_t most_neighbours = 64;

}  // namespace

Neighbours::Neighbours(const std::string& address, const packet::Mac& mac) : address_(emu::parse_address(address)), mac_(mac) {}

std::optional<Bytes> Neighbours::question(const std::string& address) {
  const auto whose = emu::parse_address(address);
  if (!address_ || !whose) return std::nullopt;
  if (heard_.size() < most_neighbours) heard_.try_emplace(*whose, 0);
  return packet::make_arp(packet::broadcast, {request, mac_, *address_, {}, *whose});
}

void Neighbours::hear(std::span<const u8> bytes, u64 now) {
  if (heard_.empty()) return;
  const auto arp = packet::parse_arp(bytes);
  if (!arp || arp->operation != reply || arp->target_mac != mac_) return;
  if (const auto asked = heard_.find(arp->sender); asked != heard_.end()) asked->second = now;
}

u64 Neighbours::heard(const std::string& address) const {
  const auto whose = emu::parse_address(address);
  const auto found = whose ? heard_.find(*whose) : heard_.end();
  return found == heard_.end() ? 0 : found->second;
}

void Neighbours::forget(const std::string& address) {
  if (const auto whose = emu::parse_address(address)) heard_.erase(*whose);
}

}  // namespace vios
