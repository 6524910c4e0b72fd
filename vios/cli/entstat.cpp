// SPDX-License-Identifier: GPL-2.0-or-later
// What has passed Ethernet adapters. The layout is AIX's; statistics that an adapter does not have are 0, as IBM's documentation of the
// command says.
#include "vios/backends/virtual_ethernet.h"
#include "vios/cli/command.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

using View = VirtualEthernet::View;

constexpr Option options[] = {{"-all", Takes::nothing}, {"-reset", Takes::nothing}};

std::string pair(std::string_view left, u64 sent, std::string_view right, u64 received) {
  return fmt::format("{:<46}{}: {}\n", fmt::format("{}: {}", left, sent), right, received);
}

std::string mac_text(const std::string& digits) {
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i && i % 2 == 0) text += ':';
    text += digits[i] >= 'A' && digits[i] <= 'F' ? static_cast<char>(digits[i] - 'A' + 'a') : digits[i];
  }
  return text;
}

std::string elapsed(u64 nanoseconds) {
  const u64 seconds = nanoseconds / emu::nanoseconds_per_second;
  return fmt::format("Elapsed Time: {} days {} hours {} minutes {} seconds\n", seconds / 86'400, seconds / 3600 % 24,
                     seconds / 60 % 60, seconds % 60);
}

std::string generic(const std::string& device, std::string_view type, const BothWays& counts, u64 rate, bool up,
                    const View& bridge, const Devices& devices) {
  std::string text = fmt::format("ETHERNET STATISTICS ({}) :\nDevice Type: {}\nHardware Address: {}\n", device, type,
                                 mac_text(devices.ethernet().mac_of(device)));
  text += elapsed(devices.clock().monotonic() - bridge.since);
  text +=
      "\nTransmit Statistics:                          Receive Statistics:\n"
      "--------------------                          -------------------\n";
  text += pair("Packets", counts.sent.packets, "Packets", counts.received.packets);
  text += pair("Bytes", counts.sent.bytes, "Bytes", counts.received.bytes);
  text += pair("Interrupts", 0, "Interrupts", 0);
  text += pair("Transmit Errors", counts.sent.failures, "Receive Errors", counts.received.failures);
  text += pair("Packets Dropped", counts.sent.failures, "Packets Dropped", 0);
  text += fmt::format("{:<46}Bad Packets: {}\n", "", counts.received.failures);
  text += "Max Packets on S/W Transmit Queue: 0\nS/W Transmit Queue Overflow: 0\nCurrent S/W+H/W Transmit Queue Length: 0\n\n";
  text += pair("Broadcast Packets", counts.sent.broadcasts, "Broadcast Packets", counts.received.broadcasts);
  text += pair("Multicast Packets", counts.sent.multicasts, "Multicast Packets", counts.received.multicasts);
  constexpr std::pair<std::string_view, std::string_view> absent[] = {{"No Carrier Sense", "CRC Errors"},
                                                                      {"DMA Underrun", "DMA Overrun"},
                                                                      {"Lost CTS Errors", "Alignment Errors"},
                                                                      {"Max Collision Errors", "No Resource Errors"},
                                                                      {"Late Collision Errors", "Receive Collision Errors"},
                                                                      {"Deferred", "Packet Too Short Errors"},
                                                                      {"SQE Test", "Packet Too Long Errors"},
                                                                      {"Timeout Errors", "Packets Discarded by Adapter"},
                                                                      {"Single Collision Count", "Receiver Start Count"}};
  for (const auto& [left, right] : absent) text += pair(left, 0, right, 0);
  text += "Multiple Collision Count: 0\nCurrent HW Transmit Queue Length: 0\n\n";
  text += fmt::format(
      "General Statistics:\n-------------------\nNo mbuf Errors: 0\nAdapter Reset Count: 0\nAdapter Data Rate: {}\n"
      "Driver Flags: Up Broadcast{}\n\tSimplex Promiscuous 64BitSupport\n\n",
      rate, up ? " Running" : "");
  return text;
}

// Both directions of a gigabit, of two gigabits of the hypervisor's switch.
constexpr u64 port_rate = 2000, switch_rate = 20'000;

std::string of_cable(const Uplink::Cable& cable, const View& bridge, bool all, const Devices& devices) {
  const bool up = cable.plugged;
  std::string text = generic(cable.name, port_description, cable.traffic, port_rate, up, bridge, devices);
  if (!all) return text;
  const std::string title = fmt::format("{} Specific Statistics:", port_description);
  return text + fmt::format("{}\n{}\nLink Status : {}\nMedia Speed Selected: Auto negotiation\nMedia Speed Running: {}\n\n",
                            title, std::string(title.size(), '-'), up ? "Up" : "Down", up ? "1000 Mbps Full Duplex" : "Unknown");
}

