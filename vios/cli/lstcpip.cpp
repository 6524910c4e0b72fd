// SPDX-License-Identifier: GPL-2.0-or-later
// The state and the routes look as AIX's netstat shows them.
#include "vios/backends/virtual_ethernet.h"
#include "vios/cli/columns.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace vios::cli {

namespace {

using Address = VirtualEthernet::Address;

constexpr Option options[] = {{"-adapters", Takes::nothing},   {"-fmt", Takes::one},         {"-hostname", Takes::nothing},
                              {"-interfaces", Takes::nothing}, {"-namesrv", Takes::nothing}, {"-num", Takes::nothing},
                              {"-routtable", Takes::nothing},  {"-state", Takes::nothing},   {"-stored", Takes::nothing}};

constexpr Column interface_columns[] = {
    {"name", "Name", 6}, {"address", "Address", 40}, {"netmask", "Netmask", 17}, {"state", "State", 8}, {"mac", "MAC", 17}};

std::string host_name(Devices& devices) { return devices.ethernet().host_name(); }

std::string mtu_of(const Devices& devices, const std::string& interface) {
  return devices.stored_attribute(interface, "mtu", "1500");
}

std::string mac_text(const std::string& digits, bool whole) {
  std::string text;
  for (size_t i = 0; i + 2 <= digits.size(); i += 2) {
    std::string byte = digits.substr(i, 2);
    for (char& c : byte) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!whole && byte[0] == '0') byte.erase(0, 1);
    text += (i ? (whole ? ":" : ".") : "") + byte;
  }
  return text;
}

// 10.0.2: without the bytes that are all host.
std::string short_network(const emu::Network& network) {
  std::string text = emu::address_text(network.base);
  for (u32 shift = 0; shift < 32 && (network.mask >> shift & 0xFF) == 0; shift += 8) text.erase(text.rfind('.'));
  return text;
}

// The name stands for the first address: only that is in the file of hosts.
std::string name_of(Devices& devices, const Address& own) {
  const auto& interfaces = devices.ethernet().tcpip().interfaces;
  const std::string text = emu::address_text(own.address);
  return !interfaces.empty() && interfaces.front().address == text ? host_name(devices) : text;
}

// As resolv.conf has it.
std::string name_server(Devices& devices) {
  const StoredTcpip& tcpip = devices.ethernet().tcpip();
  if (tcpip.name_server.empty()) return {};
  return fmt::format("nameserver\t{}\ndomain\t{}\n", tcpip.name_server, tcpip.domain);
}

std::string state(Devices& devices, bool numbers) {
  std::string text = fmt::format("{:<6}{:<6}{:<12}{:<19}{:>9} {:>5} {:>9} {:>5} {:>5}\n", "Name", "Mtu", "Network", "Address",
                                 "Ipkts", "Ierrs", "Opkts", "Oerrs", "Coll");
  u32 link = 2;
  for (const Address& own : devices.ethernet().addresses()) {
    const auto row = [&](const std::string& network, const std::string& address) {
      text += fmt::format("{:<6}{:<6}{:<12}{:<19}{:>9} {:>5} {:>9} {:>5} {:>5}\n", own.interface, mtu_of(devices, own.interface),
                          network, address, own.received, 0, own.sent, 0, 0);
    };
    row(fmt::format("link#{}", link++), mac_text(devices.ethernet().mac_of(own.adapter), false));
    row(short_network(own.network), numbers ? emu::address_text(own.address) : name_of(devices, own));
  }
  return text;
}

