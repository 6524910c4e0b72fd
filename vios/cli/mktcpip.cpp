// SPDX-License-Identifier: GPL-2.0-or-later
// (IBM documentation, "mktcpip command")
#include "vios/cli/tcpip.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/text.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-cabletype", Takes::one}, {"-gateway", Takes::one},    {"-hostname", Takes::one},
                              {"-inetaddr", Takes::one},  {"-interface", Takes::one},  {"-netmask", Takes::one},
                              {"-nsrvaddr", Takes::one},  {"-nsrvdomain", Takes::one}, {"-start", Takes::nothing}};

Output make(const Arguments& arguments, Devices& devices) {
  for (const char* needed : {"-hostname", "-inetaddr", "-interface"})
    if (!arguments.has(needed)) return usage_error(mktcpip, fmt::format("Command requires option \"{}\".", needed));
  if (arguments.has("-nsrvaddr") != arguments.has("-nsrvdomain"))
    return usage_error(mktcpip, "Options -nsrvaddr and -nsrvdomain are given together.");
  // A virtual adapter has no cable. What -start starts runs always.
  if (arguments.has("-cabletype") && arguments.value("-cabletype") != "N/A")
    return usage_error(mktcpip, fmt::format("\"{}\" is not a cable type of the interface.", arguments.value("-cabletype")));
  if (!is_host_name(arguments.value("-hostname")))
    return failure(fmt::format("mktcpip: \"{}\" is not a host name.", arguments.value("-hostname")));
  if (arguments.has("-nsrvaddr") && !emu::parse_address(arguments.value("-nsrvaddr")))
    return failure(fmt::format("mktcpip: \"{}\" is not an Internet address.", arguments.value("-nsrvaddr")));
  if (arguments.has("-nsrvdomain") && !is_host_name(arguments.value("-nsrvdomain")))
    return failure(fmt::format("mktcpip: \"{}\" is not a domain.", arguments.value("-nsrvdomain")));
  VirtualEthernet::TcpipChange change;
  change.interface = arguments.value("-interface");
  change.hostname = arguments.value("-hostname");
  change.address = arguments.value("-inetaddr");
  change.netmask = arguments.value("-netmask");
  if (arguments.has("-gateway")) change.gateway = arguments.value("-gateway");
  if (arguments.has("-nsrvaddr")) {
    change.name_server = arguments.value("-nsrvaddr");
    change.domain = arguments.value("-nsrvdomain");
  }
  return change_tcpip(mktcpip, devices, change);
}

}  // namespace

bool is_host_name(const std::string& name) {
  constexpr size_t longest_name = 255, longest_part = 63;
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return name.size() <= longest_name && std::ranges::all_of(emu::split(name, '.'), [&](const std::string& part) {
           return !part.empty() && part.size() <= longest_part && part.find_first_not_of(letters) == part.npos &&
                  part.front() != '-' && part.back() != '-';
         });
}

Output change_tcpip(const Command& command, Devices& devices, const VirtualEthernet::TcpipChange& change) {
  const auto changed = devices.ethernet().change_tcpip(change);
  return changed ? Output{} : failure(command, changed.error());
}

constexpr Command mktcpip = {"mktcpip", "Sets the required values for starting TCP/IP on a host.",
                             "-hostname HostName -inetaddr Address -interface Interface [-start]\n"
                             "               [-netmask SubnetMask] [-cabletype CableType] [-gateway Gateway]\n"
                             "               [-nsrvaddr NameServerAddress -nsrvdomain Domain]",
                             options, make};

}  // namespace vios::cli
