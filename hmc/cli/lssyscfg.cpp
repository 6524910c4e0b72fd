// SPDX-License-Identifier: GPL-2.0-or-later
// lssyscfg: managed systems, partitions, profiles. (docs/hmc.md, Order of attributes)
#include <algorithm>

#include <fmt/format.h>

#include "emu/core/identity.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/profile_attributes.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-m"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

// ---- -r sys ----

struct SysRow {
  const System* system = nullptr;
  u64 wall = 0;
};
using Sys = const SysRow&;

const service::SystemInfo& info(Sys row) { return row.system->info; }

// Of a system that does not answer, nothing is shown that may have changed.
template <class T>
Value if_connected(Sys row, const T& value) {
  return row.system->connected ? Value(value) : Value("unavailable");
}

constexpr Shown always = Shown::always;

// Whom the system's service processor talks to about itself; of the partitions, one at most.
const Lpar* service_partition(Sys row) {
  for (const Lpar& lpar : row.system->lpars)
    if (lpar.info.definition.service) return &lpar;
  return nullptr;
}

constexpr Column<SysRow> sys_columns[] = {
    {"name", always, [](Sys r) { return Value(r.system->name()); }},
    {"type_model", always, [](Sys r) { return Value(info(r).type_model); }},
    {"serial_num", always, [](Sys r) { return Value(info(r).serial_num); }},
    {"ipaddr", always, [](Sys) { return Value("127.0.0.1"); }},
    {"sp_type", always, [](Sys r) { return if_connected(r, "fsp"); }},
    {"state", always, [](Sys r) { return Value(r.system->state()); }},
    {"state_detail", always, [](Sys) { return Value(""); }},
    {"detailed_state", always, [](Sys) { return Value("None"); }},
    {"sys_time", always, [](Sys r) { return if_connected(r, time_text(r.wall)); }},
    {"power_off_policy", always, [](Sys r) { return if_connected(r, 0); }},
    {"active_lpar_mobility_capable", always, [](Sys r) { return if_connected(r, info(r).active_lpar_mobility_capable); }},
    {"inactive_lpar_mobility_capable", always, [](Sys r) { return if_connected(r, info(r).inactive_lpar_mobility_capable); }},
    {"active_lpar_share_idle_procs_capable", always, [](Sys r) { return if_connected(r, 0); }},
    {"active_mem_expansion_capable", always, [](Sys r) { return if_connected(r, 0); }},
    {"micro_lpar_capable", always, [](Sys r) { return if_connected(r, 1); }},
    {"vios_capable", always, [](Sys r) { return if_connected(r, 1); }},
    {"max_lpars", always, [](Sys r) { return if_connected(r, info(r).max_lpars); }},
    {"max_power_ctrl_lpars", always, [](Sys r) { return if_connected(r, 1); }},
    {"service_lpar_id", always,
     [](Sys r) { return if_connected(r, service_partition(r) ? std::to_string(service_partition(r)->id()) : "none"); }},
    {"lpar_proc_compat_modes", always, [](Sys r) { return if_connected(r, list_text(info(r).compat_modes)); }},
    {"curr_sys_keylock", always, [](Sys r) { return if_connected(r, "norm"); }},
    {"sp_version", always, [](Sys r) { return if_connected(r, "00070000"); }},
    {"mfg_default_config", always, [](Sys r) { return if_connected(r, 0); }},
    {"description", always, [](Sys) { return Value(""); }},
    {"service_lpar_name", Shown::on_request,
     [](Sys r) { return if_connected(r, service_partition(r) ? service_partition(r)->name() : std::string()); }},
    {"os400_capable", Shown::on_request, [](Sys r) { return if_connected(r, 0); }},
    {"uuid", Shown::on_request, [](Sys r) { return Value(emu::system_uuid(r.system->mtms())); }},
    {"active_lpar_migration_capable", Shown::on_request,
     [](Sys r) { return if_connected(r, info(r).active_lpar_mobility_capable); }},
    {"inactive_lpar_migration_capable", Shown::on_request,
     [](Sys r) { return if_connected(r, info(r).inactive_lpar_mobility_capable); }},
};

Result<int> list_sys(Call& call) {
  if (call.options.has("--filter")) return usage_error("--filter");
  const Inventory inventory = call.inventory(Detail::lpars);
  std::vector<SysRow> rows;
  if (call.options.has("-m")) {
    rows.push_back({TRY(system_of(call, inventory, "-m", Connection::not_needed)), call.console.clock().wall()});
  } else {
    for (const System& system : inventory.systems) rows.push_back({&system, call.console.clock().wall()});
  }
  call.print(TRY(list<SysRow>(sys_columns, rows, call.options)));
  return 0;
}

// ---- -r lpar ----

struct LparRow {
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  emu::Current current;
  emu::Profile next;  // what the next activation takes
};
using Row = const LparRow&;

const emu::LparDefinition& definition(Row row) { return row.lpar->info.definition; }

Value os_of(Row row) {
  if (row.lpar->is_vios()) return "VIOS";
  const std::string& version = row.lpar->os_version;
  const size_t blank = version.find(' ');
  return version.empty() ? Value("Unknown") : Value(version.substr(0, blank));
}

