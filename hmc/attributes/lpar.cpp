// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/lpar.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"
#include "hmc/attributes/names.h"
#include "hmc/messages.h"

namespace hmc::attributes {

using emu::Status;

namespace {

using Row = const LparRow&;

const emu::LparDefinition& definition(Row row) { return row.lpar->info.definition; }

// A real console knows these words, and none for the toy guest.
Value os_of(Row row) {
  if (row.lpar->is_vios()) return "vios";
  const std::string& version = row.lpar->os_version;
  if (version.empty()) return "Unknown";
  return version.starts_with("Linux") ? "linux" : "aixlinux";
}

Value os_version_of(Row row) {
  const std::string& version = row.lpar->os_version;
  if (version.empty()) return "Unknown";
  return row.lpar->is_vios() ? Value("VIOS " + version) : Value(version);
}

// What its processors are.
Value compat_mode(Row row) {
  const emu::CompatMode mode = row.current.lpar_proc_compat_mode;
  if (mode != emu::CompatMode::of_system || row.lpar->off()) return mode;
  return row.system->info.default_mode;
}

// ---- changes ----

Status set_name(LparChange& change, const Assignment& assignment) {
  TRY(valid_name(assignment.text));
  if (const Lpar* other = change.system.lpar(assignment.text); other && other->id() != change.definition.lpar_id)
    return say("HSCLF016", assignment.text, change.system.name());
  change.definition.name = assignment.text;
  return emu::success();
}

Status set_msp(LparChange& change, const Assignment& assignment) {
  bool wanted = false;
  TRY(to_flag(wanted, assignment));
  if (change.definition.env != emu::LparEnv::vioserver) return say("HSCLF015", change.definition.name);
  change.definition.msp = wanted;
  return emu::success();
}

Status set_default_profile(LparChange& change, const Assignment& assignment) {
  // What cannot be a name is not repeated at any length.
  TRY(valid_name(assignment.text));
  if (!change.definition.profile(assignment.text)) return say("HSCLF010", assignment.text, change.definition.name);
  change.definition.default_profile = assignment.text;
  return emu::success();
}

// The partition's own group, which it leaves and joins at any time; each profile has one, too. (Redbook 3.6.5)
Status set_work_group(LparChange& change, const Assignment& assignment) {
  if (!emu::is_work_group(assignment.text)) return wrong_value(assignment);
  if (change.definition.current)
    change.definition.current->work_group_id = assignment.text;
  else if (assignment.text != "none")
    return say("HSCLF01C", change.definition.name);
  return emu::success();
}

// Of a restart; an activation takes the profile's, or what chsysstate -b says.
Status set_boot_mode(LparChange& change, const Assignment& assignment) {
  emu::BootMode mode = emu::BootMode::norm;
  if (change.definition.env == emu::LparEnv::vioserver) return wrong_value(assignment);
  TRY(to_word(mode, assignment));
  if (change.definition.current)
    change.definition.current->boot_mode = mode;
  else if (mode != emu::BootMode::norm)
    return say("HSCLF061", change.definition.name, assignment.name);
  return emu::success();
}

Status set_auto_start(LparChange& change, const Assignment& assignment) {
  bool wanted = false;
  TRY(to_flag(wanted, assignment));
  change.definition.auto_start = wanted;
  return emu::success();
}

Status set_priority(LparChange& change, const Assignment& assignment) {
  u32 priority = 0;
  TRY(to_number(priority, assignment));
  if (priority > emu::highest_priority) return breaks_rule(assignment.name, assignment.text, emu::priority_rule);
  change.definition.lpar_avail_priority = priority;
  return emu::success();
}

// What no system here has: it is off, and stays off.
Status only_off(LparChange& change, const Assignment& assignment) {
  u32 level = 0;
  TRY(to_number(level, assignment));
  return level == 0 ? emu::success() : Status(say("HSCLF060", change.system.name(), assignment.name));
}
Status never(LparChange& change, const Assignment& assignment) { return say("HSCLF060", change.system.name(), assignment.name); }

// Of a Virtual I/O Server there is nothing to be collected.
Value storage_data(Row row) { return row.lpar->is_vios() ? "unavailable" : "No data collected"; }

Status set_migration_disabled(LparChange& change, const Assignment& assignment) {
  if (change.definition.env == emu::LparEnv::vioserver) return wrong_value(assignment);
  return to_flag(change.definition.migration_disabled, assignment);
}

// As another maker's console shows it: the system says no, or the partition does.
Value online_migration_status(Row row) {
  if (row.lpar->is_vios()) return Value::absent();
  const bool enabled = row.system->info.active_lpar_mobility_capable && !definition(row).migration_disabled;
  return enabled ? "Enabled" : "Disabled";
}

Status set_remote_restart(LparChange& change, const Assignment& assignment) {
  if (change.definition.env == emu::LparEnv::vioserver) return wrong_value(assignment);
  return to_flag(change.definition.simplified_remote_restart_capable, assignment);
}

// The words of a real console. Shown of partitions that have it only, as there.
Value remote_restart_status(Row row) {
  if (!definition(row).simplified_remote_restart_capable) return Value::absent();
  if (row.lpar->restarting) return row.lpar->info.migration_target ? "Destination Remote Restarting" : "Source Remote Restarting";
  return row.lpar->current() ? "Remote Restartable" : "Invalid";
}

Status set_description(LparChange& change, const Assignment& assignment) {
  if (!emu::is_description(assignment.text)) return breaks_rule(assignment.name, assignment.text, emu::description_rule);
  return to_text(change.definition.description, assignment);
}

constexpr Shown always = Shown::always;

constexpr Attribute<LparRow, LparChange> table[] = {
    {{"name", always, [](Row r) { return Value(r.lpar->name()); }}, Type::text, "The name.", Settable::names},
    {{"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }}, Type::number, "The partition's ID.", Settable::names},
    {{"lpar_env", always, [](Row r) { return Value(r.lpar->is_vios() ? "vioserver" : "aixlinux"); }},
     Type::word,
     "aixlinux or vioserver."},
    {{"state", always, [](Row r) { return Value(r.lpar->state()); }}, Type::word, "What it does now."},
    {{"resource_config", always, [](Row r) { return Value(!r.lpar->off()); }},
     Type::flag,
     "Whether it has memory and processors of the system."},
    {{"os", always, os_of, since_v10r3}, Type::word, "The kind of operating system that RMC reports: aixlinux, linux, vios."},
    {{"os_version", always, os_version_of}, Type::text, "The operating system and its version, as RMC reports them."},
    {{"logical_serial_num", always, [](Row r) { return Value(fmt::format("{}{:X}", r.system->info.serial_num, r.lpar->id())); }},
     Type::text,
     "The partition's serial number: the system's, and the ID."},
    {{"default_profile", always, [](Row r) { return Value(definition(r).default_profile); }},
     Type::text,
     "The profile of the first activation, and of one that names none if the profile that was activated last is gone.",
     Settable::changed,
     set_default_profile},
    {{"curr_profile", always, [](Row r) { return Value(definition(r).curr_profile()); }},
     Type::text,
     "The profile that was last activated."},
    {{"work_group_id", always, [](Row r) { return Value(r.current.work_group_id); }},
     Type::word,
     "The partition workload group.",
     Settable::changed,
     set_work_group},
    // Equal in each recording.
    {{"shared_proc_pool_util_auth", always, [](Row r) { return Value(definition(r).allow_perf_collection); }},
     Type::flag,
     "The same as allow_perf_collection.",
     Settable::any_time,
     [](LparChange& c, const Assignment& a) { return to_flag(c.definition.allow_perf_collection, a); }},
    {{"allow_perf_collection", always, [](Row r) { return Value(definition(r).allow_perf_collection); }},
     Type::flag,
     "Whether the partition may read what the others use of the processors (H_PIC).",
     Settable::any_time,
     [](LparChange& c, const Assignment& a) { return to_flag(c.definition.allow_perf_collection, a); }},
    {{"power_ctrl_lpar_ids", always, [](Row) { return Value("none"); }}, Type::list, "Partitions that control its power."},
    {{"boot_mode", always, [](Row r) { return r.lpar->is_vios() ? Value::absent() : Value(r.current.boot_mode); }},
     Type::word,
     "What the firmware does at a restart: norm, sms, of.",
     Settable::changed,
     set_boot_mode},
    {{"lpar_keylock", always, [](Row) { return Value("norm"); }}, Type::word, "Position of the partition's key lock."},
    {{"auto_start", always, [](Row r) { return Value(definition(r).starts_with_system()); }},
     Type::flag,
     "Whether it is activated with the system. An activation with a profile takes the profile's.",
     Settable::any_time,
     set_auto_start},
    {{"redundant_err_path_reporting", always, [](Row r) { return Value(r.current.redundant_err_path_reporting); }},
     Type::flag,
     "Whether it reports errors of shared hardware."},
    {{"rmc_state", always, [](Row r) { return Value(name_of(r.lpar->rmc)); }},
     Type::word,
     "Whether RMC reaches it: active, inactive, none."},
    {{"rmc_ipaddr", always, [](Row r) { return Value(definition(r).ip_address); }},
     Type::text,
     "Where RMC reaches it.",
     Settable::any_time,
     [](LparChange& c, const Assignment& a) { return to_text(c.definition.ip_address, a); }},
    {{"time_ref", always, [](Row r) { return Value(definition(r).time_ref); }, of_redbook},
     Type::flag,
     "Whether it is a time reference partition.",
     Settable::any_time,
     [](LparChange& c, const Assignment& a) { return to_flag(c.definition.time_ref, a); }},
    {{"lpar_avail_priority", always, [](Row r) { return Value(definition(r).priority()); }},
     Type::number,
     "Who keeps processors the longest when some fail, 0 to 255.",
     Settable::any_time,
     set_priority},
    {{"desired_lpar_proc_compat_mode", always, [](Row r) { return Value(r.next.lpar_proc_compat_mode); }},
     Type::word,
     "What the next activation takes for lpar_proc_compat_mode."},
    {{"curr_lpar_proc_compat_mode", always, compat_mode}, Type::word, "What its processors are."},
    {{"suspend_capable", always, [](Row) { return Value(0); }, since_v7r7}, Type::flag, "Whether it can be suspended to a disk."},
    {{"remote_restart_capable", always, [](Row) { return Value(0); }, since_v7r7},
     Type::flag,
     "Whether it can be restarted on another system."},
    {{"simplified_remote_restart_capable", always, [](Row r) { return Value(definition(r).simplified_remote_restart_capable); },
      since_v10r3},
     Type::flag,
     "Whether it can without reserved storage.",
     Settable::any_time,
     set_remote_restart},
    {{"remote_restart_status", always, remote_restart_status, since_v10r3},
     Type::text,
     "Of one that can be restarted on another system: whether it could be now."},
    {{"sync_curr_profile", always, [](Row r) { return Value(definition(r).sync_curr_profile); }},
     Type::flag,
     "Whether the profile that was last activated follows the current configuration.",
     Settable::any_time,
     [](LparChange& c, const Assignment& a) { return to_flag(c.definition.sync_curr_profile, a); }},
    {{"affinity_group_id", always, [](Row) { return Value("none"); }, since_v7r7},
     Type::word,
     "With whom it is placed by a dynamic platform optimization."},
    {{"vtpm_enabled", always, [](Row) { return Value(0); }, since_v7r7},
     Type::flag,
     "Whether it has a virtual Trusted Platform Module, which no partition here can have.",
     Settable::any_time,
     only_off},
    {{"msp", always, [](Row r) { return r.lpar->is_vios() ? Value(definition(r).msp) : Value::absent(); }, of_redbook},
     Type::flag,
     "Whether a Virtual I/O Server is a mover service partition.",
     Settable::any_time,
     set_msp},
    {{"migr_storage_vios_data_status", always, storage_data, since_v10r3},
     Type::text,
     "Whether its storage was described in advance, for a migration or a restart elsewhere."},
    {{"migr_storage_vios_data_timestamp", always, [](Row) { return Value("unavailable"); }, since_v10r3},
     Type::text,
     "When it was."},
    {{"powervm_mgmt_capable", always, [](Row) { return Value(0); }, since_v10r3},
     Type::flag,
     "Whether it may manage the system instead of the console."},
    {{"migration_disabled", Shown::on_request,
      [](Row r) { return r.lpar->is_vios() ? Value::absent() : Value(definition(r).migration_disabled); }, of_client},
     Type::flag,
     "Whether it may not move.",
     Settable::any_time,
     set_migration_disabled},
    {{"online_migration_status", Shown::on_request, online_migration_status, of_ours},
     Type::word,
     "Enabled, or Disabled by migration_disabled or because the system is not capable of active migrations."},
    {{"uuid", Shown::on_request, [](Row r) { return Value(definition(r).uuid); }, since_v10r3},
     Type::text,
     "An identity that stays the same across a move."},
    {{"description", always, [](Row r) { return Value(definition(r).description); }, since_v10r3},
     Type::text,
     "What somebody has written about it.",
     Settable::any_time,
     set_description},
    {{"curr_secure_boot", Shown::on_request, [](Row) { return Value(0); }, since_v10r3}, Type::number, "Level of secure boot."},
    {{"pend_secure_boot", Shown::on_request, [](Row) { return Value(0); }, since_v10r3},
     Type::number,
     "Level of secure boot of the next activation."},
    {{"secure_boot", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::number,
     "Level of secure boot, which no partition here has.",
     Settable::any_time,
     only_off},
    {{"keystore_kbytes", Shown::on_request, [](Row) { return Value(0); }, since_v10r3},
     Type::number,
     "Size of its key store, which no partition here has.",
     Settable::any_time,
     only_off},
    {{"vtpm_version", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::text,
     "Version of its virtual Trusted Platform Module.",
     Settable::any_time,
     never},
    {{"vtpm_encryption", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::text,
     "Encryption of its virtual Trusted Platform Module.",
     Settable::any_time,
     never},
    {{"kvm_capable", Shown::on_request, [](Row) { return Value(0); }, of_client},
     Type::flag,
     "Whether it may run KVM, which no partition here can.",
     Settable::any_time,
     only_off},
    {{"lpar_type", Shown::on_request, [](Row r) { return Value(r.lpar->is_vios() ? "vioserver" : "aixlinux"); }, of_client},
     Type::word,
     "aixlinux or vioserver."},
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::text,
     "What it is to be called.",
     Settable::changed,
     set_name},
};

}  // namespace

LparRow lpar_row(const System& system, const Lpar& lpar) {
  const emu::LparDefinition& definition = lpar.info.definition;
  const emu::Profile* next = definition.profile(definition.next_profile());
  return {&system, &lpar, lpar.current() ? *lpar.current() : emu::Current{}, next ? *next : emu::Profile{}};
}

std::span<const Attribute<LparRow, LparChange>> lpar_attributes() { return table; }

}  // namespace hmc::attributes
