// SPDX-License-Identifier: GPL-2.0-or-later
// lshwres: memory, processors, virtual adapters. What it shows: hmc/attributes.
#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "hmc/attributes/host_ethernet.h"
#include "hmc/attributes/memory.h"
#include "hmc/attributes/physical_io.h"
#include "hmc/attributes/processor_pool.h"
#include "hmc/attributes/processors.h"
#include "hmc/attributes/virtual_io.h"
#include "hmc/cli/commands.h"
#include "hmc/lpm/checks.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-r"}, {"-m"}, {"--level"}, {"--rsubtype"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

using attributes::AdapterRow;
using attributes::CapacityRow;
using attributes::NetworkRow;
using attributes::SlotsRow;
using attributes::SwitchRow;
using emu::AdapterKind;

Result<int> list_capacity(Call& call, bool memory) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const std::string level = call.options.value("--level");
  if (level == "sys") {
    if (call.options.has("--filter")) return usage_error("--filter");
    const std::vector<service::SystemInfo> rows = {system->info};
    call.print(memory ? TRY(list(attributes::system_memory(), rows, call.options, call.release()))
                      : TRY(list(attributes::system_processors(), rows, call.options, call.release())));
    return 0;
  }
  if (level != "lpar") return usage_error("--level");
  std::vector<CapacityRow> rows;
  for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) {
    rows.push_back({lpar, current_configuration(*lpar), lpar->running(), system});
  }
  call.print(TRY(list(memory ? attributes::lpar_memory() : attributes::lpar_processors(), rows, call.options, call.release())));
  return 0;
}

std::string backing_of(const Lpar& lpar, const emu::VirtualAdapter& adapter) {
  if (!lpar.vios) return "";
  std::vector<std::string> devices;
  for (const auto& host : lpar.vios->hosts) {
    if (host.slot != adapter.slot || emu::row_of(adapter.kind).end != emu::End::server) continue;
    for (const auto& target : host.targets)
      devices.push_back(fmt::format("0x{:016x}/{}/{}", target.lun, target.vtd, target.backing));
  }
  return list_text(devices);
}

// SIMPLIFIED: no memory pools, no SR-IOV, vNIC and persistent memory; a system without them answers like this.
constexpr std::string_view resources_without_any[] = {"mempool", "pmem", "sriov"};
constexpr std::string_view kinds_without_any[] = {"vnic", "vnicbkdev"};
constexpr std::string_view physical_without_any[] = {"bus", "iopool", "recoverableio", "slotchildren", "taggedio", "unit"};

Result<int> list_nothing(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  TRY(system_of(call, inventory));
  call.print("No results were found.\n");
  return 0;
}

Result<int> list_pools(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  Data filter;
  if (call.options.has("--filter")) filter = TRY(Data::parse(call.options.value("--filter")));
  for (const Assignment& each : filter.all())
    if (each.change != attributes::Change::set || (each.name != "pool_names" && each.name != "pool_ids"))
      return usage_error("--filter");
  if (filter.find("pool_names") && filter.find("pool_ids")) return usage_error("--filter");
  std::vector<emu::ProcessorPool> all = emu::all_pools(system->info.processor_pools);
  std::vector<std::string> wanted;  // numbers
  for (const std::string& name : filter.values("pool_names")) {
    const auto found = std::ranges::find(all, name, &emu::ProcessorPool::name);
    if (found == all.end()) return say("HSCLF22B", system->name(), name);
    wanted.push_back(std::to_string(found->id));
  }
  for (const std::string& text : filter.values("pool_ids")) {
    const auto id = parse_number<u32>(text);
    if (!id) return usage_error("--filter");
    if (std::ranges::count(all, *id, &emu::ProcessorPool::id) == 0) return say("HSCLF22B", system->name(), text);
    wanted.push_back(std::to_string(*id));
  }
  std::vector<attributes::PoolRow> rows;
  for (emu::ProcessorPool& pool : all) {
    if (!wanted.empty() && std::ranges::count(wanted, std::to_string(pool.id)) == 0) continue;
    attributes::PoolRow row{std::move(pool), {}, {}};
    for (const Lpar& lpar : system->lpars) {
      const emu::Capacity has = current_configuration(lpar);
      if (has.proc_mode != emu::ProcMode::shared || has.shared_proc_pool != row.pool.id) continue;
      row.lpar_names.push_back(lpar.name());
      row.lpar_ids.push_back(std::to_string(lpar.id()));
    }
    rows.push_back(std::move(row));
  }
  call.print(TRY(list(attributes::pool_attributes(), rows, call.options)));
  return 0;
}

