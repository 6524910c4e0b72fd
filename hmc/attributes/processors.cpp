// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/processors.h"

namespace hmc::attributes {

namespace {

using Sys = const service::SystemInfo&;
using Row = const CapacityRow&;
constexpr Shown always = Shown::always;

bool dedicated(Row r) { return r.current.proc_mode == emu::ProcMode::ded; }

constexpr Attribute<service::SystemInfo> of_system[] = {
    {{"configurable_sys_proc_units", always,
      [](Sys s) { return Value(units_text((s.processors + static_cast<u32>(s.on_demand_processors.activated)) * 100)); }},
     Type::units,
     "What can be given to partitions."},
    {{"curr_avail_sys_proc_units", always,
      [](Sys s) { return Value(units_text(s.available_proc_units + s.promised_proc_units)); }},
     Type::units,
     "What is given to nobody now."},
    {{"pend_avail_sys_proc_units", always,
      [](Sys s) { return Value(units_text(s.available_proc_units + s.returning_proc_units)); }},
     Type::units,
     "What is given to nobody when all changes are done."},
    {{"installed_sys_proc_units", always,
      [](Sys s) { return Value(units_text((s.processors + static_cast<u32>(s.on_demand_processors.inactive)) * 100)); }},
     Type::units,
     "What the system has, active or not."},
    {{"deconfig_sys_proc_units", always, [](Sys) { return Value(0); }}, Type::units, "What was taken out of service."},
    {{"min_proc_units_per_virtual_proc", always, [](Sys) { return Value(units_text(emu::least_units)); }},
     Type::units,
     "The least of a processor for each virtual one."},
    {{"curr_sys_virtual_procs", Shown::on_request, [](Sys s) { return Value(s.virtual_procs); }},
     Type::number,
     "The processors, virtual and dedicated ones, that partitions have."},
    {{"max_virtual_procs_per_lpar", always, [](Sys s) { return Value(limits_of(s).virtual_processors()); }},
     Type::number,
     "The most virtual processors of a partition."},
    {{"max_procs_per_lpar", always, [](Sys s) { return Value(limits_of(s).dedicated_processors()); }},
     Type::number,
     "The most dedicated processors of a partition."},
};

Value pool_name(Row row, const emu::Capacity& has) {
  return Value(emu::pool_of(row.system->info.processor_pools, has.shared_proc_pool).name);
}

constexpr Attribute<CapacityRow> of_lpar[] = {
    {{"lpar_name", always, [](Row r) { return Value(r.lpar->name()); }}, Type::text, "The partition's name.", Settable::names},
    {{"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }}, Type::number, "The partition's ID.", Settable::names},
    {{"curr_shared_proc_pool_id", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(r.current.shared_proc_pool); }},
     Type::number,
     "The shared processor pool."},
    {{"curr_shared_proc_pool_name", always, [](Row r) { return dedicated(r) ? Value::absent() : pool_name(r, r.current); },
      since_v10r3},
     Type::text,
     "Its name."},
    {{"curr_proc_mode", always, [](Row r) { return Value(r.current.proc_mode); }}, Type::word, "shared or ded."},
    {{"curr_min_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.running.min_proc_units)); }},
     Type::units,
     "The current minimum."},
    {{"curr_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.running.desired_proc_units)); }},
     Type::units,
     "What it has."},
    {{"curr_max_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.running.max_proc_units)); }},
     Type::units,
     "The current maximum."},
    {{"curr_min_procs", always, [](Row r) { return Value(r.running.min_procs); }}, Type::number, "The current minimum."},
    {{"curr_procs", always, [](Row r) { return Value(r.running.desired_procs); }}, Type::number, "What it has."},
    {{"curr_max_procs", always, [](Row r) { return Value(r.running.max_procs); }}, Type::number, "The current maximum."},
    {{"curr_sharing_mode", always, [](Row r) { return Value(r.current.sharing_mode); }},
     Type::word,
     "As sharing_mode of a profile."},
    {{"curr_uncap_weight", always, [](Row r) { return dedicated(r) ? Value::absent() : Value(r.current.uncap_weight); }},
     Type::number,
     "Share of what is left over."},
    {{"pend_shared_proc_pool_id", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(r.current.pending.shared_proc_pool); }},
     Type::number,
     "The shared processor pool when all changes are done."},
    {{"pend_shared_proc_pool_name", always,
      [](Row r) { return dedicated(r) ? Value::absent() : pool_name(r, r.current.pending); }, since_v10r3},
     Type::text,
     "Its name."},
    {{"pend_proc_mode", always, [](Row r) { return Value(r.current.pending.proc_mode); }},
     Type::word,
     "proc_mode when all changes are done."},
    {{"pend_min_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.min_proc_units)); }},
     Type::units,
     "The minimum when all changes are done."},
    {{"pend_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.desired_proc_units)); }},
     Type::units,
     "What it has when all changes are done."},
    {{"pend_max_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.current.pending.max_proc_units)); }},
     Type::units,
     "The maximum when all changes are done."},
    {{"pend_min_procs", always, [](Row r) { return Value(r.current.pending.min_procs); }},
     Type::number,
     "The minimum when all changes are done."},
    {{"pend_procs", always, [](Row r) { return Value(r.current.pending.desired_procs); }},
     Type::number,
     "What it has when all changes are done."},
    {{"pend_max_procs", always, [](Row r) { return Value(r.current.pending.max_procs); }},
     Type::number,
     "The maximum when all changes are done."},
    {{"pend_sharing_mode", always, [](Row r) { return Value(r.current.pending.sharing_mode); }},
     Type::word,
     "sharing_mode when all changes are done."},
    {{"pend_uncap_weight", always, [](Row r) { return dedicated(r) ? Value::absent() : Value(r.current.pending.uncap_weight); }},
     Type::number,
     "The share when all changes are done."},
    {{"run_proc_units", always,
      [](Row r) { return dedicated(r) ? Value::absent() : Value(units_text(r.running.desired_proc_units)); }},
     Type::units,
     "What its operating system runs with."},
    {{"run_procs", always, [](Row r) { return Value(r.running.desired_procs); }},
     Type::number,
     "What its operating system runs with."},
    {{"run_uncap_weight", always, [](Row r) { return dedicated(r) ? Value::absent() : Value(r.running.uncap_weight); }},
     Type::number,
     "What its operating system runs with."},
};

using Share = const ProcessorShare&;

constexpr Attribute<ProcessorShare> of_share[] = {
    {{"sharing_mode", always, [](Share s) { return Value(s.sharing_mode); }},
     Type::word,
     "As sharing_mode of a profile.",
     Settable::changed,
     [](ProcessorShare& s, const Assignment& a) { return to_word(s.sharing_mode, a); }},
    {{"uncap_weight", always, [](Share s) { return Value(s.uncap_weight); }},
     Type::number,
     "Share of what is left over.",
     Settable::changed,
     [](ProcessorShare& s, const Assignment& a) { return to_number(s.uncap_weight, a); }},
};

}  // namespace

std::span<const Attribute<ProcessorShare>> processor_share() { return of_share; }
std::span<const Attribute<service::SystemInfo>> system_processors() { return of_system; }
std::span<const Attribute<CapacityRow>> lpar_processors() { return of_lpar; }

}  // namespace hmc::attributes
