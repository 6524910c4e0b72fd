// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/profile.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "hmc/attributes/adapter_text.h"
#include "hmc/attributes/list.h"
#include "hmc/attributes/names.h"
#include "hmc/attributes/partners.h"
#include "hmc/messages.h"

namespace hmc::attributes {

using emu::Status;
using emu::units_text;

namespace {

using Row = const ProfileRow&;
constexpr Shown always = Shown::always;

bool is_vios(Row row) { return row.lpar->env == emu::LparEnv::vioserver; }
// A real console's profiles of Virtual I/O Servers do not have them.
template <class T>
Value not_of_vios(Row row, const T& value) {
  return is_vios(row) ? Value::absent() : Value(value);
}

template <class T>
Value of_shared(Row row, const T& value) {
  return row.profile.proc_mode == emu::ProcMode::shared ? Value(value) : Value::absent();
}

// As a number: 0, 0.0
Status no_expansion(emu::Profile&, const Assignment& assignment) {
  u32 factor = 0;
  TRY(to_units(factor, assignment));
  return factor ? breaks_rule(assignment.name, assignment.text, "memory is not compressed here, which is 0") : emu::success();
}

template <auto to, auto member>
Status set_field(emu::Profile& profile, const Assignment& assignment) {
  return to(profile.*member, assignment);
}

Status set_adapters(emu::Profile& profile, const Assignment& assignment) { return to_adapters(profile.adapters, assignment); }

Status set_name(emu::Profile& profile, const Assignment& assignment) {
  TRY(valid_name(assignment.text));
  profile.name = assignment.text;
  return emu::success();
}

Status set_io_slots(emu::Profile& profile, const Assignment& assignment) {
  const auto entries = TRY(entries_of(assignment));
  const auto index = [](const std::string& slot) { return emu::split(slot, '/')[0]; };
  if (assignment.change == Change::set) profile.io_slots.clear();
  for (const std::string& slot : entries) {
    if (assignment.change != Change::remove)
      profile.io_slots.push_back(slot);
    else if (std::erase_if(profile.io_slots, [&](const std::string& old) { return index(old) == index(slot); }) == 0)
      return wrong_value(assignment);
  }
  return emu::success();
}

Status set_logical_ports(emu::Profile& profile, const Assignment& assignment) {
  auto& ports = profile.lhea_logical_ports;
  const auto entries = TRY(entries_of(assignment));
  if (assignment.change == Change::set) ports.clear();
  for (const std::string& text : entries) {
    if (assignment.change != Change::remove)
      ports.push_back(text);
    else if (std::erase(ports, text) == 0)
      return wrong_value(assignment);
  }
  return emu::success();
}

Value capabilities(Row row) {
  std::vector<std::string> all;
  for (const std::string& text : row.profile.lhea_logical_ports)
    if (std::string each = text.substr(0, text.find('/')) + "/0"; std::ranges::count(all, each) == 0)
      all.push_back(std::move(each));
  return all.empty() ? Value("none") : Value(list_text(all));
}

// By its number: assign_to_profile has looked it up.
Status pool_is_known(emu::Profile&, const Assignment&) { return emu::success(); }

// Shared processors have units, dedicated ones have not. (docs/hmc.md, Order of attributes)
constexpr Attribute<ProfileRow, emu::Profile> table[] = {
    {{"name", always, [](Row r) { return Value(r.profile.name); }}, Type::text, "The name.", Settable::names},
    {{"lpar_name", always, [](Row r) { return Value(r.lpar->name); }}, Type::text, "The partition's name.", Settable::names},
    {{"lpar_id", always, [](Row r) { return Value(r.lpar->lpar_id); }}, Type::number, "The partition's ID.", Settable::names},
    {{"lpar_env", always, [](Row r) { return Value(is_vios(r) ? "vioserver" : "aixlinux"); }},
     Type::word,
     "aixlinux or vioserver."},
    {{"all_resources", always, [](Row) { return Value(0); }},
     Type::flag,
     "Whether the profile takes everything that the system has."},
    {{"min_mem", always, [](Row r) { return Value(r.profile.min_mem); }},
     Type::mib,
     "Less is no activation.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::min_mem>},
    {{"desired_mem", always, [](Row r) { return Value(r.profile.desired_mem); }},
     Type::mib,
     "What it gets if there is so much.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::desired_mem>},
    {{"max_mem", always, [](Row r) { return Value(r.profile.max_mem); }},
     Type::mib,
     "What it can be given while it runs.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::max_mem>},
    {{"min_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.profile.min_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB: less is no activation.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::min_num_huge_pages>},
    {{"desired_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.profile.desired_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that it gets if there are so many.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::desired_num_huge_pages>},
    {{"max_num_huge_pages", always, [](Row r) { return not_of_vios(r, r.profile.max_num_huge_pages); }},
     Type::number,
     "Pages of 16 GiB that it can be given.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::max_num_huge_pages>},
    {{"mem_mode", always, [](Row) { return Value("ded"); }, since_v7r7}, Type::word, "ded: memory of its own."},
    {{"mem_expansion", always, [](Row) { return Value("0.0"); }, since_v7r7},
     Type::units,
     "How much its memory is compressed, which is never here.",
     Settable::any_time,
     no_expansion},
    {{"hpt_ratio", always, [](Row r) { return Value(r.profile.hpt_ratio); }, since_v7r7},
     Type::word,
     "Size of its page table, to max_mem: 1:32, 1:64, 1:128, 1:256, 1:512.",
     Settable::any_time,
     set_field<to_word<emu::HptRatio>, &emu::Profile::hpt_ratio>},
    {{"ppt_ratio", always, [](Row) { return Value("1:4096"); }, since_v10r3},
     Type::word,
     "Size of its physical page table, for a table of another form (POWER9), to max_mem."},
    {{"proc_mode", always, [](Row r) { return Value(r.profile.proc_mode); }},
     Type::word,
     "shared or ded.",
     Settable::any_time,
     set_field<to_word<emu::ProcMode>, &emu::Profile::proc_mode>},
    {{"min_proc_units", always,
      [](Row r) {
        return r.profile.proc_mode == emu::ProcMode::ded ? Value::absent() : Value(units_text(r.profile.min_proc_units));
      }},
     Type::units,
     "Less is no activation.",
     Settable::any_time,
     set_field<to_units, &emu::Profile::min_proc_units>},
    {{"desired_proc_units", always,
      [](Row r) {
        return r.profile.proc_mode == emu::ProcMode::ded ? Value::absent() : Value(units_text(r.profile.desired_proc_units));
      }},
     Type::units,
     "What it gets if there is so much.",
     Settable::any_time,
     set_field<to_units, &emu::Profile::desired_proc_units>},
    {{"max_proc_units", always,
      [](Row r) {
        return r.profile.proc_mode == emu::ProcMode::ded ? Value::absent() : Value(units_text(r.profile.max_proc_units));
      }},
     Type::units,
     "What it can be given while it runs.",
     Settable::any_time,
     set_field<to_units, &emu::Profile::max_proc_units>},
    {{"min_procs", always, [](Row r) { return Value(r.profile.min_procs); }},
     Type::number,
     "Fewer is no activation.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::min_procs>},
    {{"desired_procs", always, [](Row r) { return Value(r.profile.desired_procs); }},
     Type::number,
     "Virtual processors, or dedicated ones, that it gets if there are so many.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::desired_procs>},
    {{"max_procs", always, [](Row r) { return Value(r.profile.max_procs); }},
     Type::number,
     "What it can be given while it runs.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::max_procs>},
    {{"sharing_mode", always, [](Row r) { return Value(r.profile.sharing_mode); }},
     Type::word,
     "cap, uncap; of dedicated processors keep_idle_procs, share_idle_procs, share_idle_procs_active, share_idle_procs_always.",
     Settable::any_time,
     set_field<to_word<emu::SharingMode>, &emu::Profile::sharing_mode>},
    {{"uncap_weight", always,
      [](Row r) { return r.profile.sharing_mode == emu::SharingMode::uncap ? Value(r.profile.uncap_weight) : Value::absent(); }},
     Type::number,
     "Share of what is left over, 0 to 255.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::uncap_weight>},
    {{"shared_proc_pool_id", always, [](Row r) { return of_shared(r, r.profile.shared_proc_pool); }, since_v10r3},
     Type::number,
     "The shared processor pool.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::shared_proc_pool>},
    {{"shared_proc_pool_name", always,
      [](Row r) { return of_shared(r, emu::pool_of(r.system->info.processor_pools, r.profile.shared_proc_pool).name); },
      since_v10r3},
     Type::text,
     "Its name.",
     Settable::any_time,
     pool_is_known},
    {{"affinity_group_id", always, [](Row) { return Value("none"); }, since_v7r7},
     Type::word,
     "With whom it is placed by a dynamic platform optimization."},
    {{"io_slots", always,
      [](Row r) { return r.profile.io_slots.empty() ? Value("none") : Value(list_text(r.profile.io_slots)); }},
     Type::list,
     "Physical slots: drc_index/slot_io_pool_id/is_required.",
     Settable::any_time,
     set_io_slots},
    {{"lpar_io_pool_ids", always, [](Row) { return Value("none"); }}, Type::list, "I/O pools."},
    {{"max_virtual_slots", always, [](Row r) { return Value(r.profile.max_virtual_slots); }},
     Type::number,
     "Virtual slots, from 0 up to this one.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::max_virtual_slots>},
    {{"virtual_serial_adapters", always, [](Row r) { return adapters_text(r.profile.adapters, "virtual_serial_adapters"); }},
     Type::list,
     "slot/server/supports_hmc/remote_lpar_id/remote_lpar_name/remote_slot/is_required.",
     Settable::any_time,
     set_adapters},
    {{"virtual_scsi_adapters", always, [](Row r) { return adapters_text(r.profile.adapters, "virtual_scsi_adapters"); }},
     Type::list,
     "slot/client or server/remote_lpar_id/remote_lpar_name/remote_slot/is_required.",
     Settable::any_time,
     set_adapters},
    {{"virtual_eth_adapters", always, [](Row r) { return adapters_text(r.profile.adapters, "virtual_eth_adapters"); }},
     Type::list,
     "slot/is_ieee/port_vlan_id/addl_vlan_ids/trunk_priority/is_required/vswitch/mac_addr/allowed_os_mac_addrs/qos_priority.",
     Settable::any_time,
     set_adapters},
    {{"virtual_eth_vsi_profiles", always, [](Row) { return Value("none"); }, since_v10r3},
     Type::list,
     "Virtual station interfaces of its Ethernet adapters."},
    {{"virtual_fc_adapters", always, [](Row) { return Value("none"); }, since_v7r7},
     Type::list,
     "Virtual fibre channel adapters."},
    {{"vnic_adapters", always, [](Row) { return Value("none"); }, since_v10r3}, Type::list, "Virtual network interfaces."},
    {{"vtpm_adapters", always, [](Row) { return Value("none"); }, since_v7r7}, Type::list, "Virtual Trusted Platform Modules."},
    {{"hca_adapters", always, [](Row) { return Value("none"); }, until_v7r7}, Type::list, "Host channel adapters."},
    {{"boot_mode", always, [](Row r) { return Value(r.profile.boot_mode); }},
     Type::word,
     "What the firmware does at activation: norm, sms, of.",
     Settable::any_time,
     set_field<to_word<emu::BootMode>, &emu::Profile::boot_mode>},
    {{"conn_monitoring", always, [](Row) { return Value(1); }}, Type::flag, "Whether the console reports a loss of RMC."},
    {{"auto_start", always, [](Row r) { return Value(r.profile.auto_start); }},
     Type::flag,
     "Whether a partition that is activated with it starts with the system from then on.",
     Settable::any_time,
     set_field<to_flag, &emu::Profile::auto_start>},
    {{"power_ctrl_lpar_ids", always, [](Row) { return Value("none"); }}, Type::list, "Partitions that control its power."},
    {{"work_group_id", always, [](Row r) { return Value(r.profile.work_group_id); }},
     Type::word,
     "The partition workload group.",
     Settable::any_time,
     set_field<to_text, &emu::Profile::work_group_id>},
    {{"redundant_err_path_reporting", always, [](Row r) { return Value(r.profile.redundant_err_path_reporting); }},
     Type::flag,
     "Whether it reports errors of shared hardware.",
     Settable::any_time,
     set_field<to_flag, &emu::Profile::redundant_err_path_reporting>},
    {{"bsr_arrays", always, [](Row r) { return Value(r.profile.bsr_arrays); }, until_v7r7},
     Type::number,
     "Barrier synchronization registers of 8 bytes.",
     Settable::any_time,
     set_field<to_number, &emu::Profile::bsr_arrays>},
    {{"lhea_logical_ports", always,
      [](Row r) { return r.profile.lhea_logical_ports.empty() ? Value("none") : Value(list_text(r.profile.lhea_logical_ports)); },
      until_v7r7},
     Type::list,
     "Logical ports of host Ethernet adapters: adapter_id/port_group/phys_port_id/logical_port_id/VLANs.",
     Settable::any_time,
     set_logical_ports},
    {{"lhea_capabilities", always, capabilities, until_v7r7},
     Type::list,
     "What they take of host Ethernet adapters: adapter_id/0, which is the least."},
    // Redbook 5.6.3: only of Virtual I/O Servers that can take part in a migration.
    {{"virtual_vasi_adapters", always,
      [](Row r) { return is_vios(r) ? adapters_text(r.profile.adapters, "virtual_vasi_adapters") : Value::absent(); },
      of_redbook},
     Type::list,
     "Slot of the VASI of a mover service partition.",
     Settable::any_time,
     set_adapters},
    {{"lpar_proc_compat_mode", always, [](Row r) { return Value(r.profile.lpar_proc_compat_mode); }},
     Type::word,
     "What its processors are to be: default, or one of lpar_proc_compat_modes.",
     Settable::any_time,
     set_field<to_word<emu::CompatMode>, &emu::Profile::lpar_proc_compat_mode>},
    {{"electronic_err_reporting", always, [](Row r) { return not_of_vios(r, "null"); }, since_v7r7},
     Type::word,
     "Whether errors are reported by mail."},
    {{"sriov_eth_logical_ports", always, [](Row) { return Value("none"); }, since_v10r3}, Type::list, "SR-IOV logical ports."},
    {{"sriov_roce_logical_ports", always, [](Row) { return Value("none"); }, since_v10r3},
     Type::list,
     "SR-IOV logical ports for RDMA."},
    // Of this emulator: what the firmware boots.
    {{"boot_image", Shown::on_request, [](Row r) { return Value(r.profile.boot_image); }, of_ours},
     Type::text,
     "What the firmware boots: nomad, or a file (of this emulator).",
     Settable::any_time,
     set_field<to_text, &emu::Profile::boot_image>},
    {{"boot_initrd", Shown::on_request, [](Row r) { return Value(r.profile.boot_initrd); }, of_ours},
     Type::text,
     "The initial RAM disk, a file (of this emulator).",
     Settable::any_time,
     set_field<to_text, &emu::Profile::boot_initrd>},
    {{"boot_arguments", Shown::on_request, [](Row r) { return Value(r.profile.boot_arguments); }, of_ours},
     Type::text,
     "/chosen/bootargs (of this emulator).",
     Settable::any_time,
     set_field<to_text, &emu::Profile::boot_arguments>},
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::text,
     "What it is to be called.",
     Settable::changed,
     set_name},
};

// ---- what follows from assignments ----

// Dedicated processors have no units, and each kind has sharing modes of its own: those of the other kind mean nothing after a change.
Status follow_proc_mode(emu::Profile& profile, std::span<const Assignment> given) {
  const auto find = [&](std::string_view name) { return std::ranges::find(given, name, &Assignment::name); };
  const bool dedicated = profile.proc_mode == emu::ProcMode::ded;
  if (!dedicated && find("proc_mode") == given.end()) return emu::success();
  if (find("sharing_mode") == given.end()) {
    if (emu::proc_mode_of(profile.sharing_mode) != profile.proc_mode)
      profile.sharing_mode = dedicated ? emu::SharingMode::keep_idle : emu::SharingMode::uncap;
  }
  if (!dedicated) {
    // What was dedicated has no units: as much as the virtual processors need, and can use.
    const auto unless_given = [&](std::string_view name, u32& units, u32 otherwise) {
      if (units == 0 && find(name) == given.end()) units = otherwise;
    };
    unless_given("min_proc_units", profile.min_proc_units, profile.min_procs * emu::least_units);
    unless_given("desired_proc_units", profile.desired_proc_units, profile.desired_procs * emu::least_units);
    unless_given("max_proc_units", profile.max_proc_units, profile.max_procs * emu::most_units);
    return emu::success();
  }
  for (const std::string_view units : {"min_proc_units", "desired_proc_units", "max_proc_units"})
    if (const auto wrong = find(units); wrong != given.end()) return wrong_value(*wrong);
  profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = 0;
  if (find("shared_proc_pool_id") == given.end() && find("shared_proc_pool_name") == given.end())
    profile.shared_proc_pool = emu::default_pool;
  return emu::success();
}

// A pool that is named. Both, if both are given, are the same one.
Status follow_pool(emu::Profile& profile, std::span<const Assignment> given, const System& system) {
  const auto named = std::ranges::find(given, "shared_proc_pool_name", &Assignment::name);
  if (named == given.end()) return emu::success();
  const auto pools = emu::all_pools(system.info.processor_pools);
  const auto pool = std::ranges::find(pools, named->text, &emu::ProcessorPool::name);
  if (pool == pools.end()) return say("HSCLF22B", system.name(), named->text);
  const bool numbered = std::ranges::count(given, "shared_proc_pool_id", &Assignment::name) > 0;
  if (numbered && profile.shared_proc_pool != pool->id) return wrong_value(*named);
  profile.shared_proc_pool = pool->id;
  return emu::success();
}

Status judged(const std::vector<emu::BrokenRule>& broken) {
  if (broken.empty()) return emu::success();
  return breaks_rule(broken[0].attribute, broken[0].value, broken[0].rule);
}

}  // namespace

std::span<const Attribute<ProfileRow, emu::Profile>> profile_attributes() { return table; }

Status assign_to_profile(emu::Profile& profile, By by, std::span<const Assignment> given, const emu::LparDefinition& of,
                         const System& system) {
  const std::vector<emu::VirtualAdapter> before = profile.adapters;
  TRY(assign(profile_attributes(), by, given, profile, [&] { return ProfileRow{&of, profile, &system}; }));
  TRY(follow_pool(profile, given, system));
  TRY(follow_proc_mode(profile, given));
  TRY(complete_partners(profile.adapters, before, system, of));
  TRY(obeys(profile, of.env, system.info));
  return judged(emu::broken_partners(profile.adapters, before, of.lpar_id));
}

Status obeys(const emu::Configuration& configuration, emu::LparEnv env, const service::SystemInfo& system) {
  return judged(emu::broken_rules(configuration, env, limits_of(system)));
}

}  // namespace hmc::attributes
