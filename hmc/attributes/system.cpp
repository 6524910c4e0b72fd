// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/system.h"

#include "emu/core/identity.h"
#include "hmc/attributes/list.h"
#include "hmc/attributes/names.h"
#include "hmc/attributes/time.h"
#include "hmc/messages.h"

namespace hmc::attributes {

using emu::Status;

namespace {

using Sys = const SystemRow&;

const service::SystemInfo& info(Sys row) { return row.system->info; }

// Of a system that does not answer, nothing is shown that may have changed.
template <class T>
Value if_connected(Sys row, const T& value) {
  return row.system->connected ? Value(value) : Value("unavailable");
}

constexpr Shown always = Shown::always;

Value service_lpar_id(Sys row) {
  const u32 id = info(row).service_lpar_id;
  return if_connected(row, id ? std::to_string(id) : std::string("none"));
}

// Given by ID and by name, it has to be the same.
Status choose(SystemChange& change, const Lpar* lpar, const Assignment& assignment) {
  if (change.service && *change.service != lpar) return wrong_value(assignment);
  change.service = lpar;
  return emu::success();
}

Status set_service_id(SystemChange& change, const Assignment& assignment) {
  if (assignment.text == "none") return choose(change, nullptr, assignment);
  u32 id = 0;
  TRY(to_number(id, assignment));
  const Lpar* lpar = change.system.lpar(id);
  if (!lpar) return say("HSCL8011", id);
  return choose(change, lpar, assignment);
}

Status set_service_name(SystemChange& change, const Assignment& assignment) {
  if (assignment.text == "none") return choose(change, nullptr, assignment);
  TRY(valid_name(assignment.text));
  const Lpar* lpar = change.system.lpar(assignment.text);
  if (!lpar) return say("HSCL8012", assignment.text);
  return choose(change, lpar, assignment);
}

Status set_maintenance(SystemChange& change, const Assignment& assignment) {
  bool wanted = false;
  TRY(to_flag(wanted, assignment));
  change.maintenance = wanted;
  return emu::success();
}

// SIMPLIFIED: how the system is powered on cannot be chosen, and what the service processor says of it is always the same.
constexpr Attribute<SystemRow, SystemChange> table[] = {
    {{"name", always, [](Sys r) { return Value(r.system->name()); }}, Type::text, "The name."},
    {{"type_model", always, [](Sys r) { return Value(info(r).type_model); }}, Type::text, "Machine type and model."},
    {{"serial_num", always, [](Sys r) { return Value(info(r).serial_num); }}, Type::text, "The system's serial number."},
    {{"ipaddr", always, [](Sys) { return Value("127.0.0.1"); }}, Type::text, "Where the console reaches the service processor."},
    {{"sp_type", always, [](Sys r) { return if_connected(r, "fsp"); }, since_v10r3},
     Type::word,
     "The kind of service processor."},
    {{"state", always, [](Sys r) { return Value(r.system->state()); }}, Type::word, "What it does now."},
    {{"state_detail", always, [](Sys) { return Value(""); }, since_v10r3}, Type::text, "More about the state."},
    {{"detailed_state", always, [](Sys) { return Value("None"); }}, Type::text, "More about the state."},
    {{"sys_time", always, [](Sys r) { return if_connected(r, time_text(r.system->info.time_of_day.at(r.wall))); }},
     Type::text,
     "Time of the system's clock."},
    {{"power_off_policy", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the system is powered off with its last partition."},
    {{"active_lpar_mobility_capable", always, [](Sys r) { return if_connected(r, info(r).active_lpar_mobility_capable); }},
     Type::flag,
     "Whether running partitions can move."},
    {{"inactive_lpar_mobility_capable", always, [](Sys r) { return if_connected(r, info(r).inactive_lpar_mobility_capable); }},
     Type::flag,
     "Whether partitions that are off can move."},
    {{"active_lpar_share_idle_procs_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether dedicated processors can be shared while their partition runs."},
    {{"active_mem_expansion_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether memory can be compressed."},
    {{"hardware_active_mem_expansion_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether hardware compresses it."},
    {{"active_mem_mirroring_hypervisor_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::flag,
     "Whether the hypervisor's memory can be mirrored."},
    {{"active_mem_sharing_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether partitions can share memory."},
    {{"addr_broadcast_perf_policy_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the broadcast of addresses can be tuned."},
    {{"aix_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3}, Type::flag, "Whether AIX runs here."},
    {{"bsr_capable", always, [](Sys r) { return if_connected(r, info(r).capabilities.bsr_capable); }, until_v7r7},
     Type::flag,
     "Whether partitions can have barrier synchronization registers."},
    {{"capi_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::flag,
     "Whether there are coherent accelerators."},
    {{"cod_mem_capable", always, [](Sys r) { return if_connected(r, 1); }},
     Type::flag,
     "Whether inactive memory can be activated."},
    {{"cod_proc_capable", always, [](Sys r) { return if_connected(r, 1); }},
     Type::flag,
     "Whether inactive processors can be activated."},
    {{"dynamic_platform_optimization_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether partitions can be placed anew while they run."},
    {{"electronic_err_reporting_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether errors of partitions are reported by mail."},
    {{"firmware_power_saver_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the firmware can save energy."},
    {{"hardware_power_saver_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the hardware can save energy."},
    {{"hardware_discovery_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the hardware is looked at when the system starts."},
    {{"hca_capable", always, [](Sys r) { return if_connected(r, 0); }, until_v7r7},
     Type::flag,
     "Whether there are host channel adapters."},
    {{"huge_page_mem_capable", always, [](Sys r) { return if_connected(r, info(r).capabilities.huge_page_mem_capable); }},
     Type::flag,
     "Whether there are pages of 16 GiB."},
    {{"lhea_capable", always, [](Sys r) { return if_connected(r, r.system->info.heas.empty() ? 0 : 1); }, until_v7r7},
     Type::flag,
     "Whether there are host Ethernet adapters."},
    {{"lpar_avail_priority_capable", always, [](Sys r) { return if_connected(r, 1); }},
     Type::flag,
     "Whether partitions have priorities when processors fail."},
    {{"lpar_proc_compat_mode_capable", always,
      [](Sys r) { return if_connected(r, info(r).capabilities.lpar_proc_compat_mode_capable); }},
     Type::flag,
     "Whether partitions can be given the modes of other processors."},
    {{"lpar_remote_restart_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether partitions can be restarted on another system."},
    {{"powervm_lpar_simplified_remote_restart_capable", always, [](Sys r) { return if_connected(r, 1); }, since_v10r3},
     Type::flag,
     "Whether they can without reserved storage."},
    {{"dynamic_simplified_remote_restart_toggle_capable", always, [](Sys r) { return if_connected(r, 1); }, since_v10r3},
     Type::flag,
     "Whether that can change while they run."},
    {{"powervm_lpar_remote_restart_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether they can with reserved storage."},
    {{"lpar_suspend_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether partitions can be suspended to a disk."},
    {{"micro_lpar_capable", always, [](Sys r) { return if_connected(r, info(r).capabilities.micro_lpar_capable); }},
     Type::flag,
     "Whether processors can be shared."},
    {{"os400_capable", always, [](Sys r) { return if_connected(r, 0); }}, Type::flag, "Whether i5/OS partitions are supported."},
    {{"5250_application_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether i5/OS partitions can have 5250 applications."},
    {{"os400_native_io_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::flag,
     "Whether i5/OS partitions can have physical adapters."},
    {{"redundant_err_path_reporting_capable", always,
      [](Sys r) { return if_connected(r, info(r).capabilities.redundant_err_path_reporting_capable); }},
     Type::flag,
     "Whether partitions can report errors of shared hardware."},
    {{"shared_eth_failover_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether one shared Ethernet adapter can take over from another."},
    {{"sni_msg_passing_capable", always, [](Sys r) { return if_connected(r, 0); }, until_v7r7},
     Type::flag,
     "Whether there are switch network interfaces."},
    {{"sp_failover_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether there is a second service processor."},
    {{"vet_activation_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether virtualization is activated by codes."},
    {{"virtual_fc_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether there are virtual fibre channel adapters."},
    {{"virtual_io_server_capable", always, [](Sys r) { return if_connected(r, 1); }},
     Type::flag,
     "Whether Virtual I/O Servers are supported."},
    {{"virtual_switch_capable", always, [](Sys r) { return if_connected(r, 1); }, since_v7r7},
     Type::flag,
     "Whether there can be several virtual Ethernet switches."},
    {{"vsn_phase2_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether the second stage of virtual server networks is supported."},
    {{"vsi_on_veth_capable", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::flag,
     "Whether virtual Ethernet adapters can have a virtual station interface."},
    {{"assign_5250_cpw_percent", always, [](Sys r) { return if_connected(r, 0); }},
     Type::number,
     "Capacity for 5250 applications."},
    {{"max_lpars", always, [](Sys r) { return if_connected(r, info(r).max_lpars); }},
     Type::number,
     "The most partitions that can be defined."},
    {{"max_power_ctrl_lpars", always, [](Sys r) { return if_connected(r, 1); }},
     Type::number,
     "The most partitions that may control one's power."},
    {{"max_remote_restart_capable_lpars", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::number,
     "The most partitions that can be restarted elsewhere."},
    {{"max_suspend_capable_lpars", always, [](Sys r) { return if_connected(r, 0); }, since_v7r7},
     Type::number,
     "The most partitions that can be suspended."},
    {{"hca_bandwidth_capabilities", always, [](Sys r) { return if_connected(r, "null"); }, until_v7r7},
     Type::list,
     "What bandwidths host channel adapters have."},
    {{"service_lpar_id", always, service_lpar_id},
     Type::word,
     "The service partition, which does not migrate.",
     Settable::changed,
     set_service_id},
    {{"lpar_proc_compat_modes", always, [](Sys r) { return if_connected(r, list_text(info(r).compat_modes)); }},
     Type::list,
     "What lpar_proc_compat_mode of a profile may be."},
    {{"curr_sys_keylock", always, [](Sys r) { return if_connected(r, "norm"); }}, Type::word, "Position of the key lock."},
    {{"pend_sys_keylock", always, [](Sys r) { return if_connected(r, "norm"); }},
     Type::word,
     "Its position when the system is powered on the next time."},
    {{"curr_power_on_side", always, [](Sys r) { return if_connected(r, "temp"); }},
     Type::word,
     "The copy of the firmware: what runs."},
    {{"pend_power_on_side", always, [](Sys r) { return if_connected(r, "temp"); }},
     Type::word,
     "The copy of the firmware: of the next power-on."},
    {{"curr_power_on_speed", always, [](Sys r) { return if_connected(r, "norm"); }},
     Type::word,
     "How thoroughly the system is tested: at the latest power-on."},
    {{"pend_power_on_speed", always, [](Sys r) { return if_connected(r, "norm"); }},
     Type::word,
     "How thoroughly the system is tested: at the next one."},
    {{"curr_power_on_speed_override", always, [](Sys r) { return if_connected(r, "none"); }, until_v7r7},
     Type::word,
     "The same, but only once."},
    {{"pend_power_on_speed_override", always, [](Sys r) { return if_connected(r, "none"); }, until_v7r7},
     Type::word,
     "The same, but only once."},
    {{"power_on_type", always, [](Sys r) { return if_connected(r, "power on"); }}, Type::word, "How it was powered on."},
    {{"power_on_option", always, [](Sys r) { return if_connected(r, "autostart"); }},
     Type::word,
     "To which state: at the latest power-on."},
    {{"power_on_lpar_start_policy", always, [](Sys r) { return if_connected(r, "autostart"); }},
     Type::word,
     "Which partitions are activated with it: those with auto_start."},
    {{"pend_power_on_option", always, [](Sys r) { return if_connected(r, "autostart"); }},
     Type::word,
     "To which state: at the next one."},
    {{"pend_power_on_lpar_start_policy", always, [](Sys r) { return if_connected(r, "autostart"); }},
     Type::word,
     "Which partitions are activated with it: those with auto_start."},
    {{"power_on_method", always, [](Sys r) { return if_connected(r, "02"); }},
     Type::text,
     "By what it was powered on, as a code."},
    {{"power_on_attr", always, [](Sys r) { return if_connected(r, "0000"); }}, Type::text, "A code of the service processor's."},
    {{"sp_boot_attr", always, [](Sys r) { return if_connected(r, "0000"); }}, Type::text, "A code of the service processor's."},
    {{"sp_boot_major_type", always, [](Sys r) { return if_connected(r, "08"); }},
     Type::text,
     "How the service processor was started, as a code."},
    {{"sp_boot_minor_type", always, [](Sys r) { return if_connected(r, "01"); }},
     Type::text,
     "How the service processor was started, as a code."},
    {{"sp_version", always, [](Sys r) { return if_connected(r, "00070000"); }}, Type::text, "Level of the service processor."},
    {{"mfg_default_config", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the system has the partition that it was delivered with."},
    {{"curr_mfg_default_ipl_source", always, [](Sys r) { return if_connected(r, "a"); }},
     Type::word,
     "Where from that partition starts, now."},
    {{"pend_mfg_default_ipl_source", always, [](Sys r) { return if_connected(r, "a"); }},
     Type::word,
     "Where from that partition starts, the next time."},
    {{"curr_mfg_default_boot_mode", always, [](Sys r) { return if_connected(r, "norm"); }},
     Type::word,
     "How that partition starts, now."},
    {{"pend_mfg_default_boot_mode", always, [](Sys r) { return if_connected(r, "norm"); }},
     Type::word,
     "How that partition starts, the next time."},
    {{"max_vtpm_lpars", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::number,
     "The most partitions with a virtual Trusted Platform Module."},
    {{"supported_vtpm_versions", always, [](Sys r) { return if_connected(r, "none"); }, since_v10r3},
     Type::list,
     "Versions of virtual Trusted Platform Modules."},
    {{"cluster_serial_num", always, [](Sys r) { return if_connected(r, "none"); }, since_v10r3},
     Type::text,
     "The cluster of systems that it is part of."},
    {{"peer_collective_serial_num", always, [](Sys r) { return if_connected(r, "none"); }, since_v10r3},
     Type::text,
     "The collective of systems that it is part of."},
    {{"lpar_keystore_min_kbytes", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::number,
     "The smallest key store of a partition."},
    {{"lpar_keystore_max_kbytes", always, [](Sys r) { return if_connected(r, 0); }, since_v10r3},
     Type::number,
     "The largest one."},
    {{"description", always, [](Sys) { return Value(""); }, since_v10r3}, Type::text, "What somebody has written about it."},
    {{"service_lpar_name", Shown::on_request, [](Sys r) { return if_connected(r, info(r).service_lpar_name); }, only_v7r7},
     Type::text,
     "The name of the service partition.",
     Settable::changed,
     set_service_name},
    {{"uuid", Shown::on_request, [](Sys r) { return Value(emu::system_uuid(r.system->mtms())); }, since_v10r3},
     Type::text,
     "An identity that stays the same across a move."},
    {{"active_lpar_migration_capable", Shown::on_request,
      [](Sys r) { return if_connected(r, info(r).active_lpar_mobility_capable); }, of_redbook},
     Type::flag,
     "The same as active_lpar_mobility_capable."},
    {{"inactive_lpar_migration_capable", Shown::on_request,
      [](Sys r) { return if_connected(r, info(r).inactive_lpar_mobility_capable); }, of_redbook},
     Type::flag,
     "The same as inactive_lpar_mobility_capable."},
    {{"maintenance", Shown::on_request, [](Sys r) { return if_connected(r, info(r).maintenance); }, of_ours},
     Type::flag,
     "Whether it takes no partition in, because it is emptied.",
     Settable::changed,
     set_maintenance},
};

}  // namespace

std::span<const Attribute<SystemRow, SystemChange>> system_attributes() { return table; }

}  // namespace hmc::attributes
