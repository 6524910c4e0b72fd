// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/memory.h"

namespace hmc::attributes {

namespace {

using Sys = const service::SystemInfo&;
using Row = const CapacityRow&;
constexpr Shown always = Shown::always;

Value not_of_vios(Row row, u32 value) { return row.lpar->is_vios() ? Value::absent() : Value(value); }

constexpr Attribute<service::SystemInfo, u32> of_system[] = {
    {{"configurable_sys_mem", always, [](Sys s) { return Value(s.installed_mem_mb + s.on_demand_memory.activated); }},
     Type::mib,
     "What can be given to partitions and to the hypervisor."},
    {{"curr_avail_sys_mem", always, [](Sys s) { return Value(s.available_mem_mb + s.promised_mem_mb); }},
     Type::mib,
     "What is given to nobody now."},
    {{"pend_avail_sys_mem", always, [](Sys s) { return Value(s.available_mem_mb + s.returning_mem_mb); }},
     Type::mib,
     "What is given to nobody when all changes are done."},
    {{"installed_sys_mem", always, [](Sys s) { return Value(s.installed_mem_mb + s.on_demand_memory.inactive); }},
     Type::mib,
     "What the system has, active or not."},
    {{"deconfig_sys_mem", always, [](Sys) { return Value(0); }}, Type::mib, "What was taken out of service."},
    {{"sys_firmware_mem", always, [](Sys s) { return Value(s.firmware_mem_mb); }},
     Type::mib,
     "What the hypervisor has: the partitions' page tables."},
    {{"mem_region_size", always, [](Sys s) { return Value(s.lmb_mb); }}, Type::mib, "Size of a logical memory block."},
    {{"configurable_num_sys_huge_pages", always, [](Sys s) { return Value(s.huge_pages); }},
     Type::number,
     "Pages of 16 GiB in the system's pool."},
    {{"curr_avail_num_sys_huge_pages", always, [](Sys s) { return Value(s.available_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that nobody has."},
    {{"pend_avail_num_sys_huge_pages", always, [](Sys s) { return Value(s.available_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that nobody has when all changes are done."},
    {{"max_num_sys_huge_pages", always, [](Sys s) { return Value(limits_of(s).huge_pages()); }},
     Type::number,
     "Pages of 16 GiB that the system's memory has room for."},
    {{"requested_num_sys_huge_pages", always, [](Sys s) { return Value(s.requested_huge_pages); }},
     Type::number,
     "Pages of 16 GiB in the system's pool when it is powered on the next time.",
     Settable::changed,
     to_number},
    {{"huge_page_size", always, [](Sys) { return Value(16384); }}, Type::mib, "Size of a huge page."},
    {{"max_mem_pools", always, [](Sys) { return Value(0); }, since_v7r7}, Type::number, "Shared memory pools."},
    {{"default_hpt_ratios", always, [](Sys) { return Value(emu::default_hpt_ratio); }, since_v7r7},
     Type::list,
     "hpt_ratio of a profile that does not say."},
    {{"possible_hpt_ratios", always, [](Sys) { return Value(emu::joined_words(emu::all_of<emu::HptRatio>(), ",")); }, since_v7r7},
     Type::list,
     "What hpt_ratio of a profile may be."},
};

constexpr Attribute<CapacityRow> of_lpar[] = {
    {{"lpar_name", always, [](Row r) { return Value(r.lpar->name()); }}, Type::text, "The partition's name.", Settable::names},
    {{"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }}, Type::number, "The partition's ID.", Settable::names},
    {{"curr_min_mem", always, [](Row r) { return Value(r.running.min_mem); }}, Type::mib, "The current configuration's minimum."},
    {{"curr_mem", always, [](Row r) { return Value(r.running.desired_mem); }}, Type::mib, "What it has."},
    {{"curr_max_mem", always, [](Row r) { return Value(r.running.max_mem); }}, Type::mib, "The current configuration's maximum."},
    {{"pend_min_mem", always, [](Row r) { return Value(r.current.pending.min_mem); }},
     Type::mib,
     "The minimum when all changes are done."},
    {{"pend_mem", always, [](Row r) { return Value(r.current.pending.desired_mem); }},
     Type::mib,
     "What it has when all changes are done."},
    {{"pend_max_mem", always, [](Row r) { return Value(r.current.pending.max_mem); }},
     Type::mib,
     "The maximum when all changes are done."},
    {{"run_min_mem", always, [](Row) { return Value(0); }}, Type::mib, "The least that its operating system can run with."},
    {{"run_mem", always, [](Row r) { return Value(r.running.desired_mem); }}, Type::mib, "What its operating system runs with."},
    {{"curr_min_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.running.min_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB: the current minimum."},
    {{"curr_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.running.desired_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that it has."},
    {{"curr_max_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.running.max_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB: the current maximum."},
    {{"pend_min_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.current.pending.min_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB: the minimum when all changes are done."},
    {{"pend_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.current.pending.desired_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that it has when all changes are done."},
    {{"pend_max_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.current.pending.max_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB: the maximum when all changes are done."},
    {{"run_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.running.desired_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that its operating system runs with."},
    {{"mem_mode", always, [](Row) { return Value("ded"); }, since_v7r7}, Type::word, "ded: memory of its own."},
    // What V10R3 has between its mode and the sizes of its tables, in an order of ours.
    {{"curr_mem_expansion", always, [](Row) { return Value("0.0"); }, since_v10r3},
     Type::units,
     "How much its memory is compressed."},
    {{"pend_mem_expansion", always, [](Row) { return Value("0.0"); }, since_v10r3},
     Type::units,
     "How much it is when all changes are done."},
    {{"desired_hardware_mem_expansion", always, [](Row) { return Value(0); }, since_v10r3},
     Type::flag,
     "Whether hardware is to compress it."},
    {{"curr_hardware_mem_expansion", always, [](Row) { return Value(0); }, since_v10r3},
     Type::flag,
     "Whether hardware compresses it."},
    {{"desired_hardware_mem_encryption", always, [](Row) { return Value(0); }, since_v10r3},
     Type::flag,
     "Whether hardware is to encrypt it."},
    {{"curr_hardware_mem_encryption", always, [](Row) { return Value(0); }, since_v10r3},
     Type::flag,
     "Whether hardware encrypts it."},
    {{"curr_hpt_ratio", always, [](Row r) { return Value(r.current.hpt_ratio); }, since_v7r7},
     Type::word,
     "Size of its page table, to the memory that it may grow to."},
    {{"curr_ppt_ratio", always, [](Row) { return Value("1:4096"); }, since_v10r3},
     Type::word,
     "The same of a table of another form (POWER9)."},
};

}  // namespace

std::span<const Attribute<service::SystemInfo, u32>> system_memory() { return of_system; }
std::span<const Attribute<CapacityRow>> lpar_memory() { return of_lpar; }

}  // namespace hmc::attributes