std::string of_aggregation(const View& bridge, bool all, const Devices& devices) {
  const Uplink& uplink = bridge.sea->uplink();
  std::string text = generic(bridge.port, "EtherChannel", uplink.traffic(), port_rate, uplink.up(), bridge, devices);
  if (!all) return text;
  constexpr std::string_view title = "Statistics for every adapter in the EtherChannel:";
  text += fmt::format("{0:=>61}\n{0:=>61}\n\n{1}\n{0:->{2}}\n\nNumber of adapters: {3}\nOperating mode: Standard mode\n", "",
                      title, title.size(), uplink.cables().size());
  text += "Hash mode: Destination IP address\n\n";
  for (const Uplink::Cable& each : uplink.cables())
    text += fmt::format("{:->61}\n\n{}", "", of_cable(each, bridge, true, devices));
  return text;
}

// A physical port, or a link aggregation, or a member of one.
std::string of_port(const std::string& device, const View& bridge, bool all, const Devices& devices) {
  for (const Uplink::Cable& each : bridge.sea->uplink().cables())
    if (each.name == device) return of_cable(each, bridge, all, devices);
  return of_aggregation(bridge, all, devices);
}

std::string vlans_text(const std::vector<u16>& vlans) {
  if (vlans.empty()) return "  None";
  std::string text;
  for (size_t i = 0; i < vlans.size(); ++i) {
    constexpr size_t to_a_line = 10;
    if (i && i % to_a_line == 0) text += "\n             ";
    text += fmt::format(" {:>5}", vlans[i]);
  }
  return text;
}

std::string of_virtual(const std::string& device, const LogicalLan& lan, const View& bridge, bool all, const Devices& devices) {
  const emu::VirtualAdapter& config = lan.adapter().config;
  constexpr std::string_view type = "Virtual I/O Ethernet Adapter (l-lan)";
  std::string text = generic(device, type, lan.traffic(), switch_rate, !config.disabled, bridge, devices);
  if (!all) return text;
  const std::string title = fmt::format("{} Specific Statistics:", type);
  text += fmt::format("{}\n{}\nTrunk Adapter: {}\n", title, std::string(title.size(), '-'), config.is_trunk ? "True" : "False");
  if (config.is_trunk)
    text += fmt::format("  Priority: {}  Active: {}\n", config.trunk_priority, lan.active() ? "True" : "False");
  text += fmt::format("Filter MCast Mode: False\nLAN State: {}\n\n", config.disabled ? "Disabled" : "Operational");
  text += fmt::format(
      "Hypervisor Send Failures: {0}\n  Receiver Failures: 0\n  Send Errors: {0}\nHypervisor Receive Failures: {1}\n\n",
      lan.traffic().sent.failures, lan.traffic().received.failures);
  return text + fmt::format("Port VLAN ID: {:>5}\nVLAN Tag IDs:{}\n\nSwitch ID: {}\n\n", config.port_vlan_id,
                            vlans_text(config.addl_vlan_ids), config.vswitch);
}

std::string of_trunk(const std::string& device, const View& bridge, bool all, const Devices& devices) {
  if (device == bridge.channel) return of_virtual(device, *bridge.sea->availability()->channel, bridge, all, devices);
  const auto at = static_cast<size_t>(std::ranges::find(bridge.trunks, device) - bridge.trunks.begin());
  return of_virtual(device, *bridge.sea->trunks()[at], bridge, all, devices);
}

std::string availability_text(const HighAvailability& availability) {
  const Failover& failover = availability.failover;
  const Failover::Counts& counts = failover.counts();
  return fmt::format(
      "High Availability Statistics:\n    Control Channel PVID: {}\n    Control Packets in: {}\n    Control Packets out: {}\n"
      "Type of Packets Received:\n    Keep-Alive Packets: {}\n    Recovery Packets: {}\n    Notify Packets: {}\n"
      "    Limbo Packets: {}\n    State: {}\n    Bridge Mode: {}\n    Number of Times Server became Backup: {}\n"
      "    Number of Times Server became Primary: {}\n    High Availability Mode: {}\n    Priority: {}\n\n",
      availability.channel->adapter().config.port_vlan_id, counts.in, counts.out, counts.keep_alive, counts.recovery,
      counts.notify, counts.limbo, text_of(failover.state()), failover.state() == SeaState::primary ? "All" : "None",
      counts.became_backup, counts.became_primary, failover.mode() == HaMode::standby ? "Standby" : "Auto", failover.priority());
}

