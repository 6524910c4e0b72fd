// SPDX-License-Identifier: GPL-2.0-or-later
// lshwres: memory, processors, virtual adapters. (docs/hmc.md, Order of attributes)
#include <algorithm>

#include <fmt/format.h>

#include "emu/core/partner.h"
#include "hmc/cli/commands.h"
#include "hmc/lpm/checks.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-r"}, {"-m"}, {"--level"}, {"--rsubtype"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
using emu::AdapterKind;

// ---- mem, proc: the system ----

using Sys = const service::SystemInfo&;

constexpr Column<service::SystemInfo> sys_mem[] = {
    {"configurable_sys_mem", always, [](Sys s) { return Value(s.installed_mem_mb); }},
    {"curr_avail_sys_mem", always, [](Sys s) { return Value(s.available_mem_mb); }},
    {"pend_avail_sys_mem", always, [](Sys s) { return Value(s.available_mem_mb); }},
    {"installed_sys_mem", always, [](Sys s) { return Value(s.installed_mem_mb); }},
    {"deconfig_sys_mem", always, [](Sys) { return Value(0); }},
    {"sys_firmware_mem", always, [](Sys s) { return Value(s.firmware_mem_mb); }},
    {"mem_region_size", always, [](Sys s) { return Value(s.lmb_mb); }},
    {"configurable_num_sys_huge_pages", always, [](Sys s) { return Value(limits_of(s).huge_pages()); }},
    {"curr_avail_num_sys_huge_pages", always, [](Sys s) { return Value(limits_of(s).huge_pages()); }},
    {"pend_avail_num_sys_huge_pages", always, [](Sys s) { return Value(limits_of(s).huge_pages()); }},
    {"huge_page_size", always, [](Sys) { return Value(16384); }},
    {"max_mem_pools", always, [](Sys) { return Value(0); }},
};

constexpr Column<service::SystemInfo> sys_proc[] = {
    {"configurable_sys_proc_units", always, [](Sys s) { return Value(units_text(s.processors * 100)); }},
    {"curr_avail_sys_proc_units", always, [](Sys s) { return Value(units_text(s.available_proc_units)); }},
    {"pend_avail_sys_proc_units", always, [](Sys s) { return Value(units_text(s.available_proc_units)); }},
    {"installed_sys_proc_units", always, [](Sys s) { return Value(units_text(s.processors * 100)); }},
    {"deconfig_sys_proc_units", always, [](Sys) { return Value(0); }},
    {"min_proc_units_per_virtual_proc", always, [](Sys) { return Value(units_text(emu::least_units)); }},
    {"max_virtual_procs_per_lpar", always, [](Sys s) { return Value(limits_of(s).virtual_processors()); }},
    {"max_procs_per_lpar", always, [](Sys s) { return Value(limits_of(s).dedicated_processors()); }},
};

// ---- mem, proc: partitions ----

struct LparRow {
  const Lpar* lpar = nullptr;
  emu::Current current;
  emu::Capacity running;  // of the system's memory and processors
};
using Row = const LparRow&;

bool dedicated(Row r) { return r.current.proc_mode == "ded"; }

constexpr Column<LparRow> lpar_mem[] = {
    {"lpar_name", always, [](Row r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }},
    {"curr_min_mem", always, [](Row r) { return Value(r.running.min_mem); }},
    {"curr_mem", always, [](Row r) { return Value(r.running.desired_mem); }},
    {"curr_max_mem", always, [](Row r) { return Value(r.running.max_mem); }},
    {"pend_min_mem", always, [](Row r) { return Value(r.current.pending.min_mem); }},
    {"pend_mem", always, [](Row r) { return Value(r.current.pending.desired_mem); }},
    {"pend_max_mem", always, [](Row r) { return Value(r.current.pending.max_mem); }},
    {"run_min_mem", always, [](Row) { return Value(0); }},
    {"run_mem", always, [](Row r) { return Value(r.running.desired_mem); }},
    {"curr_min_num_huge_pages", always, [](Row) { return Value(0); }},
    {"curr_num_huge_pages", always, [](Row r) { return Value(r.current.desired_num_huge_pages); }},
    {"curr_max_num_huge_pages", always, [](Row r) { return Value(r.current.desired_num_huge_pages); }},
    {"mem_mode", always, [](Row) { return Value("ded"); }},
    {"curr_hpt_ratio", always, [](Row) { return Value("1:128"); }},
};

