// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/host_ethernet.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "emu/core/text.h"

namespace emu {

const HeaGroup* HostEthernet::group(u32 id) const {
  const auto found = std::ranges::find(groups, id, &HeaGroup::id);
  return found == groups.end() ? nullptr : &*found;
}

const HeaPort* HostEthernet::port(u32 group, u32 id) const {
  const auto found = std::ranges::find_if(ports, [&](const HeaPort& port) { return port.group == group && port.id == id; });
  return found == ports.end() ? nullptr : &*found;
}

std::optional<u32> hea_from(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  u32 id = 0;
  for (const char digit : text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const size_t value = digits.find(digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit);
    if (value == digits.npos) return std::nullopt;
    id = id << 4 | static_cast<u32>(value);
  }
  return id;
}

std::vector<u32> port_groups(size_t ports, u32 speed) {
  if (ports == 2 && speed == 1000) return {1, 1};
  if (ports == 2 && speed == 10000) return {1, 2};
  if (ports == 4 && speed == 1000) return {1, 1, 2, 2};
  return {};
}

void take_settings(HostEthernet& adapter, std::span<const HostEthernet> kept, bool begins) {
  const auto known = std::ranges::find(kept, adapter.adapter_id, &HostEthernet::adapter_id);
  if (known == kept.end()) return;
  for (HeaPort& port : adapter.ports)
    if (const HeaPort* set = known->port(port.group, port.id)) {
      port.promisc_lpar_id = set->promisc_lpar_id;
      port.conn_speed = set->conn_speed;
      port.duplex = set->duplex;
      port.max_recv_packet_size = set->max_recv_packet_size;
    }
  for (HeaGroup& group : adapter.groups)
    if (const HeaGroup* set = known->group(group.id)) {
      group.pend_mcs = set->pend_mcs;
      group.mcs = begins ? set->pend_mcs : set->mcs;
    }
}

std::string broken_hea_rule(const HostEthernet& adapter) {
  constexpr std::array<std::string_view, 5> speeds = {"auto", "10", "100", "1000", "10000"};
  constexpr std::array<std::string_view, 3> modes = {"auto", "half", "full"};
  for (const HeaGroup& group : adapter.groups)
    if (!is_scaling(group.mcs) || !is_scaling(group.pend_mcs)) return "a Multi-Core Scaling value is 1, 2, 4, 8 or 16";
  for (const HeaPort& port : adapter.ports) {
    const auto speed = parse_number<u32>(port.conn_speed);
    if (!std::ranges::count(speeds, port.conn_speed) || speed.value_or(0) > adapter.speed)
      return fmt::format("conn_speed is auto, or a speed in Mbps of no more than {}", adapter.speed);
    if (!std::ranges::count(modes, port.duplex)) return "duplex is auto, half or full";
    if (port.max_recv_packet_size != 1500 && port.max_recv_packet_size != 9000) return "max_recv_packet_size is 1500 or 9000";
  }
  return "";
}

bool vlans_from(std::string_view text, LogicalPort& to) {
  to.vlans.clear();
  to.all_vlans = text == "all";
  if (to.all_vlans || text == "none") return true;
  for (const std::string& each : split(text, ',')) {
    const auto vlan = parse_number<u16>(each);
    if (!vlan || *vlan == 0 || *vlan > 4094 || std::ranges::count(to.vlans, *vlan)) return false;
    to.vlans.push_back(*vlan);
  }
  return to.vlans.size() <= most_port_vlans;
}

std::optional<LogicalPort> logical_port_from(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() != 5) return std::nullopt;
  LogicalPort port;
  const auto adapter = hea_from(parts[0]);
  const auto group = parse_number<u32>(parts[1]), physical = parse_number<u32>(parts[2]), logical = parse_number<u32>(parts[3]);
  if (!adapter || !group || !physical || !logical || *logical == 0 || *logical > logical_ports_of_group) return std::nullopt;
  port.adapter_id = *adapter;
  port.group = *group;
  port.phys_port = *physical;
  port.logical_port = *logical;
  if (!vlans_from(parts[4], port)) return std::nullopt;
  return port;
}

std::string vlans_text(const LogicalPort& port) {
  if (port.all_vlans) return "all";
  return port.vlans.empty() ? "none" : fmt::format("{}", fmt::join(port.vlans, ","));
}

std::string text_of(const LogicalPort& port) {
  return fmt::format("{}/{}/{}/{}/{}", hea_text(port.adapter_id), port.group, port.phys_port, port.logical_port,
                     vlans_text(port));
}

}  // namespace emu