// Whom it answers it answers the way that the question came.
std::string routes(Devices& devices, bool numbers) {
  std::string text = fmt::format("Routing tables\n{:<19}{:<18}{:<8}{:>4} {:>9} {:<6}{:>4} {:>7}\n\n", "Destination", "Gateway",
                                 "Flags", "Refs", "Use", "If", "Exp", "Groups");
  text += "Route tree for Protocol Family 2 (Internet):\n";
  const auto row = [&](const Address& own, const std::string& destination, const std::string& gateway, std::string_view flags) {
    text += fmt::format("{:<19}{:<18}{:<8}{:>4} {:>9} {:<6}{:>4} {:>7}\n", destination, gateway, flags, 0, 0, own.interface, "-",
                        "-");
  };
  const auto all = devices.ethernet().addresses();
  for (const Address& own : all)
    if (!own.gateway.empty()) row(own, "default", own.gateway, "UG");
  for (const Address& own : all) {
    const std::string gateway = numbers ? emu::address_text(own.address) : name_of(devices, own);
    row(own, emu::address_text(own.network.base), gateway, "UHSb");
    row(own, fmt::format("{}/{}", short_network(own.network), std::popcount(own.network.mask)), gateway, "U");
    row(own, emu::address_text(own.network.base | ~own.network.mask), gateway, "UHSb");
  }
  return text;
}

std::string interfaces(const Arguments& arguments, Devices& devices) {
  const auto all_addresses = devices.ethernet().addresses();
  Rows rows;
  for (const Device& device : devices.list()) {
    if (device.type != "if") continue;
    const auto own = std::ranges::find(all_addresses, device.name, &Address::interface);
    const bool up = own != all_addresses.end() && device.status == "Available";
    const std::string mac = devices.ethernet().mac_of("ent" + device.name.substr(2));
    rows.push_back({device.name, up ? emu::address_text(own->address) : "-", up ? emu::address_text(own->network.mask) : "-",
                    up ? "up" : "detach", mac_text(mac, true)});
  }
  constexpr size_t all[] = {0, 1, 2, 3, 4};
  if (arguments.has("-fmt")) return table_text(arguments, interface_columns, all, rows);
  // Three lines stand before the first interface: scripts skip as many.
  std::string text = "\n" + table_text(arguments, interface_columns, all, rows);
  return text.insert(text.find('\n', 1) + 1, "\n");
}

std::string adapters(Devices& devices) {
  std::string text = "Ethernet adapters:\n";
  for (const Device& device : devices.list())
    if (device.name.starts_with("ent") && (device.type == "adapter" || device.type == "sea"))
      text += fmt::format("{:<8}{}\n", device.name, device.description);
  return text;
}

std::string stored(Devices& devices) {
  std::string text = fmt::format("Network Configuration Data\n{}\n\nNetwork Interface(s)\n{:<10}{:<18}{}\n", host_name(devices),
                                 "interface", "inet addr", "netmask");
  for (const Address& own : devices.ethernet().addresses())
    text += fmt::format("{:<10}{:<18}{}\n", own.interface, emu::address_text(own.address), emu::address_text(own.network.mask));
  return text;
}

Output show(const Arguments& arguments, Devices& devices) {
  int kinds = 0;
  for (const char* kind : {"-adapters", "-hostname", "-interfaces", "-namesrv", "-routtable", "-state", "-stored"})
    kinds += arguments.has(kind);
  if (kinds > 1) return usage_error(lstcpip, "Only one of the options that choose a list may be given.");
  const bool of_state = arguments.has("-state") || kinds == 0;
  if (arguments.has("-num") && !of_state && !arguments.has("-routtable"))
    return usage_error(lstcpip, "Option -num requires -state or -routtable.");
  if (arguments.has("-fmt") && !arguments.has("-interfaces")) return usage_error(lstcpip, "Option -fmt requires -interfaces.");
  if (arguments.has("-adapters")) return {0, adapters(devices)};
  if (arguments.has("-hostname")) return {0, host_name(devices) + "\n"};
  if (arguments.has("-interfaces")) return {0, interfaces(arguments, devices)};
  if (arguments.has("-namesrv")) return {0, name_server(devices)};
  if (arguments.has("-routtable")) return {0, routes(devices, arguments.has("-num"))};
  if (arguments.has("-stored")) return {0, stored(devices)};
  return {0, state(devices, arguments.has("-num"))};
}

}  // namespace

constexpr Command lstcpip = {"lstcpip", "Displays the TCP/IP settings and parameters.",
                             "[-state] [-num]\n"
                             "       lstcpip -routtable [-num]\n"
                             "       lstcpip -interfaces [-fmt Delimiter]\n"
                             "       lstcpip {-adapters | -hostname | -namesrv | -stored}",
                             options, show};

}  // namespace vios::cli
