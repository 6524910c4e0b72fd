// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/system_profiles.h"

#include <algorithm>
#include <map>

#include "emu/core/grant.h"
#include "emu/core/physical_slot.h"
#include "emu/core/processor_pool.h"
#include "emu/core/profile_rules.h"
#include "hmc/attributes/names.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/system_profile.h"
#include "hmc/cli/change.h"
#include "hmc/cli/listing.h"
#include "hmc/cli/power.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

using attributes::By;

// A system and its system profiles. Commands that change them take turns at this console.
struct Found {
  Claims::Claim claim;
  Inventory inventory;
  const System* system = nullptr;
  FrameLink* link = nullptr;
  emu::SystemProfiles profiles;
};

Result<Found> of_system(Call& call) {
  Found found;
  found.inventory = call.inventory(Detail::lpars);
  found.system = TRY(system_of(call, found.inventory));
  found.link = call.console.link(found.system->frame);
  found.profiles = TRY(ask(*found.link, service::ListSystemProfiles{}));
  return found;
}

Result<Found> to_change(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  auto claim = TRY(call.console.claims().take("system profiles of " + system->mtms(), system->name(), Claims::Kind::in_turn));
  Found found = TRY(of_system(call));
  found.claim = std::move(claim);
  return found;
}

Result<emu::SystemProfile> named(const Found& found, const std::string& name) {
  if (const emu::SystemProfile* profile = found.profiles.find(name)) return *profile;
  TRY(attributes::valid_name(name));
  return say("HSCLF020", name, found.system->name());
}

// What partitions have or will have of pools and physical slots.
struct Claimed {
  std::map<u32, u32> units;          // by pool
  std::map<u32, std::string> slots;  // who has them, by connector

  void add(const Lpar& lpar, const emu::Configuration& configuration) {
    if (configuration.proc_mode == emu::ProcMode::shared)
      units[configuration.shared_proc_pool] += configuration.desired_proc_units;
    for (const std::string& text : configuration.io_slots)
      if (const auto claim = emu::slot_claim(text)) slots.emplace(claim->drc_index, lpar.name());
  }
};

Status pool_takes(const System& system, const Claimed& claimed, const Lpar& lpar, const emu::Configuration& wished) {
  if (wished.proc_mode != emu::ProcMode::shared || wished.shared_proc_pool == emu::default_pool) return emu::success();
  const emu::ProcessorPool pool = emu::pool_of(system.info.processor_pools, wished.shared_proc_pool);
  if (!pool.takes_partitions()) return say("HSCLF0C0", pool.name, system.name());
  const auto others = claimed.units.find(pool.id);
  const u32 taken = pool.reserved_units + (others == claimed.units.end() ? 0 : others->second);
  if (taken + wished.desired_proc_units <= pool.max_units) return emu::success();
  return say("HSCLF0C1", lpar.name(), emu::units_text(wished.desired_proc_units), pool.name, system.name(),
             emu::units_text(pool.max_units - std::min(pool.max_units, taken)), emu::units_text(pool.max_units));
}

// Those that are only desired can be somebody else's.
Status slots_are_free(const System& system, const Claimed& claimed, const Lpar& lpar, const emu::Configuration& wished) {
  for (const std::string& text : wished.io_slots) {
    const auto claim = emu::slot_claim(text);
    if (!claim || !claim->required) continue;
    const std::string index = emu::drc_text(claim->drc_index);
    if (std::ranges::count(system.info.slots, claim->drc_index, &emu::PhysicalSlot::drc_index) == 0)
      return say("HSCLF070", lpar.name(), index);
    if (const auto owner = claimed.slots.find(claim->drc_index); owner != claimed.slots.end() && owner->second != lpar.name())
      return say("HSCLF071", lpar.name(), index, owner->second);
  }
  return emu::success();
}