constexpr Column<LparRow> lpar_proc[] = {
    {"lpar_name", always, [](Row r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }},
    {"curr_shared_proc_pool_id", always, [](Row r) { return dedicated(r) ? Value::absent() : Value(0); }},
    {"curr_proc_mode", always, [](Row r) { return Value(r.current.proc_mode); }},
    {"curr_min_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.min_proc_units)); }},
    {"curr_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.desired_proc_units)); }},
    {"curr_max_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.max_proc_units)); }},
    {"curr_min_procs", always, [](Row r) { return Value(r.current.min_procs); }},
    {"curr_procs", always, [](Row r) { return Value(r.current.desired_procs); }},
    {"curr_max_procs", always, [](Row r) { return Value(r.current.max_procs); }},
    {"curr_sharing_mode", always, [](Row r) { return Value(r.current.sharing_mode); }},
    {"curr_uncap_weight", always, [](Row r) { return Value(r.current.uncap_weight); }},
    {"pend_proc_mode", always, [](Row r) { return Value(r.current.pending.proc_mode); }},
    {"pend_min_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.min_proc_units)); }},
    {"pend_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.desired_proc_units)); }},
    {"pend_max_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.max_proc_units)); }},
    {"pend_min_procs", always, [](Row r) { return Value(r.current.pending.min_procs); }},
    {"pend_procs", always, [](Row r) { return Value(r.current.pending.desired_procs); }},
    {"pend_max_procs", always, [](Row r) { return Value(r.current.pending.max_procs); }},
    {"pend_sharing_mode", always, [](Row r) { return Value(r.current.pending.sharing_mode); }},
    {"pend_uncap_weight", always, [](Row r) { return Value(r.current.pending.uncap_weight); }},
    {"run_proc_units", always,
     [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.running.desired_proc_units)); }},
    {"run_procs", always, [](Row r) { return Value(r.running.desired_procs); }},
    {"run_uncap_weight", always, [](Row r) { return Value(r.running.uncap_weight); }},
};

Result<int> list_capacity(Call& call, bool memory) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const std::string level = call.options.value("--level");
  if (level == "sys") {
    const std::vector<service::SystemInfo> rows = {system->info};
    call.print(memory ? TRY(list<service::SystemInfo>(sys_mem, rows, call.options))
                      : TRY(list<service::SystemInfo>(sys_proc, rows, call.options)));
    return 0;
  }
  if (level != "lpar") return usage_error("--level");
  std::vector<LparRow> rows;
  for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) {
    rows.push_back({lpar, current_configuration(*lpar), lpar->running()});
  }
  call.print(memory ? TRY(list<LparRow>(lpar_mem, rows, call.options)) : TRY(list<LparRow>(lpar_proc, rows, call.options)));
  return 0;
}

// ---- virtual adapters ----

struct AdapterRow {
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  emu::VirtualAdapter adapter;
  std::string backing;  // devices behind a virtual SCSI server adapter
};
using Adapter = const AdapterRow&;

Value remote_id(Adapter r) { return Value(emu::partner_text(r.adapter.remote_lpar_id)); }
Value remote_slot(Adapter r) { return Value(emu::partner_text(r.adapter.remote_slot)); }
Value remote_name(Adapter r) {
  // By the ID, because the partition may have been renamed since.
  const Lpar* remote = r.system->lpar(r.adapter.remote_lpar_id);
  return Value(remote ? remote->name() : r.adapter.remote_lpar_name);
}

constexpr Column<AdapterRow> scsi_columns[] = {
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }},
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }},
    {"state", always, [](Adapter r) { return Value(!r.lpar->off()); }},
    {"is_required", always, [](Adapter r) { return Value(r.adapter.required); }},
    {"adapter_type", always, [](Adapter r) { return Value(r.adapter.kind == AdapterKind::scsi_client ? "client" : "server"); }},
    {"remote_lpar_id", always, remote_id},
    {"remote_lpar_name", always, remote_name},
    {"remote_slot_num", always, remote_slot},
    {"backing_devices", Shown::on_request, [](Adapter r) { return Value(r.backing.empty() ? "none" : r.backing); }},
};

