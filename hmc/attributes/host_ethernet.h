// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Host Ethernet adapters, and what partitions have of them. (`lshwres -r hea`; Redbook, appendix A)

#include <span>
#include <string>
#include <vector>

#include "emu/core/host_ethernet.h"
#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct HeaRow {
  const System* system = nullptr;
  const emu::HostEthernet* adapter = nullptr;
  const emu::HeaGroup* group = nullptr;  // of a row about one
  const emu::HeaPort* port = nullptr;    // likewise
};
std::span<const Attribute<HeaRow>> hea_attributes();
std::span<const Attribute<HeaRow, emu::HeaGroup>> hea_group_attributes();
// Who is promiscuous is said by name or ID, and looked up by the command.
std::span<const Attribute<HeaRow, emu::HeaPort>> hea_port_attributes();

// What a partition that runs has.
struct LogicalPortRow {
  const Lpar* lpar = nullptr;
  const emu::HostEthernet* adapter = nullptr;
  emu::LogicalPort port;
};
std::span<const Attribute<LogicalPortRow>> lhea_attributes();  // one for each adapter and partition
std::span<const Attribute<LogicalPortRow, emu::LogicalPort>> logical_port_attributes();

std::vector<LogicalPortRow> logical_ports_of(const System&);

}  // namespace hmc::attributes
