// SPDX-License-Identifier: GPL-2.0-or-later
// (IBM documentation, "chtcpip command")
#include "vios/cli/tcpip.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-add", Takes::one},       {"-gateway", Takes::nothing}, {"-inetaddr", Takes::one},
                              {"-interface", Takes::one}, {"-netmask", Takes::one},     {"-remove", Takes::one}};

Output change(const Arguments& arguments, Devices& devices) {
  if (!arguments.has("-interface")) return usage_error(chtcpip, "Command requires option \"-interface\".");
  const bool route = arguments.has("-gateway");
  for (const char* needed : route ? std::array{"-add", "-remove"} : std::array{"-inetaddr", "-netmask"})
    if (!arguments.has(needed)) return usage_error(chtcpip, fmt::format("Command requires option \"{}\".", needed));
  for (const char* other : route ? std::array{"-inetaddr", "-netmask"} : std::array{"-add", "-remove"})
    if (arguments.has(other)) return usage_error(chtcpip, fmt::format("Option flag {} is not valid here.", other));
  VirtualEthernet::TcpipChange wanted;
  wanted.interface = arguments.value("-interface");
  const auto own = devices.ethernet().addresses();
  const auto known = std::ranges::find(own, wanted.interface, &VirtualEthernet::Address::interface);
  if (known == own.end() && devices.exists(wanted.interface))
    return failure(fmt::format("chtcpip: The interface {} has no address.", wanted.interface));
  if (route) {
    if (known != own.end() && known->gateway != arguments.value("-remove"))
      return failure(fmt::format("chtcpip: There is no route through {} on {}.", arguments.value("-remove"), wanted.interface));
    wanted.gateway = arguments.value("-add");
  } else {
    wanted.address = arguments.value("-inetaddr");
    wanted.netmask = arguments.value("-netmask");
  }
  return change_tcpip(chtcpip, devices, wanted);
}

}  // namespace

constexpr Command chtcpip = {"chtcpip", "Changes the TCP/IP settings and parameters.",
                             "-interface Interface -inetaddr Address -netmask SubnetMask\n"
                             "       chtcpip -interface Interface -gateway -add NewGateway -remove OldGateway",
                             options, change};

}  // namespace vios::cli