constexpr Column<AdapterRow> eth_columns[] = {
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }},
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }},
    {"state", always, [](Adapter r) { return Value(!r.lpar->off()); }},
    {"is_required", always, [](Adapter r) { return Value(r.adapter.required); }},
    {"is_trunk", always, [](Adapter r) { return Value(r.adapter.is_trunk); }},
    {"trunk_priority", always, [](Adapter r) { return r.adapter.is_trunk ? Value(r.adapter.trunk_priority) : Value::absent(); }},
    {"ieee_virtual_eth", always, [](Adapter r) { return Value(!r.adapter.addl_vlan_ids.empty()); }},
    {"port_vlan_id", always, [](Adapter r) { return Value(u32{r.adapter.port_vlan_id}); }},
    {"vswitch", always, [](Adapter r) { return Value(r.adapter.vswitch); }},
    {"addl_vlan_ids", always,
     [](Adapter r) {
       std::vector<std::string> vlans;
       for (const u16 vlan : r.adapter.addl_vlan_ids) vlans.push_back(std::to_string(vlan));
       return Value(list_text(vlans));
     }},
    {"mac_addr", always, [](Adapter r) { return Value(r.adapter.mac_addr); }},
};

constexpr Column<AdapterRow> serial_columns[] = {
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }},
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }},
    {"state", always, [](Adapter r) { return Value(!r.lpar->off()); }},
    {"is_required", always, [](Adapter r) { return Value(r.adapter.required || r.adapter.slot < 2); }},
    {"connect_status", always,
     [](Adapter r) { return Value(r.lpar->info.vterm_holder.empty() || r.adapter.slot != 0 ? "unavailable" : "connected"); }},
    {"adapter_type", always, [](Adapter) { return Value("server"); }},
    {"supports_hmc", always, [](Adapter r) { return Value(r.adapter.slot < 2); }},
    {"remote_lpar_id", always, [](Adapter) { return Value("any"); }},
    {"remote_lpar_name", always, [](Adapter) { return Value(""); }},
    {"remote_slot_num", always, [](Adapter) { return Value("any"); }},
};

// Redbook 5.6.3
constexpr Column<AdapterRow> vasi_columns[] = {
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }},
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }},
};

constexpr Column<AdapterRow> slot_columns[] = {
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }},
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }},
    {"config", always,
     [](Adapter r) {
       switch (r.adapter.kind) {
         case AdapterKind::serial:
           return Value("serial");
         case AdapterKind::scsi_client:
         case AdapterKind::scsi_server:
           return Value("scsi");
         case AdapterKind::ethernet:
           return Value("ethernet");
         case AdapterKind::vasi:
           return Value("vasi");
       }
       return Value("empty");
     }},
    {"state", always, [](Adapter r) { return Value(!r.lpar->off()); }},
    {"drc_name", always,
     [](Adapter r) {
       return Value(fmt::format(
           "U{}.{}-V{}-C{}",
           [&] {
             std::string model = r.system->info.type_model;
             std::ranges::replace(model, '-', '.');
             return model;
           }(),
           r.system->info.serial_num, r.lpar->id(), r.adapter.slot));
     }},
};

struct SlotsRow {
  const Lpar* lpar = nullptr;
  emu::Current current;
  u32 pending = 0;
};
constexpr Column<SlotsRow> slots_columns[] = {
    {"lpar_name", always, [](const SlotsRow& r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](const SlotsRow& r) { return Value(r.lpar->id()); }},
    {"curr_max_virtual_slots", always, [](const SlotsRow& r) { return Value(r.lpar->off() ? 0 : r.current.max_virtual_slots); }},
    {"pend_max_virtual_slots", always, [](const SlotsRow& r) { return Value(r.pending); }},
    {"next_avail_virtual_slot", always,
     [](const SlotsRow& r) {
       for (u32 slot = 2; slot < r.current.max_virtual_slots; ++slot)
         if (std::ranges::count(r.current.adapters, slot, &emu::VirtualAdapter::slot) == 0) return Value(slot);
       return Value("none");
     }},
};

struct SwitchRow {
  std::string name;
};
constexpr Column<SwitchRow> switch_columns[] = {
    {"vswitch", always, [](const SwitchRow& r) { return Value(r.name); }},
    {"switch_mode", always, [](const SwitchRow&) { return Value("VEB"); }},
};

