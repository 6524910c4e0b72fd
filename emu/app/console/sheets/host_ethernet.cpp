// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, figures: host Ethernet adapters of a system, and the configuration of a physical port.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

Source ports(const std::string& system) {
  return source("port", system, "lshwres -r hea --rsubtype phys --level port",
                {"adapter_id", "port_group", "phys_port_id", "phys_port_loc", "conn_speed", "duplex", "max_recv_packet_size",
                 "promisc_lpar_id"});
}
Source groups(const std::string& system) {
  return source(
      "group", system, "lshwres -r hea --rsubtype phys --level port_group",
      {"adapter_id", "port_group", "unassigned_logical_port_ids", "curr_port_group_mcs_value", "pend_port_group_mcs_value"});
}

// A sheet's lines show the first row of a source: this port, and this group.
struct Port {
  std::string system, adapter, group, port;
};

std::vector<std::string> chosen(const Listing& listing, const Port& of, std::initializer_list<std::string_view> names,
                                bool physical) {
  for (size_t i = 0; i < listing.rows.size(); ++i) {
    if (listing.value(i, "adapter_id") != of.adapter || listing.value(i, "port_group") != of.group) continue;
    if (physical && listing.value(i, "phys_port_id") != of.port) continue;
    std::vector<std::string> values;
    for (const std::string_view name : names) values.push_back(listing.value(i, name));
    return values;
  }
  return {};
}

std::vector<std::string> partition_ids(const Sheet& sheet) {
  std::vector<std::string> ids{"none"};
  for (const Words& row : sheet.listing("lpar").rows) ids.push_back(row[1]);
  return ids;
}

// What was listed of the port when its window was opened is what the lines begin with.
Definition port_configuration(const Port& of, const std::vector<std::string>& port, const std::vector<std::string>& group) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = fmt::format("HEA Physical Port Configuration - {}", port.at(0));
  sheet->sources = {source("lpar", of.system, "lssyscfg -r lpar", {"name", "lpar_id"})};
  sheet->once = true;
  constexpr auto text = FieldKind::text;
  sheet->tabs = {{"Port",
                  {{"Adapter", "", "adapter_id", FieldKind::shown, {}, {}, {}, of.adapter},
                   {"Physical port location", "", "phys_port_loc", FieldKind::shown, {}, {}, {}, port.at(0)},
                   {"Speed", "", "conn_speed", text, {}, {}, {}, port.at(1)},
                   {"Duplex", "", "duplex", text, {}, {}, {}, port.at(2)},
                   {"Maximum receiving packet size", "", "max_recv_packet_size", text, {}, {}, {}, port.at(3)},
                   {"Promiscuous LPAR", "", "promisc_lpar_id", FieldKind::choice, {}, partition_ids, {}, port.at(4)},
                   {"Current Port Group Multi-Core Scaling value",
                    "",
                    "curr_port_group_mcs_value",
                    FieldKind::shown,
                    {},
                    {},
                    {},
                    group.at(0)},
                   {"Pending Port Group Multi-Core Scaling value",
                    "",
                    "pend_port_group_mcs_value",
                    FieldKind::choice,
                    {},
                    [](const Sheet&) {
                      return Words{"1", "2", "4", "8", "16"};
                    },
                    {},
                    group.at(1)}},
                  {{"Partitions", {"Name", "ID"}, listed_rows("lpar", {"name", "lpar_id"})}}}};
  sheet->changes = [of, port, group](const Sheet& changed) {
    std::vector<Command> commands;
    std::vector<std::string> pairs;
    const auto compare = [&](const char* name, const std::string& before) {
      if (const std::string now = changed.value(name); now != before) pairs.push_back(assignment(name, now));
    };
    compare("conn_speed", port.at(1));
    compare("duplex", port.at(2));
    compare("max_recv_packet_size", port.at(3));
    compare("promisc_lpar_id", port.at(4));
    const auto set = [&](Words place) {
      Words words{"-l", of.adapter, "-g", of.group};
      words.insert(words.end(), place.begin(), place.end());
      words.insert(words.end(), {"-a", fmt::format("{}", fmt::join(pairs, ","))});
      commands.push_back(command(of.system, "chhwres -r hea -o s", words));
      pairs.clear();
    };
    if (!pairs.empty()) set({"--physport", of.port});
    compare("pend_port_group_mcs_value", group.at(1));
    if (!pairs.empty()) set({});
    return commands;
  };
  return sheet;
}

}  // namespace

Definition host_ethernet(const std::string& system) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = "Host Ethernet Adapters - " + system;
  sheet->sources = {ports(system), groups(system),
                    source("logical", system, "lshwres -r hea --rsubtype logical --level port",
                           {"lpar_name", "adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"})};
  sheet->tabs = {
      {"Host Ethernet",
       {},
       {{"Physical ports",
         {"Physical Port Location", "Adapter", "Port group", "Port", "Speed", "Duplex", "Promiscuous LPAR"},
         listed_rows("port",
                     {"phys_port_loc", "adapter_id", "port_group", "phys_port_id", "conn_speed", "duplex", "promisc_lpar_id"}),
         {{"O", "Configure",
           [system](const Sheet& from, size_t row) {
             const Listing& all = from.listing("port");
             const Port of{system, all.value(row, "adapter_id"), all.value(row, "port_group"), all.value(row, "phys_port_id")};
             const auto port =
                 chosen(all, of, {"phys_port_loc", "conn_speed", "duplex", "max_recv_packet_size", "promisc_lpar_id"}, true);
             const auto group =
                 chosen(from.listing("group"), of, {"curr_port_group_mcs_value", "pend_port_group_mcs_value"}, false);
             if (port.empty() || group.empty()) return Deed{{}, {}, "That port is gone."};
             return Deed{{}, port_configuration(of, port, group), {}};
           }}}},
        {"Port groups",
         {"Port group", "Adapter", "Free logical ports", "Multi-Core Scaling", "Pending"},
         listed_rows("group", {"port_group", "adapter_id", "unassigned_logical_port_ids", "curr_port_group_mcs_value",
                               "pend_port_group_mcs_value"})},
        {"Logical ports",
         {"Partition", "Adapter", "Port group", "Physical port", "Logical port", "VLANs"},
         listed_rows("logical", {"lpar_name", "adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"})}}}};
  return sheet;
}

}  // namespace emu::app::console
