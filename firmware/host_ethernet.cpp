// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/host_ethernet.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "firmware/lpars.h"

namespace firmware {

namespace {

// Calls for each logical port of a partition that runs, or is about to; the first one that it answers true for is the one.
const Lpar* owner(const Lpars& lpars, u32 but_lpar_id, const std::function<bool(const emu::LogicalPort&)>& is_it) {
  for (const auto& [id, lpar] : lpars.all()) {
    if (id == but_lpar_id || !lpar.holds_resources || !lpar.definition.current) continue;
    for (const std::string& text : lpar.definition.current->lhea_logical_ports)
      if (const auto port = emu::logical_port_from(text); port && is_it(*port)) return &lpar;
  }
  return nullptr;
}

}  // namespace

emu::Status logical_ports_free(std::span<const emu::HostEthernet> adapters, const Lpars& lpars, const emu::LparDefinition& of,
                               const std::vector<std::string>& wanted) {
  for (const std::string& text : wanted) {
    const auto port = emu::logical_port_from(text);
    if (!port) continue;
    const std::string name = emu::hea_text(port->adapter_id);
    const auto adapter = std::ranges::find(adapters, port->adapter_id, &emu::HostEthernet::adapter_id);
    if (adapter == adapters.end())
      return emu::Error{"HSCLF080",
                        fmt::format("The managed system has no host Ethernet adapter {}. Use lshwres -r hea --rsubtype "
                                    "phys --level sys to list them.",
                                    name)};
    const emu::HeaGroup* group = adapter->group(port->group);
    const emu::HeaPort* physical = adapter->port(port->group, port->phys_port);
    if (!group || !physical)
      return emu::Error{"HSCLF081", fmt::format("The host Ethernet adapter {} has no physical port {} in a port group {}.", name,
                                                port->phys_port, port->group)};
    if (port->logical_port > group->logical_ports())
      return emu::Error{"HSCLF082",
                        fmt::format("The port group {} of the host Ethernet adapter {} has the logical ports 1 to {}, by "
                                    "its Multi-Core Scaling value, and not {}.",
                                    port->group, name, group->logical_ports(), port->logical_port)};
    if (physical->promisc_lpar_id && physical->promisc_lpar_id != of.lpar_id)
      return emu::Error{"HSCLF085",
                        fmt::format("The physical port {} in port group {} of the host Ethernet adapter {} is in promiscuous "
                                    "mode for the partition with the ID {}, and no other partition may use it.",
                                    port->phys_port, port->group, name, physical->promisc_lpar_id)};
    if (const Lpar* other = owner(lpars, of.lpar_id, [&](const emu::LogicalPort& each) { return each.same_port(*port); }))
      return emu::Error{
          "HSCLF083",
          fmt::format("Partition {} has the logical port {} in port group {} of the host Ethernet adapter {} already.",
                      other->definition.name, port->logical_port, port->group, name)};
  }
  return emu::success();
}

emu::Status host_ethernet_may_become(const emu::HostEthernet& before, const emu::HostEthernet& wanted, const Lpars& lpars) {
  const std::string name = emu::hea_text(before.adapter_id);
  if (const std::string rule = emu::broken_hea_rule(wanted); !rule.empty())
    return emu::Error{"HSCLF086", fmt::format("The host Ethernet adapter {} cannot be so: {}.", name, rule)};
  for (const emu::HeaPort& port : wanted.ports) {
    const emu::HeaPort* was = before.port(port.group, port.id);
    if (!was || was->promisc_lpar_id == port.promisc_lpar_id || port.promisc_lpar_id == 0) continue;
    const Lpar* lpar = lpars.find(port.promisc_lpar_id);
    const auto here = [&](const emu::LogicalPort& each) {
      return each.adapter_id == before.adapter_id && each.group == port.group && each.phys_port == port.id;
    };
    if (!lpar) return emu::Error{"HSCLF087", fmt::format("There is no partition with the ID {}.", port.promisc_lpar_id)};
    if (const Lpar* other = owner(lpars, port.promisc_lpar_id, here))
      return emu::Error{"HSCLF088",
                        fmt::format("The physical port {} in port group {} of the host Ethernet adapter {} cannot be in "
                                    "promiscuous mode for partition {}: partition {} uses it.",
                                    port.id, port.group, name, lpar->definition.name, other->definition.name)};
  }
  return emu::success();
}

}  // namespace firmware
