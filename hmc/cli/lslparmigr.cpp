// SPDX-License-Identifier: GPL-2.0-or-later
// lslparmigr: what can move, what moves, and how it could. (Redbook 5.6.2)
#include <algorithm>

#include <fmt/format.h>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/lpm/migrate.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"},   {"-m"}, {"-t"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing},
                              {"--ip"}, {"-u"}};

// ---- -r lpar ----

struct LparRow {
  const Lpar* lpar = nullptr;
  std::string state = "Not Migrating";
  bool migrating = false;
  bool active = false;
  bool is_target = false;
  std::string source_system;
  std::string dest_system;
  u32 source_id = 65535;  // not chosen yet
  u32 dest_id = 65535;
  std::string source_msp;
  u32 source_msp_id = 0;
  std::string dest_msp;
  u32 dest_msp_id = 0;
  u64 sent = 0;
  u64 remaining = 0;
  std::optional<MovePhase> phase{};  // of an active one of this console
  std::array<u32, move_phases.size()> percents{};
};

// A line tells the other end; -F both.
Value if_source(const LparRow& row, const Value& value) {
  if (!row.migrating) return Value::absent();
  return row.is_target ? Value::absent(value.text) : value;
}
Value if_target(const LparRow& row, const Value& value) {
  if (!row.migrating) return Value::absent();
  return row.is_target ? value : Value::absent(value.text);
}
// A migration without movers has empty names and "unavailable" numbers of them. (Redbook 5.6.2)
Value if_mover(const LparRow& row, const Value& value, const char* otherwise) {
  if (!row.migrating) return Value::absent();
  return row.active && row.source_msp_id ? value : Value::absent(otherwise);
}

Value if_phase(const LparRow& row, const Value& value) {
  return row.migrating && row.phase ? value : Value::absent("unavailable");
}
template <MovePhase phase>
Value percent_of(const LparRow& row) {
  return if_phase(row, Value(row.percents[static_cast<size_t>(phase)]));
}

constexpr Column<LparRow> lpar_columns[] = {
    {"name", Shown::always, [](const LparRow& r) { return Value(r.lpar->name()); }},
    {"lpar_id", Shown::always, [](const LparRow& r) { return Value(r.lpar->id()); }},
    {"migration_state", Shown::always, [](const LparRow& r) { return Value(r.state); }},
    {"migration_type", Shown::always,
     [](const LparRow& r) { return r.migrating ? Value(r.active ? "active" : "inactive") : Value::absent(); }},
    {"source_sys_name", Shown::always, [](const LparRow& r) { return if_target(r, r.source_system); }},
    {"dest_sys_name", Shown::always, [](const LparRow& r) { return if_source(r, r.dest_system); }},
    {"source_lpar_id", Shown::always, [](const LparRow& r) { return if_target(r, r.source_id); }},
    {"dest_lpar_id", Shown::always, [](const LparRow& r) { return if_source(r, r.dest_id); }},
    {"source_msp_name", Shown::always, [](const LparRow& r) { return if_mover(r, r.source_msp, ""); }},
    {"source_msp_id", Shown::always, [](const LparRow& r) { return if_mover(r, r.source_msp_id, "unavailable"); }},
    {"dest_msp_name", Shown::always, [](const LparRow& r) { return if_mover(r, r.dest_msp, ""); }},
    {"dest_msp_id", Shown::always, [](const LparRow& r) { return if_mover(r, r.dest_msp_id, "unavailable"); }},
    {"bytes_transmitted", Shown::on_request, [](const LparRow& r) { return if_mover(r, r.sent, "unavailable"); }},
    {"bytes_remaining", Shown::on_request, [](const LparRow& r) { return if_mover(r, r.remaining, "unavailable"); }},
    {"lpar_name", Shown::on_request, [](const LparRow& r) { return Value(r.lpar->name()); }},
    {"migration_phase", Shown::on_request, [](const LparRow& r) { return if_phase(r, r.phase ? row_of(*r.phase).name : ""); },
     attributes::of_ours},
    {"init_percent", Shown::on_request, percent_of<MovePhase::init>, attributes::of_ours},
    {"copy_percent", Shown::on_request, percent_of<MovePhase::copy>, attributes::of_ours},
    {"io_quiesce_percent", Shown::on_request, percent_of<MovePhase::io_quiesce>, attributes::of_ours},
    {"frozen_percent", Shown::on_request, percent_of<MovePhase::frozen>, attributes::of_ours},
};

