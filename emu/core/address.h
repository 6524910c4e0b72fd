// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// IPv4 addresses and networks, as text and back. Numbers are in the host's order.

#include <optional>
#include <string>
#include <string_view>

#include "emu/core/types.h"

namespace emu {

std::optional<u32> parse_address(std::string_view dotted);  // 10.0.2.15
std::string address_text(u32 address);

struct Network {
  u32 base = 0;
  u32 mask = 0;
};
// 10.0.2.0/24. The prefix is 8 to 28: there must be room for the gateway, a name server and guests.
std::optional<Network> parse_network(std::string_view text);

// Numbers of hosts that are there in each network.
inline constexpr u32 gateway_host = 2;
inline constexpr u32 name_server_host = 3;
inline constexpr u32 hmc_host = 4;
// Where a lab's consoles are, the first one and those that follow: these from the end of the network.
inline u32 console_address(const Network& network, u32 number) {
  return network.base | (number == 0 ? hmc_host : ~network.mask - number);
}
// Whose an address of the network is, if no partition can have it; otherwise nothing.
std::optional<std::string_view> reserved_for(const Network&, u32 address, u32 consoles = 1);

}  // namespace emu
