// SPDX-License-Identifier: GPL-2.0-or-later
// (IBM documentation, "rmtcpip command")
#include "vios/cli/tcpip.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-all", Takes::nothing},    {"-f", Takes::nothing},       {"-hostname", Takes::nothing},
                              {"-interface", Takes::many}, {"-namesrv", Takes::nothing}, {"-routing", Takes::nothing}};

Output remove(const Arguments& arguments, Devices& devices) {
  constexpr const char* kinds[] = {"-all", "-hostname", "-interface", "-namesrv", "-routing"};
  if (std::ranges::none_of(kinds, [&](const char* kind) { return arguments.has(kind); }))
    return usage_error(rmtcpip, "Command requires option \"-all\", or one that says what goes.");
  // A terminal is asked; here nobody could answer.
  if (!arguments.has("-f")) return failure("rmtcpip: The TCP/IP configuration is removed with the -f flag only.");
  const bool all = arguments.has("-all");
  VirtualEthernet& ethernet = devices.ethernet();
  const auto own = ethernet.addresses();
  std::vector<std::string> gone = arguments.values("-interface");
  if (all || std::ranges::count(gone, "all")) {
    gone.clear();
    for (const auto& each : own) gone.push_back(each.interface);
  }
  for (const std::string& name : gone) {
    if (!devices.exists(name)) return not_found(name);
    if (!std::ranges::count(own, name, &VirtualEthernet::Address::interface))
      return failure(fmt::format("rmtcpip: The interface {} has no address.", name));
    if (devices.held(name)) return busy(rmtcpip);
  }
  if (all || arguments.has("-routing"))
    for (const auto& each : own) {
      if (each.gateway.empty()) continue;
      VirtualEthernet::TcpipChange change;
      change.interface = each.interface;
      change.gateway = "";
      if (const auto changed = ethernet.change_tcpip(change); !changed) return failure(rmtcpip, changed.error());
    }
  VirtualEthernet::TcpipChange change;
  if (all || arguments.has("-hostname")) change.hostname = "";
  if (all || arguments.has("-namesrv")) change.name_server = change.domain = "";
  if (const auto changed = ethernet.change_tcpip(change); !changed) return failure(rmtcpip, changed.error());
  for (const std::string& name : gone)
    if (const auto removed = ethernet.remove_interface(name); !removed) return failure(rmtcpip, removed.error());
  return {};
}

}  // namespace

constexpr Command rmtcpip = {"rmtcpip", "Removes the TCP/IP configuration.",
                             "-f {-all | [-hostname] [-routing] [-interface {Interface ... | all}] [-namesrv]}", options, remove};

}  // namespace vios::cli