// SIMPLIFIED: of physical I/O its slots alone, no buses, units, pools, or what is in a slot behind its adapter.
Result<int> list_io(Call& call) {
  static constexpr std::string_view of_slots[] = {"units", "buses", "slots"};
  const std::string rsubtype = call.options.value("--rsubtype");
  if (std::ranges::count(physical_without_any, rsubtype)) return list_nothing(call);
  if (rsubtype != "slot") return usage_error("--rsubtype");
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Filtered found = TRY(filtered(call, *system, of_slots));
  const bool of_some = !found.filter.values("lpar_names").empty() || !found.filter.values("lpar_ids").empty();
  const auto among = [&](std::string_view filter, const std::string& value) {
    const auto wanted = found.filter.values(filter);
    return wanted.empty() || std::ranges::count(wanted, value) > 0;
  };
  std::vector<attributes::PhysicalSlotRow> rows;
  for (const emu::PhysicalSlot& slot : system->info.slots) {
    const Lpar* owner = attributes::owner_of(*system, slot.drc_index);
    if (of_some && std::ranges::count(found.lpars, owner) == 0) continue;
    if (among("units", attributes::unit_location(slot)) && among("buses", std::to_string(slot.bus())) &&
        among("slots", emu::drc_text(slot.drc_index)))
      rows.push_back({&slot, owner});
  }
  call.print(TRY(list(attributes::physical_slot_attributes(), rows, call.options, call.release())));
  return 0;
}

Result<int> list_physical_hea(Call& call, const System& system, const std::string& level) {
  if (call.options.has("--filter")) return usage_error("--filter");
  std::vector<attributes::HeaRow> adapters, groups, ports;
  for (const emu::HostEthernet& adapter : system.info.heas) {
    adapters.push_back({&system, &adapter, nullptr, nullptr});
    for (const emu::HeaGroup& group : adapter.groups) groups.push_back({&system, &adapter, &group, nullptr});
    for (const emu::HeaPort& port : adapter.ports) ports.push_back({&system, &adapter, adapter.group(port.group), &port});
  }
  const Options& options_given = call.options;
  if (level == "sys") call.print(TRY(list(attributes::hea_attributes(), adapters, options_given, call.release())));
  if (level == "port_group") call.print(TRY(list(attributes::hea_group_attributes(), groups, options_given, call.release())));
  if (level == "port") call.print(TRY(list(attributes::hea_port_attributes(), ports, options_given, call.release())));
  return 0;
}

Result<int> list_hea(Call& call) {
  const std::string rsubtype = call.options.value("--rsubtype"), level = call.options.value("--level");
  if (rsubtype != "phys" && rsubtype != "logical") return usage_error("--rsubtype");
  if (level != "sys" && level != "port" && (level != "port_group" || rsubtype != "phys")) return usage_error("--level");
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  if (rsubtype == "phys") return list_physical_hea(call, *system, level);
  const Filtered found = TRY(filtered(call, *system));
  std::vector<attributes::LogicalPortRow> rows = attributes::logical_ports_of(*system);
  std::erase_if(rows, [&](const auto& row) { return std::ranges::count(found.lpars, row.lpar) == 0; });
  if (level == "port") {
    call.print(TRY(list(attributes::logical_port_attributes(), rows, call.options, call.release())));
    return 0;
  }
  // What a partition has of an adapter is one.
  std::vector<attributes::LogicalPortRow> adapters;
  for (const auto& row : rows)
    if (std::ranges::none_of(adapters, [&](const auto& each) { return each.lpar == row.lpar && each.adapter == row.adapter; }))
      adapters.push_back(row);
  call.print(TRY(list(attributes::lhea_attributes(), adapters, call.options, call.release())));
  return 0;
}

// Beside lpar_names and lpar_ids.
Names filters_of(std::string_view rsubtype) {
  static constexpr std::string_view of_ethernet[] = {"slots", "vswitches", "vlans"};
  static constexpr std::string_view of_network[] = {"vswitches", "vlans"};
  static constexpr std::string_view of_switch[] = {"vswitches"};
  static constexpr std::string_view of_adapter[] = {"slots"};
  if (rsubtype == "eth") return of_ethernet;
  if (rsubtype == "vnetwork") return of_network;
  if (rsubtype == "vswitch") return of_switch;
  return of_adapter;
}

bool among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::count(wanted, value) > 0;
}

// The VLANs that virtual Ethernet adapters are in, each once: untagged if it is an adapter's own, else tagged.
std::vector<NetworkRow> networks_of(const Filtered& found) {
  const std::vector<std::string> switches = found.filter.values("vswitches"), vlans = found.filter.values("vlans");
  std::vector<NetworkRow> rows;
  const auto add = [&](const std::string& vswitch, u16 vlan, bool tagged) {
    if (!among(switches, vswitch) || !among(vlans, std::to_string(vlan))) return;
    const auto same = std::ranges::find_if(rows, [&](const NetworkRow& r) { return r.vswitch == vswitch && r.vlan == vlan; });
    if (same == rows.end())
      rows.push_back({vswitch, vlan, tagged});
    else
      same->tagged = same->tagged && tagged;
  };
  for (const Lpar* lpar : found.lpars)
    for (const emu::VirtualAdapter& adapter : current_configuration(*lpar).adapters) {
      if (adapter.kind != AdapterKind::ethernet) continue;
      add(adapter.vswitch, adapter.port_vlan_id, false);
      for (const u16 vlan : adapter.addl_vlan_ids) add(adapter.vswitch, vlan, true);
    }
  std::ranges::sort(rows, {}, [](const NetworkRow& r) { return std::pair(r.vswitch, r.vlan); });
  return rows;
}