LparRow row_of(Console& console, const Inventory& inventory, const System& system, const Lpar& lpar) {
  LparRow row;
  row.lpar = &lpar;
  // A shell is there before its frame has answered which ID it has.
  auto going = console.moves().of(system.name(), lpar.id());
  if (!going && lpar.migrating()) going = console.moves().of_stream(lpar.info.migration_stream);
  if (going) {
    row.migrating = true;
    row.active = going->active;
    row.state = going->state == MoveState::starting ? "Migration Starting" : "Migration In Progress";
    row.is_target = going->target_system == system.name();
    row.source_system = going->source_system;
    row.dest_system = going->target_system;
    row.source_id = going->source_lpar_id;
    if (going->target_lpar_id) row.dest_id = going->target_lpar_id;
    row.source_msp = going->source_msp;
    row.source_msp_id = going->source_msp_id;
    row.dest_msp = going->target_msp;
    row.dest_msp_id = going->target_msp_id;
    row.sent = going->source.bytes_sent;
    row.remaining = going->source.bytes_remaining;
    if (row.active) row.phase = phase_of(going->step);
    row.percents = percents(*going);
    return row;
  }
  if (!lpar.migrating()) return row;
  row.migrating = true;
  const auto elsewhere = goes_on_elsewhere(console, system, lpar);
  // Else nobody drives it any more: it needs recovery. A partition that was running and came back powered off is "invalid".
  // (Redbook 2.5.8, 6.3)
  row.state = !elsewhere                                       ? "Migration Failed"
              : reached(*elsewhere, service::Phase::suspended) ? "Migration In Progress"
                                                               : "Migration Starting";
  if (elsewhere) {
    row.sent = elsewhere->bytes_sent;
    row.remaining = elsewhere->bytes_remaining;
  }
  FrameLink* link = console.link(system.frame);
  const auto verdict =
      link ? ask(*link, service::QueryVerdict{lpar.info.migration_stream}) : Result<service::StreamVerdict>(Error{});
  if (!verdict) return row;
  row.active = verdict->active;
  row.is_target = verdict->role == service::Role::target;  // also when it is a shell no more
  if (!elsewhere && row.active && lpar.off() && (!row.is_target || verdict->fate == service::Fate::started))
    row.state = "Invalid";
  const System* other = inventory.find(verdict->other_system);
  row.source_system = row.is_target ? (other ? other->name() : verdict->other_system) : system.name();
  row.dest_system = row.is_target ? system.name() : (other ? other->name() : verdict->other_system);
  (row.is_target ? row.dest_id : row.source_id) = lpar.id();
  if (other)
    if (const Lpar* there = other->with_uuid(lpar.info.definition.uuid))
      (row.is_target ? row.source_id : row.dest_id) = there->id();
  return row;
}

Result<int> list_lpars(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars, Others::as_well);
  const System* system = TRY(system_of(call, inventory));
  const Filtered found = TRY(filtered(call, *system));
  std::vector<LparRow> rows;
  for (const Lpar* lpar : found.lpars) rows.push_back(row_of(call.console, inventory, *system, *lpar));
  call.print(TRY(list<LparRow>(lpar_columns, rows, call.options)));
  return 0;
}

// ---- -r sys ----

using Info = service::SystemInfo;
constexpr Column<Info> sys_columns[] = {
    {"inactive_lpar_mobility_capable", Shown::always, [](const Info& s) { return Value(s.inactive_lpar_mobility_capable); }},
    {"num_inactive_migrations_supported", Shown::always,
     [](const Info& s) { return Value(s.num_inactive_migrations_supported); }},
    {"num_inactive_migrations_in_progress", Shown::always,
     [](const Info& s) { return Value(s.num_inactive_migrations_in_progress); }},
    {"active_lpar_mobility_capable", Shown::always, [](const Info& s) { return Value(s.active_lpar_mobility_capable); }},
    {"num_active_migrations_supported", Shown::always, [](const Info& s) { return Value(s.num_active_migrations_supported); }},
    {"num_active_migrations_in_progress", Shown::always,
     [](const Info& s) { return Value(s.num_active_migrations_in_progress); }},
    // The spelling of the list of attributes (Redbook 5.6.2); the examples there have the other one.
    {"inactive_lpar_migration_capable", Shown::on_request, [](const Info& s) { return Value(s.inactive_lpar_mobility_capable); }},
    {"active_lpar_migration_capable", Shown::on_request, [](const Info& s) { return Value(s.active_lpar_mobility_capable); }},
};