struct AdapterList {
  std::string_view rsubtype;
  bool (*wanted)(AdapterKind);
  std::span<const Column<AdapterRow>> columns;
};
constexpr AdapterList adapter_lists[] = {
    {"scsi", [](AdapterKind k) { return k == AdapterKind::scsi_client || k == AdapterKind::scsi_server; }, scsi_columns},
    {"eth", [](AdapterKind k) { return k == AdapterKind::ethernet; }, eth_columns},
    {"serial", [](AdapterKind k) { return k == AdapterKind::serial; }, serial_columns},
    {"vasi", [](AdapterKind k) { return k == AdapterKind::vasi; }, vasi_columns},
    {"slot", [](AdapterKind) { return true; }, slot_columns},
    // SIMPLIFIED: there is no virtual fibre channel; the list is always empty.
    {"fc", [](AdapterKind) { return false; }, scsi_columns},
};

std::string backing_of(const Lpar& lpar, const emu::VirtualAdapter& adapter) {
  if (!lpar.vios) return "";
  std::vector<std::string> devices;
  for (const auto& host : lpar.vios->hosts) {
    if (host.slot != adapter.slot || adapter.kind != AdapterKind::scsi_server) continue;
    for (const auto& target : host.targets)
      devices.push_back(fmt::format("0x{:016x}/{}/{}", target.lun, target.vtd, target.backing));
  }
  return list_text(devices);
}

Result<int> list_virtualio(Call& call) {
  const std::string rsubtype = call.options.value("--rsubtype");
  const std::string level = call.options.value("--level");
  const Inventory inventory = call.inventory(Detail::vios);
  const System* system = TRY(system_of(call, inventory));
  constexpr std::string_view allowed[] = {"slots", "vswitches"};
  const Filtered found = TRY(filtered(call, *system, allowed));
  if (rsubtype == "slot" && level == "lpar") {
    std::vector<SlotsRow> rows;
    for (const Lpar* lpar : found.lpars) {
      const emu::Current current = current_configuration(*lpar);
      rows.push_back({lpar, current, current.max_virtual_slots});
    }
    call.print(TRY(list<SlotsRow>(slots_columns, rows, call.options)));
    return 0;
  }
  if (rsubtype == "vswitch") {
    std::vector<SwitchRow> rows = {{"ETHERNET0"}};
    for (const Lpar* lpar : found.lpars)
      for (const auto& adapter : lpar->info.adapters)
        if (adapter.kind == AdapterKind::ethernet && std::ranges::count(rows, adapter.vswitch, &SwitchRow::name) == 0)
          rows.push_back({adapter.vswitch});
    call.print(TRY(list<SwitchRow>(switch_columns, rows, call.options)));
    return 0;
  }
  const auto kind = std::ranges::find(adapter_lists, rsubtype, &AdapterList::rsubtype);
  if (kind == std::end(adapter_lists)) return usage_error("--rsubtype");
  const bool level_known = level.empty() || level == "lpar" || (level == "slot" && rsubtype == "slot");
  if (!level_known) return usage_error("--level");
  const std::vector<std::string> slots = found.filter.values("slots");
  std::vector<AdapterRow> rows;
  for (const Lpar* lpar : found.lpars)
    for (const emu::VirtualAdapter& adapter : current_configuration(*lpar).adapters)
      if (kind->wanted(adapter.kind) && (slots.empty() || std::ranges::count(slots, std::to_string(adapter.slot))))
        rows.push_back({system, lpar, adapter, backing_of(*lpar, adapter)});
  call.print(TRY(list<AdapterRow>(kind->columns, rows, call.options)));
  return 0;
}

}  // namespace

constinit const OptionTable lshwres_options = options;

Result<int> lshwres(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "mem" || what == "proc") return list_capacity(call, what == "mem");
  if (what == "virtualio") return list_virtualio(call);
  if (what == "io" || what == "mempool" || what == "procpool") {
    // SIMPLIFIED: no physical slots and no pools; a system without them answers like this.
    const Inventory inventory = call.inventory(Detail::systems);
    TRY(system_of(call, inventory));
    call.print("No results were found.\n");
    return 0;
  }
  return usage_error("-r");
}

}  // namespace hmc::cli