// Filters of virtual Ethernet adapters.
bool passes(const Filtered& found, const emu::VirtualAdapter& adapter) {
  if (!among(found.filter.values("vswitches"), adapter.vswitch)) return false;
  const std::vector<std::string> vlans = found.filter.values("vlans");
  return among(vlans, std::to_string(adapter.port_vlan_id)) ||
         std::ranges::any_of(adapter.addl_vlan_ids, [&](u16 vlan) { return among(vlans, std::to_string(vlan)); });
}

Result<int> list_virtualio(Call& call) {
  const std::string rsubtype = call.options.value("--rsubtype");
  const std::string level = call.options.value("--level");
  if (std::ranges::count(kinds_without_any, rsubtype)) return list_nothing(call);
  const Inventory inventory = call.inventory(Detail::vios);
  const System* system = TRY(system_of(call, inventory));
  if ((rsubtype == "vswitch" || rsubtype == "vnetwork") && !level.empty() && level != "sys") return usage_error("--level");
  const Names allowed = filters_of(rsubtype);
  const Filtered found = TRY(filtered(call, *system, allowed));
  if (rsubtype == "slot" && level == "lpar") {
    std::vector<SlotsRow> rows;
    for (const Lpar* lpar : found.lpars) {
      rows.push_back({lpar, current_configuration(*lpar)});
    }
    call.print(TRY(list(attributes::slots_attributes(), rows, call.options, call.release())));
    return 0;
  }
  if (rsubtype == "vswitch") {
    std::vector<SwitchRow> rows = {{"ETHERNET0"}};
    for (const Lpar* lpar : found.lpars)
      for (const auto& adapter : lpar->info.adapters)
        if (adapter.kind == AdapterKind::ethernet && std::ranges::count(rows, adapter.vswitch, &SwitchRow::name) == 0)
          rows.push_back({adapter.vswitch});
    std::erase_if(rows, [&](const SwitchRow& row) { return !among(found.filter.values("vswitches"), row.name); });
    call.print(TRY(list(attributes::switch_attributes(), rows, call.options, call.release())));
    return 0;
  }
  if (rsubtype == "vnetwork") {
    call.print(TRY(list(attributes::network_attributes(), networks_of(found), call.options)));
    return 0;
  }
  const auto kinds = attributes::adapter_kinds();
  const auto kind = std::ranges::find(kinds, rsubtype, &attributes::AdapterKinds::rsubtype);
  if (kind == kinds.end()) return usage_error("--rsubtype");
  const bool level_known = level.empty() || level == "lpar" || (level == "slot" && rsubtype == "slot");
  if (!level_known) return usage_error("--level");
  const std::vector<std::string> slots = found.filter.values("slots");
  std::vector<AdapterRow> rows;
  for (const Lpar* lpar : found.lpars)
    for (const emu::VirtualAdapter& adapter : current_configuration(*lpar).adapters)
      if (attributes::lists(*kind, adapter.kind) && among(slots, std::to_string(adapter.slot)) && passes(found, adapter))
        rows.push_back({system, lpar, adapter, backing_of(*lpar, adapter)});
  call.print(TRY(list(kind->attributes, rows, call.options, call.release())));
  return 0;
}

}  // namespace

constinit const OptionTable lshwres_options = options;

Result<int> lshwres(Call& call) {
  static constexpr std::string_view of_all[] = {"--filter", "-F", "--header"};
  static constexpr std::string_view of_capacity[] = {"--level"};
  static constexpr std::string_view of_physical[] = {"--rsubtype"};
  const std::string what = call.options.value("-r");
  if (what == "mem" || what == "proc") TRY(takes_only(call, options, {of_all, of_capacity}));
  if (what == "procpool") TRY(takes_only(call, options, {of_all}));
  if (what == "io") TRY(takes_only(call, options, {of_all, of_physical}));
  if (what == "mem" || what == "proc") return list_capacity(call, what == "mem");
  if (what == "virtualio") return list_virtualio(call);
  if (what == "procpool") return list_pools(call);
  if (what == "io") return list_io(call);
  if (what == "hea") TRY(takes_only(call, options, {of_all, of_physical, of_capacity}));
  if (what == "hea") return list_hea(call);
  if (std::ranges::count(resources_without_any, what)) return list_nothing(call);
  return usage_error("-r");
}

}  // namespace hmc::cli
