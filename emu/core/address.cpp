// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/address.h"

#include <fmt/format.h>

#include "emu/core/text.h"

namespace emu {

std::optional<u32> parse_address(std::string_view dotted) {
  const auto parts = split(dotted, '.');
  if (parts.size() != 4) return std::nullopt;
  u32 address = 0;
  for (const std::string& part : parts) {
    const auto number = parse_number<u8>(part);
    if (!number) return std::nullopt;
    address = address << 8 | *number;
  }
  return address;
}

std::string address_text(u32 address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xFF, address >> 8 & 0xFF, address & 0xFF);
}

std::optional<Network> parse_network(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() != 2) return std::nullopt;
  const auto base = parse_address(parts[0]);
  const auto bits = parse_number<u8>(parts[1]);
  if (!base || !bits || *bits < 8 || *bits > 28) return std::nullopt;
  const u32 mask = ~u32{0} << (32 - *bits);
  return Network{*base & mask, mask};
}

std::optional<std::string_view> reserved_for(const Network& network, u32 address, u32 consoles) {
  if ((address & network.mask) != network.base) return std::nullopt;
  const u32 host = address & ~network.mask;
  if (host == 0) return "the network";
  if (host == ~network.mask) return "broadcasts";
  if (host == gateway_host) return "the gateway";
  if (host == name_server_host) return "the name server";
  for (u32 number = 0; number < consoles; ++number)
    if (address == console_address(network, number)) return "the HMC";
  return std::nullopt;
}

}  // namespace emu