std::string side_text(std::string_view title, const SideCounts& side) {
  return fmt::format(
      "{}:\n    Packets received: {}\n    Packets bridged: {}\n    Packets consumed: {}\n    Packets fragmented: 0\n"
      "    Packets transmitted: {}\n    Packets dropped: {}\n    Packets filtered(VlanId): {}\n",
      title, side.received, side.bridged, side.consumed, side.transmitted, side.dropped, side.filtered);
}

std::string of_bridge(const View& bridge, bool all, const Devices& devices) {
  const SeaCounts& counts = bridge.sea->counts();
  BothWays sum = bridge.sea->uplink().traffic();
  for (const auto& trunk : bridge.sea->trunks()) {
    sum.sent += trunk->traffic().sent;
    sum.received += trunk->traffic().received;
  }
  std::string text = generic(bridge.name, "Shared Ethernet Adapter", sum, 0, bridge.sea->link_up(), bridge, devices);
  if (!all) return text;
  const std::string rule(62, '-');
  text += fmt::format(
      "{0}\nStatistics for adapters in the Shared Ethernet Adapter {1}\n{0}\nNumber of adapters: {2}\n"
      "SEA Flags: 00000001\n    < THREAD >\nVLAN Ids :\n",
      rule, bridge.name, 1 + bridge.trunks.size());
  for (size_t i = 0; i < bridge.trunks.size(); ++i) {
    const emu::VirtualAdapter& config = bridge.sea->trunks()[i]->adapter().config;
    text += fmt::format("    {}: {}", bridge.trunks[i], config.port_vlan_id);
    for (const u16 vlan : config.addl_vlan_ids) text += fmt::format(" {}", vlan);
    text += "\n";
  }
  text += side_text("Real Side Statistics", counts.real) + side_text("Virtual Side Statistics", counts.virtual_side);
  text += fmt::format(
      "Other Statistics:\n    Output packets generated: {}\n    Output packets dropped: 0\n    Device output failures: {}\n"
      "    Memory allocation failures: 0\n    ICMP error packets sent: 0\n    Non IP packets larger than MTU: 0\n"
      "    Thread queue overflow packets: 0\n\n",
      counts.generated, counts.failures);
  if (const HighAvailability* availability = bridge.sea->availability()) text += availability_text(*availability);
  text += fmt::format("{}\nReal Adapter: {}\n\n", rule, bridge.port) + of_port(bridge.port, bridge, true, devices);
  for (const std::string& trunk : bridge.trunks)
    text += fmt::format("{}\nVirtual Adapter: {}\n\n", rule, trunk) + of_trunk(trunk, bridge, true, devices);
  if (!bridge.channel.empty())
    text += fmt::format("{}\nControl Channel Adapter: {}\n\n", rule, bridge.channel) +
            of_trunk(bridge.channel, bridge, true, devices);
  return text;
}

Output show(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(entstat, "Command requires a device name.");
  const std::string& name = arguments.operands().front();
  const auto cannot = [&](int why) {
    return failure(fmt::format("entstat: 0909-003 Unable to connect to device {}, errno = {}", name, why));
  };
  constexpr int no_such_device = 19, not_ready = 46;  // of AIX
  if (!devices.exists(name) || devices.ethernet().mac_of(name).empty()) return cannot(no_such_device);
  // Nobody has opened an adapter that carries nothing for a shared one.
  const auto bridge = devices.ethernet().bridge_of(name);
  if (!bridge) return cannot(not_ready);
  const bool all = arguments.has("-all");
  const std::string rule(61, '-');
  std::string text = rule + "\n";
  if (name == bridge->name)
    text += of_bridge(*bridge, all, devices);
  else if (name == bridge->channel || std::ranges::count(bridge->trunks, name))
    text += of_trunk(name, *bridge, all, devices);
  else
    text += of_port(name, *bridge, all, devices);
  text.pop_back();
  if (arguments.has("-reset")) devices.ethernet().reset_counts(bridge->name);
  return {0, text};
}

}  // namespace

constexpr Command entstat = {
    "entstat", "Shows Ethernet device driver and device statistics.", "[-all] [-reset] DeviceName", options, show, 1};

}  // namespace vios::cli