Value os_version_of(Row row) {
  const std::string& version = row.lpar->os_version;
  if (version.empty()) return "Unknown";
  return row.lpar->is_vios() ? Value("VIOS " + version) : Value(version);
}

// What its processors are. A hypervisor takes the first of its system's modes for the default: a 9117-MMA has POWER6.
Value compat_mode(Row row) {
  const std::string& mode = row.current.lpar_proc_compat_mode;
  if (mode != "default" || row.lpar->off()) return mode;
  const auto& modes = row.system->info.compat_modes;
  const auto first = std::ranges::find_if(modes, [](const std::string& known) { return known != "default"; });
  return first == modes.end() ? Value(mode) : Value(*first);
}

constexpr Column<LparRow> lpar_columns[] = {
    {"name", always, [](Row r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](Row r) { return Value(r.lpar->id()); }},
    {"lpar_env", always, [](Row r) { return Value(r.lpar->is_vios() ? "vioserver" : "aixlinux"); }},
    {"state", always, [](Row r) { return Value(r.lpar->state()); }},
    {"resource_config", always, [](Row r) { return Value(!r.lpar->off()); }},
    {"os", always, os_of},
    {"os_version", always, os_version_of},
    {"logical_serial_num", always, [](Row r) { return Value(fmt::format("{}{:X}", r.system->info.serial_num, r.lpar->id())); }},
    {"default_profile", always, [](Row r) { return Value(definition(r).default_profile); }},
    {"curr_profile", always, [](Row r) { return Value(definition(r).curr_profile()); }},
    {"work_group_id", always, [](Row r) { return Value(r.current.work_group_id); }},
    {"allow_perf_collection", always, [](Row) { return Value(0); }},
    {"power_ctrl_lpar_ids", always, [](Row) { return Value("none"); }},
    {"boot_mode", always, [](Row r) { return Value(r.current.boot_mode); }},
    {"lpar_keylock", always, [](Row) { return Value("norm"); }},
    {"auto_start", always, [](Row) { return Value(0); }},
    {"redundant_err_path_reporting", always, [](Row r) { return Value(r.current.redundant_err_path_reporting); }},
    {"rmc_state", always, [](Row r) { return Value(name_of(r.lpar->rmc)); }},
    {"rmc_ipaddr", always, [](Row r) { return Value(definition(r).ip_address); }},
    {"time_ref", always, [](Row r) { return Value(definition(r).time_ref); }},
    {"lpar_avail_priority", always, [](Row r) { return Value(r.lpar->is_vios() ? 191 : 127); }},
    {"desired_lpar_proc_compat_mode", always, [](Row r) { return Value(r.next.lpar_proc_compat_mode); }},
    {"curr_lpar_proc_compat_mode", always, compat_mode},
    {"sync_curr_profile", always, [](Row) { return Value(0); }},
    {"vtpm_enabled", always, [](Row) { return Value(0); }},
    {"msp", always, [](Row r) { return r.lpar->is_vios() ? Value(definition(r).msp) : Value::absent(); }},
    {"migration_disabled", always, [](Row r) { return r.lpar->is_vios() ? Value::absent() : Value(0); }},
    {"uuid", always, [](Row r) { return Value(definition(r).uuid); }},
    {"description", always, [](Row) { return Value(""); }},
    {"curr_secure_boot", Shown::on_request, [](Row) { return Value(0); }},
    {"kvm_capable", Shown::on_request, [](Row) { return Value(0); }},
    {"lpar_type", Shown::on_request, [](Row r) { return Value(r.lpar->is_vios() ? "vioserver" : "aixlinux"); }},
};

Result<int> list_lpars(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  std::vector<LparRow> rows;
  for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) {
    const emu::LparDefinition& definition = lpar->info.definition;
    const emu::Profile* next = definition.profile(definition.next_profile());
    rows.push_back({system, lpar, lpar->current() ? *lpar->current() : emu::Current{}, next ? *next : emu::Profile{}});
  }
  call.print(TRY(list<LparRow>(lpar_columns, rows, call.options)));
  return 0;
}

// ---- -r prof ----

Result<int> list_profiles(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  constexpr std::string_view allowed[] = {"profile_names"};
  const Filtered found = TRY(filtered(call, *system, allowed));
  const std::vector<std::string> names = found.filter.values("profile_names");
  std::vector<ProfileRow> rows;
  for (const Lpar* lpar : found.lpars)
    for (const emu::Profile& profile : lpar->info.definition.profiles)
      if (names.empty() || std::ranges::count(names, profile.name)) rows.push_back({&lpar->info.definition, profile});
  std::vector<Column<ProfileRow>> columns;
  for (const ProfileAttribute& attribute : profile_attributes()) columns.push_back(attribute.column);
  call.print(TRY(list<ProfileRow>(columns, rows, call.options)));
  return 0;
}

}  // namespace

constinit const OptionTable lssyscfg_options = options;

Result<int> lssyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "sys") return list_sys(call);
  if (what == "lpar") return list_lpars(call);
  if (what == "prof") return list_profiles(call);
  return usage_error("-r");
}

}  // namespace hmc::cli