Result<int> list_sys(Call& call) {
  if (call.options.has("--filter")) return usage_error("--filter");
  const Inventory inventory = call.inventory(Detail::systems);
  Info info = TRY(system_of(call, inventory))->info;
  // A frame counts what it takes part in; what this console has just begun, it may not have heard of yet.
  info.num_active_migrations_in_progress =
      std::max(info.num_active_migrations_in_progress, call.console.moves().count(info.name, true));
  info.num_inactive_migrations_in_progress =
      std::max(info.num_inactive_migrations_in_progress, call.console.moves().count(info.name, false));
  call.print(TRY(list<Info>(sys_columns, {info}, call.options)));
  return 0;
}

// ---- -r manager ----

struct Nothing {};
constexpr Column<Nothing> manager_columns[] = {
    {"remote_lpar_mobility_capable", Shown::always, [](const Nothing&) { return Value(1); }},
};

Result<int> list_manager(Call& call) {
  call.print(TRY(list<Nothing>(manager_columns, {Nothing{}}, call.options)));
  return 0;
}

// ---- -r departed ----

// Ours: a real system forgets who has left it.
struct DepartedRow {
  emu::Departed departed;
  std::string now_on;  // empty: nowhere
};
bool has_migrated(const DepartedRow& row) { return row.departed.by == emu::Departure::migrated; }

constexpr Column<DepartedRow> departed_columns[] = {
    {"name", Shown::always, [](const DepartedRow& r) { return Value(r.departed.name); }, attributes::of_ours},
    {"lpar_id", Shown::always, [](const DepartedRow& r) { return Value(r.departed.lpar_id); }, attributes::of_ours},
    {"runnable_status", Shown::always, [](const DepartedRow&) { return Value("Not Runnable"); }, attributes::of_ours},
    {"not_runnable_set_by", Shown::always, [](const DepartedRow& r) { return Value(has_migrated(r) ? "Migrate" : "Admin"); },
     attributes::of_ours},
    {"not_runnable_reason", Shown::always,
     [](const DepartedRow& r) {
       return Value(has_migrated(r) ? "It has migrated to another system" : "A command has removed it");
     },
     attributes::of_ours},
    {"curr_sys_name", Shown::always, [](const DepartedRow& r) { return r.now_on.empty() ? Value("none") : Value(r.now_on); },
     attributes::of_ours},
    {"time_stamp", Shown::always, [](const DepartedRow& r) { return Value(attributes::time_text(r.departed.wall)); },
     attributes::of_ours},
    {"uuid", Shown::on_request, [](const DepartedRow& r) { return Value(r.departed.uuid); }, attributes::of_ours},
};

Result<int> list_departed(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  FrameLink* link = call.console.link(system->frame);
  if (!link) return say("HSCLF014", system->name());
  std::vector<DepartedRow> rows;
  for (const emu::Departed& each : TRY(ask(*link, service::ListDeparted{})).all) {
    const System* now = inventory.find(each.now_on);
    rows.push_back({each, now ? now->name() : each.now_on});
  }
  call.print(TRY(list<DepartedRow>(departed_columns, rows, call.options)));
  return 0;
}

// ---- -r msp, -r virtualio ----

struct Pair {
  const System* source = nullptr;
  const System* target = nullptr;
  const Lpar* lpar = nullptr;
};

// -t, and a filter that leaves exactly one partition.
Result<Pair> pair_of(const Call& call, const Inventory& inventory) {
  Pair pair;
  pair.source = TRY(system_of(call, inventory));
  pair.target = TRY(system_of(call, inventory, "-t"));
  if (!call.options.has("--filter")) return usage_error("--filter");
  const Filtered found = TRY(filtered(call, *pair.source));
  if (found.lpars.size() != 1) return usage_error("--filter");
  pair.lpar = found.lpars.front();
  if (pair.lpar->is_vios()) return say("HSCLF215", pair.lpar->name());
  return pair;
}

