// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/tables.h"

#include <utility>

#include "hmc/attributes/host_ethernet.h"
#include "hmc/attributes/lpar.h"
#include "hmc/attributes/memory.h"
#include "hmc/attributes/on_demand.h"
#include "hmc/attributes/password_policy.h"
#include "hmc/attributes/physical_io.h"
#include "hmc/attributes/processor_pool.h"
#include "hmc/attributes/processors.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/system.h"
#include "hmc/attributes/system_profile.h"
#include "hmc/attributes/user.h"
#include "hmc/attributes/virtual_io.h"

namespace hmc::attributes {

namespace {

template <class Row, class Subject>
TableText text_of(std::string_view resource, std::string_view listing, std::vector<std::string_view> commands,
                  std::span<const Attribute<Row, Subject>> table) {
  TableText text{resource, listing, std::move(commands), {}};
  for (const auto& row : table)
    text.attributes.push_back({row.column.name, row.column.shown, row.type, row.settable, row.help, row.column.listed});
  return text;
}

}  // namespace

std::vector<TableText> all_tables() {
  std::vector<TableText> all{
      text_of("a managed system", "lssyscfg -r sys", {"lssyscfg", "chsyscfg"}, system_attributes()),
      text_of("a partition", "lssyscfg -r lpar", {"lssyscfg", "mksyscfg", "chsyscfg"}, lpar_attributes()),
      text_of("a profile", "lssyscfg -r prof", {"lssyscfg", "mksyscfg", "chsyscfg"}, profile_attributes()),
      text_of("a system profile", "lssyscfg -r sysprof", {"lssyscfg", "mksyscfg", "chsyscfg"}, system_profile_attributes()),
      text_of("memory of a system", "lshwres -r mem --level sys", {"lshwres", "chhwres"}, system_memory()),
      text_of("memory of a partition", "lshwres -r mem --level lpar", {"lshwres"}, lpar_memory()),
      text_of("processors of a system", "lshwres -r proc --level sys", {"lshwres"}, system_processors()),
      text_of("processors of a partition", "lshwres -r proc --level lpar", {"lshwres"}, lpar_processors()),
      text_of("a shared processor pool", "lshwres -r procpool", {"lshwres", "chhwres"}, pool_attributes()),
      text_of("how a partition that runs shares processors", "chhwres -r proc -o s", {"chhwres"}, processor_share()),
      text_of("On/Off Capacity on Demand of processors", "lscod -t cap -c onoff -r proc", {"lscod"}, on_demand_processors()),
      text_of("On/Off Capacity on Demand of memory", "lscod -t cap -c onoff -r mem", {"lscod"}, on_demand_memory()),
      text_of("virtual slots of a partition", "lshwres -r virtualio --rsubtype slot --level lpar", {"lshwres"},
              slots_attributes()),
      text_of("a physical slot", "lshwres -r io --rsubtype slot", {"lshwres"}, physical_slot_attributes()),
      text_of("a host Ethernet adapter", "lshwres -r hea --rsubtype phys --level sys", {"lshwres"}, hea_attributes()),
      text_of("a port group of a host Ethernet adapter", "lshwres -r hea --rsubtype phys --level port_group",
              {"lshwres", "chhwres"}, hea_group_attributes()),
      text_of("a physical port of a host Ethernet adapter", "lshwres -r hea --rsubtype phys --level port", {"lshwres", "chhwres"},
              hea_port_attributes()),
      text_of("a logical host Ethernet adapter", "lshwres -r hea --rsubtype logical --level sys", {"lshwres"}, lhea_attributes()),
      text_of("a logical port of a host Ethernet adapter", "lshwres -r hea --rsubtype logical --level port",
              {"lshwres", "chhwres"}, logical_port_attributes()),
      text_of("a user of the console", "lshmcusr", {"lshmcusr", "mkhmcusr", "chhmcusr"}, user_attributes()),
      text_of("what new users of the console get", "lshmcusr -t default", {"lshmcusr", "chhmcusr"}, user_defaults_attributes()),
      text_of("a password policy", "lspwdpolicy -t p", {"lspwdpolicy", "mkpwdpolicy", "chpwdpolicy"},
              password_policy_attributes()),
      text_of("password policies as a whole", "lspwdpolicy -t s", {"lspwdpolicy"}, password_policy_status()),
      text_of("a virtual Ethernet switch", "lshwres -r virtualio --rsubtype vswitch", {"lshwres"}, switch_attributes()),
      text_of("a virtual network", "lshwres -r virtualio --rsubtype vnetwork", {"lshwres"}, network_attributes()),
  };
  for (const AdapterKinds& kinds : adapter_kinds()) {
    std::vector<std::string_view> commands{"lshwres"};
    if (kinds.added) commands.emplace_back("chhwres");
    TableText& text = all.emplace_back(text_of(kinds.resource, kinds.listing, std::move(commands), kinds.attributes));
    if (kinds.added) continue;
    for (AttributeText& each : text.attributes)
      if (each.settable == Settable::added) each.settable = Settable::never;
  }
  return all;
}

}  // namespace hmc::attributes
