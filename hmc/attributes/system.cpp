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

constexpr Attribute<SystemRow, SystemChange> table[] = {
    {{"name", always, [](Sys r) { return Value(r.system->name()); }}, Type::text, "The name."},
    {
        {"type_model", always, [](Sys r) { return Value(info(r).type_model); }},
        Type::text,
        "Machine type and model.",
    },
    {
        {"serial_num", always, [](Sys r) { return Value(info(r).serial_num); }},
        Type::text,
        "The system's serial number.",
    },
    {{"ipaddr", always, [](Sys) { return Value("127.0.0.1"); }}, Type::text, "Where the console reaches the service processor."},
    {{"sp_type", always, [](Sys r) { return if_connected(r, "fsp"); }}, Type::word, "The kind of service processor."},
    {{"state", always, [](Sys r) { return Value(r.system->state()); }}, Type::word, "What it does now."},
    {{"state_detail", always, [](Sys) { return Value(""); }}, Type::text, "More about the state."},
    {{"detailed_state", always, [](Sys) { return Value("None"); }}, Type::text, "More about the state."},
    {{"sys_time", always, [](Sys r) { return if_connected(r, time_text(r.wall)); }}, Type::text, "Time of the system's clock."},
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
    {{"active_mem_expansion_capable", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether memory can be compressed."},
    {{"micro_lpar_capable", always, [](Sys r) { return if_connected(r, 1); }}, Type::flag, "Whether processors can be shared."},
    {{"vios_capable", always, [](Sys r) { return if_connected(r, 1); }},
     Type::flag,
     "Whether Virtual I/O Servers are supported."},
    {{"max_lpars", always, [](Sys r) { return if_connected(r, info(r).max_lpars); }},
     Type::number,
     "The most partitions that can be defined."},
    {{"max_power_ctrl_lpars", always, [](Sys r) { return if_connected(r, 1); }},
     Type::number,
     "The most partitions that may control one's power."},
    {{"service_lpar_id", always, service_lpar_id},
     Type::word,
     "The service partition, which does not migrate.",
     Settable::changed,
     set_service_id},
    {{"lpar_proc_compat_modes", always, [](Sys r) { return if_connected(r, list_text(info(r).compat_modes)); }},
     Type::list,
     "What lpar_proc_compat_mode of a profile may be."},
    {{"curr_sys_keylock", always, [](Sys r) { return if_connected(r, "norm"); }}, Type::word, "Position of the key lock."},
    {{"sp_version", always, [](Sys r) { return if_connected(r, "00070000"); }}, Type::text, "Level of the service processor."},
    {{"mfg_default_config", always, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether the system has the partition that it was delivered with."},
    {{"description", always, [](Sys) { return Value(""); }}, Type::text, "What somebody has written about it."},
    {{"service_lpar_name", Shown::on_request, [](Sys r) { return if_connected(r, info(r).service_lpar_name); }},
     Type::text,
     "The name of the service partition.",
     Settable::changed,
     set_service_name},
    {{"os400_capable", Shown::on_request, [](Sys r) { return if_connected(r, 0); }},
     Type::flag,
     "Whether i5/OS partitions are supported."},
    {{"uuid", Shown::on_request, [](Sys r) { return Value(emu::system_uuid(r.system->mtms())); }},
     Type::text,
     "An identity that stays the same across a move."},
    {{"active_lpar_migration_capable", Shown::on_request,
      [](Sys r) { return if_connected(r, info(r).active_lpar_mobility_capable); }},
     Type::flag,
     "The same as active_lpar_mobility_capable."},
    {{"inactive_lpar_migration_capable", Shown::on_request,
      [](Sys r) { return if_connected(r, info(r).inactive_lpar_mobility_capable); }},
     Type::flag,
     "The same as inactive_lpar_mobility_capable."},
};

}  // namespace

std::span<const Attribute<SystemRow, SystemChange>> system_attributes() { return table; }

}  // namespace hmc::attributes