struct MspRow {
  const Lpar* source = nullptr;
  std::vector<std::string> names;
  std::vector<std::string> ids;
  std::vector<std::string> addresses;  // src_ip//id/name/dst_ip/
};
constexpr Column<MspRow> msp_columns[] = {
    {"source_msp_name", Shown::always, [](const MspRow& r) { return Value(r.source->name()); }},
    {"source_msp_id", Shown::always, [](const MspRow& r) { return Value(r.source->id()); }},
    {"dest_msp_names", Shown::always, [](const MspRow& r) { return Value(list_text(r.names)); }},
    {"dest_msp_ids", Shown::always, [](const MspRow& r) { return Value(list_text(r.ids)); }},
    // Of later releases than the Redbook's.
    {"ipaddr_mappings", Shown::on_request, [](const MspRow& r) { return Value(list_text(r.addresses)); }},
};

Result<int> list_msps(Call& call) {
  const Inventory inventory = call.inventory(Detail::vios);
  const Pair pair = TRY(pair_of(call, inventory));
  const Mapping mapping = map_adapters(*pair.source, *pair.target, *pair.lpar, {}, {}, reaches_from(call.console, *pair.source));
  std::vector<MspRow> rows;
  for (const MspPair& msps : mapping.msps) {
    if (rows.empty() || rows.back().source != msps.source) rows.push_back({msps.source, {}, {}, {}});
    rows.back().names.push_back(msps.target->name());
    rows.back().ids.push_back(std::to_string(msps.target->id()));
    for (const MspPair::Route& route : msps.routes)
      rows.back().addresses.push_back(
          fmt::format("{}//{}/{}/{}/", route.source, msps.target->id(), msps.target->name(), route.target));
  }
  call.print(TRY(list<MspRow>(msp_columns, rows, call.options)));
  return 0;
}

// Both criteria of Redbook 2.5.6 are met, and no adapter is without a server.
bool is_good_match(const Mapping& mapping) {
  return mapping.layout_kept && std::ranges::all_of(mapping.scsi, [](const ScsiChoice& each) { return each.chosen != nullptr; });
}

Value mappings(const std::vector<std::string>& texts) { return texts.empty() ? Value("none") : Value(list_text(texts)); }

constexpr Column<Mapping> virtualio_columns[] = {
    {"possible_virtual_scsi_mappings", Shown::always, [](const Mapping& m) { return mappings(possible_texts(m.scsi)); }},
    {"suggested_virtual_scsi_mappings", Shown::always,
     [](const Mapping& m) { return mappings(is_good_match(m) ? suggested_texts(m.scsi) : std::vector<std::string>{}); }},
    {"possible_vlan_mappings", Shown::always, [](const Mapping& m) { return mappings(possible_texts(m.vlans)); }},
    {"suggested_vlan_mappings", Shown::always, [](const Mapping& m) { return mappings(suggested_texts(m.vlans)); }},
};

Result<int> list_virtualio(Call& call) {
  const Inventory inventory = call.inventory(Detail::vios);
  const Pair pair = TRY(pair_of(call, inventory));
  const Mapping mapping = map_adapters(*pair.source, *pair.target, *pair.lpar, current_configuration(*pair.lpar).adapters, {});
  call.print(TRY(list<Mapping>(virtualio_columns, {mapping}, call.options)));
  return 0;
}

struct Kind {
  std::string_view name;
  Result<int> (*run)(Call&);
};
constexpr Kind kinds[] = {
    {"lpar", list_lpars},          {"sys", list_sys},         {"msp", list_msps},
    {"virtualio", list_virtualio}, {"manager", list_manager}, {"departed", list_departed},
};

}  // namespace

constinit const OptionTable lslparmigr_options = options;

Result<int> lslparmigr(Call& call) {
  TRY(meet_other_console(call, Console::Meet::to_look));
  const auto kind = std::ranges::find(kinds, call.options.value("-r"), &Kind::name);
  if (kind == std::end(kinds)) return usage_error("-r");
  const bool of_pairs = kind->name == "msp" || kind->name == "virtualio";
  if (!of_pairs && call.options.has("-t")) return usage_error("-t");
  if (!of_pairs && kind->name != "lpar" && call.options.has("--filter")) return usage_error("--filter");
  return kind->run(call);
}

}  // namespace hmc::cli
