// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/host_ethernet.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/attributes/list.h"

namespace hmc::attributes {

namespace {

constexpr Shown always = Shown::always;

// ---- physical ----

using Hea = const HeaRow&;

Value adapter_id(Hea r) { return emu::hea_text(r.adapter->adapter_id); }

constexpr Attribute<HeaRow> adapters[] = {
    {{"adapter_id", always, adapter_id}, Type::text, "By which commands name it."},
    {{"phys_loc", always, [](Hea r) { return Value(r.adapter->location); }, of_ours}, Type::text, "Its location code."},
};

Value phys_ports(Hea r) {
  std::vector<std::string> ids;
  for (const emu::HeaPort& port : r.adapter->ports)
    if (port.group == r.group->id) ids.push_back(std::to_string(port.id));
  return list_text(ids);
}

Value unassigned(Hea r) {
  std::vector<std::string> ids;
  const auto taken = logical_ports_of(*r.system);
  for (u32 id = 1; id <= r.group->logical_ports(); ++id)
    if (std::ranges::none_of(taken, [&](const LogicalPortRow& row) {
          return row.adapter == r.adapter && row.port.group == r.group->id && row.port.logical_port == id;
        }))
      ids.push_back(std::to_string(id));
  return ids.empty() ? Value("none") : Value(list_text(ids));
}

emu::Status set_scaling(emu::HeaGroup& group, const Assignment& assignment) {
  TRY(to_number(group.pend_mcs, assignment));
  return emu::is_scaling(group.pend_mcs)
             ? emu::success()
             : emu::Status(breaks_rule(assignment.name, assignment.text, "a Multi-Core Scaling value is 1, 2, 4, 8 or 16"));
}

constexpr Attribute<HeaRow, emu::HeaGroup> groups[] = {
    {{"adapter_id", always, adapter_id, of_client}, Type::text, "The adapter.", Settable::names},
    {{"port_group", always, [](Hea r) { return Value(r.group->id); }, of_client}, Type::number, "Its number.", Settable::names},
    {{"phys_port_ids", always, phys_ports, of_client}, Type::list, "Its physical ports."},
    {{"unassigned_logical_port_ids", always, unassigned, of_client}, Type::list, "Its logical ports that nobody has."},
    {{"curr_port_group_mcs_value", always, [](Hea r) { return Value(r.group->mcs); }, of_ours},
     Type::number,
     "Multi-Core Scaling: it has 16 logical ports, divided by this."},
    {{"pend_port_group_mcs_value", always, [](Hea r) { return Value(r.group->pend_mcs); }, of_client},
     Type::number,
     "The same, from the system's next power-on: 1, 2, 4, 8, 16.",
     Settable::running,
     set_scaling},
};

Value promiscuous(Hea r, bool name) {
  if (!r.port->promisc_lpar_id) return name ? Value::absent() : Value("none");
  const Lpar* lpar = r.system->lpar(r.port->promisc_lpar_id);
  return !name ? Value(r.port->promisc_lpar_id) : lpar ? Value(lpar->name()) : Value::absent();
}

template <auto member>
emu::Status set_word(emu::HeaPort& port, const Assignment& assignment) {
  return to_text(port.*member, assignment);
}
emu::Status set_size(emu::HeaPort& port, const Assignment& assignment) {
  return to_number(port.max_recv_packet_size, assignment);
}
// By its name or number: the command has looked it up.
emu::Status lpar_is_known(emu::HeaPort&, const Assignment&) { return emu::success(); }

constexpr Attribute<HeaRow, emu::HeaPort> ports[] = {
    {{"adapter_id", always, adapter_id, of_client}, Type::text, "The adapter.", Settable::names},
    {{"port_group", always, [](Hea r) { return Value(r.port->group); }, of_client},
     Type::number,
     "Its port group.",
     Settable::names},
    {{"phys_port_id", always, [](Hea r) { return Value(r.port->id); }, of_client},
     Type::number,
     "Its number there.",
     Settable::names},
    {{"phys_port_loc", always, [](Hea r) { return Value(r.port->location); }, of_ours}, Type::text, "Its location code."},
    {{"conn_speed", always, [](Hea r) { return Value(r.port->conn_speed); }, of_ours},
     Type::word,
     "Mbps: auto, 10, 100, 1000, 10000.",
     Settable::running,
     set_word<&emu::HeaPort::conn_speed>},
    {{"duplex", always, [](Hea r) { return Value(r.port->duplex); }, of_ours},
     Type::word,
     "auto, half, full.",
     Settable::running,
     set_word<&emu::HeaPort::duplex>},
    {{"max_recv_packet_size", always, [](Hea r) { return Value(r.port->max_recv_packet_size); }, of_ours},
     Type::number,
     "The largest packet that it receives: 1500, 9000.",
     Settable::running,
     set_size},
    {{"promisc_lpar_name", always, [](Hea r) { return promiscuous(r, true); }, of_ours},
     Type::text,
     "The partition that gets all packets, and has the port alone.",
     Settable::running,
     lpar_is_known},
    {{"promisc_lpar_id", always, [](Hea r) { return promiscuous(r, false); }, of_client},
     Type::word,
     "Its ID, or none.",
     Settable::running,
     lpar_is_known},
};

// ---- logical ----

using Port = const LogicalPortRow&;

constexpr Attribute<LogicalPortRow> lheas[] = {
    {{"adapter_id", always, [](Port r) { return Value(emu::hea_text(r.port.adapter_id)); }}, Type::text, "The adapter."},
    {{"lpar_id", always, [](Port r) { return Value(r.lpar->id()); }}, Type::number, "The partition's ID."},
    {{"lpar_name", always, [](Port r) { return Value(r.lpar->name()); }}, Type::text, "The partition's name."},
    {{"drc_index", always, [](Port r) { return Value(fmt::format("23C0{:02X}{:02X}", r.lpar->id(), r.port.adapter_id & 0xFF)); }},
     Type::text,
     "The number of its connector."},
    {{"drc_name", always, [](Port r) { return Value(fmt::format("HEA {}", (r.port.adapter_id & 0xFF) + 1)); }},
     Type::text,
     "The name of its connector."},
    {{"capabilities", always, [](Port) { return Value(0); }}, Type::number, "0: no queues beside those that each has."},
    {{"ieq", always, [](Port) { return Value(0); }}, Type::number, "Interruptible event queues beside these."},
    {{"nieq", always, [](Port) { return Value(0); }}, Type::number, "Other event queues beside these."},
    {{"qp", always, [](Port) { return Value(0); }}, Type::number, "Queue pairs beside these."},
    {{"cq", always, [](Port) { return Value(0); }}, Type::number, "Completion queues beside these."},
    {{"mr", always, [](Port) { return Value(0); }}, Type::number, "Memory regions beside these."},
};

emu::Status set_vlans(emu::LogicalPort& port, const Assignment& assignment) {
  const bool set = assignment.change == Change::set;
  return set && emu::vlans_from(assignment.text, port)
             ? emu::success()
             : emu::Status(breaks_rule(assignment.name, assignment.text, "VLANs are all, none, or up to 20 of 1 to 4094"));
}

constexpr Attribute<LogicalPortRow, emu::LogicalPort> logical[] = {
    {{"adapter_id", always, [](Port r) { return Value(emu::hea_text(r.port.adapter_id)); }, of_client},
     Type::text,
     "The adapter.",
     Settable::names},
    {{"lpar_id", always, [](Port r) { return Value(r.lpar->id()); }, of_client},
     Type::number,
     "The ID of the partition that has it.",
     Settable::names},
    {{"lpar_name", always, [](Port r) { return Value(r.lpar->name()); }, of_client},
     Type::text,
     "The partition's name.",
     Settable::names},
    {{"port_group", always, [](Port r) { return Value(r.port.group); }, of_client},
     Type::number,
     "Its port group.",
     Settable::names},
    {{"phys_port_id", always, [](Port r) { return Value(r.port.phys_port); }, of_client},
     Type::number,
     "The physical port that it leads to.",
     Settable::names},
    {{"logical_port_id", always, [](Port r) { return Value(r.port.logical_port); }, of_ours},
     Type::number,
     "Its number in the port group.",
     Settable::names},
    {{"vlan_id_list", always, [](Port r) { return Value(emu::vlans_text(r.port)); }, of_ours},
     Type::list,
     "The VLANs whose packets pass it: all, none, or some.",
     Settable::running,
     set_vlans},
};

}  // namespace

std::span<const Attribute<HeaRow>> hea_attributes() { return adapters; }
std::span<const Attribute<HeaRow, emu::HeaGroup>> hea_group_attributes() { return groups; }
std::span<const Attribute<HeaRow, emu::HeaPort>> hea_port_attributes() { return ports; }
std::span<const Attribute<LogicalPortRow>> lhea_attributes() { return lheas; }
std::span<const Attribute<LogicalPortRow, emu::LogicalPort>> logical_port_attributes() { return logical; }

std::vector<LogicalPortRow> logical_ports_of(const System& system) {
  std::vector<LogicalPortRow> all;
  for (const Lpar& lpar : system.lpars) {
    if (!lpar.info.has_resources || !lpar.current()) continue;
    for (const std::string& text : lpar.current()->lhea_logical_ports) {
      const auto port = emu::logical_port_from(text);
      const auto adapter = std::ranges::find(system.info.heas, port ? port->adapter_id : 0, &emu::HostEthernet::adapter_id);
      if (port && adapter != system.info.heas.end()) all.push_back({&lpar, &*adapter, *port});
    }
  }
  return all;
}

}  // namespace hmc::attributes