// What stands against an activation of all of it, as things are: each partition gets what those before it leave.
std::vector<Error> objections(const Found& found, const emu::SystemProfile& profile) {
  std::vector<Error> all;
  emu::Room room = room_of(found.system->info);
  Claimed claimed;
  for (const Lpar& lpar : found.system->lpars)
    if (lpar.info.has_resources && lpar.current()) claimed.add(lpar, *lpar.current());
  for (const emu::SystemProfileEntry& entry : profile.entries) {
    const Lpar* lpar = found.system->lpar(entry.lpar_id);
    const emu::Profile* wished = lpar ? lpar->info.definition.profile(entry.profile) : nullptr;
    if (!lpar || !wished) continue;  // it has gone since the list was made
    if (!lpar->off() && !lpar->failed()) {
      all.push_back(say("HSCL3681", lpar->name()));
      continue;
    }
    const emu::LparEnv env = lpar->info.definition.env;
    if (const Status rules = attributes::obeys(*wished, env, found.system->info); !rules) {
      all.push_back(rules.error());
      continue;
    }
    const auto granted = emu::grant(room, lpar->name(), env, *wished);
    const Status pool = pool_takes(*found.system, claimed, *lpar, granted ? *granted : *wished);
    const Status slots = slots_are_free(*found.system, claimed, *lpar, *wished);
    for (const Status& status : {pool, slots})
      if (!status) all.push_back(status.error());
    if (!granted) {
      all.push_back(granted.error());
    } else if (pool && slots) {
      emu::take(room, env, *granted);
      claimed.add(*lpar, *granted);
    }
  }
  return all;
}

}  // namespace

Result<int> list_system_profiles(Call& call) {
  Data filter;
  if (call.options.has("--filter")) filter = TRY(Data::parse(call.options.value("--filter")));
  for (const Assignment& each : filter.all())
    if (each.name != "profile_names") return usage_error("--filter");
  const Found found = TRY(of_system(call));
  const std::vector<std::string> names = filter.values("profile_names");
  std::vector<attributes::SystemProfileRow> rows;
  for (const emu::SystemProfile& profile : found.profiles.profiles)
    if (names.empty() || std::ranges::count(names, profile.name)) rows.push_back({found.system, &profile});
  call.print(TRY(list(attributes::system_profile_attributes(), rows, call.options)));
  return 0;
}

Result<int> make_system_profile(Call& call, const Data& data) {
  const Found found = TRY(to_change(call));
  emu::SystemProfile made;
  made.name = data.text("name");
  if (made.name.empty()) return usage_error("-i (name)");
  TRY(attributes::valid_name(made.name));
  if (found.profiles.find(made.name)) return say("HSCLF021", made.name, found.system->name());
  TRY(attributes::assign_to_system_profile(made, By::making, data.all(), *found.system));
  TRY(ask(*found.link, service::WriteSystemProfile{made, ""}));
  return 0;
}

Result<int> change_system_profile(Call& call, const Data& data) {
  const Found found = TRY(to_change(call));
  const std::string name = data.text("name");
  if (name.empty()) return usage_error("-i (name)");
  const emu::SystemProfile former = TRY(named(found, name));
  emu::SystemProfile changed = former;
  TRY(attributes::assign_to_system_profile(changed, By::changing, data.all(), *found.system));
  if (changed.name != name && found.profiles.find(changed.name)) return say("HSCLF021", changed.name, found.system->name());
  if (changed == former) return 0;
  TRY(ask(*found.link, service::WriteSystemProfile{changed, name}));
  return 0;
}

Result<int> remove_system_profile(Call& call) {
  const std::string name = call.options.value("-n");
  if (name.empty()) return usage_error("-n");
  const Found found = TRY(to_change(call));
  TRY(named(found, name));
  TRY(ask(*found.link, service::RemoveSystemProfile{name}));
  return 0;
}

Result<int> start_system_profile(Call& call) {
  const std::string name = call.options.value("-n");
  const bool test = call.options.has("--test");
  const bool on = call.options.value("-o") == "on";
  if (name.empty()) return usage_error("-n");
  if (!on && (!test || call.options.has("-o"))) return usage_error("-o");
  const Found found = TRY(of_system(call));
  const emu::SystemProfile profile = TRY(named(found, name));
  const auto failed = [&](const Error& error) { call.print(line_of(error)); };
  if (test) {
    const std::vector<Error> against = objections(found, profile);
    std::ranges::for_each(against, failed);
    if (!against.empty()) return 1;
  }
  if (!on) return 0;
  int status = 0;
  for (const emu::SystemProfileEntry& entry : profile.entries) {
    const Result<int> done = activate(call, entry.lpar_id, entry.profile);
    if (done) continue;
    failed(done.error());
    status = 1;
    if (!call.options.has("--continue")) break;
  }
  return status;
}

}  // namespace hmc::cli
