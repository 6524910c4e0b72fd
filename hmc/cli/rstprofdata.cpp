// SPDX-License-Identifier: GPL-2.0-or-later
// rstprofdata: the profile data of a system becomes that of a backup, or is merged with it, or is initialized.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/profile_data.h"

namespace hmc::cli {

namespace {

using emu::LparDefinition;
using emu::SystemProfile;

constexpr Option options[] = {{"-m"}, {"-l"}, {"-f"}};

enum class Restore { full = 1, backup_first, current_first, initialize };

// What has to be done, found before anything is. In this order.
struct Work {
  std::vector<const Lpar*> removed;
  std::vector<LparDefinition> defined;
  std::vector<std::string> system_profiles_removed;
  std::vector<std::pair<SystemProfile, std::string>> system_profiles_written;  // and what it replaces
};

// The profiles of the backup, in a partition that is there: what it has now, and what it is, stays.
LparDefinition with_profiles(const LparDefinition& is, const LparDefinition& backup, bool backup_first) {
  LparDefinition result = is;
  for (const emu::Profile& profile : backup.profiles) {
    const auto same = std::ranges::find(result.profiles, profile.name, &emu::Profile::name);
    if (same == result.profiles.end())
      result.profiles.push_back(profile);
    else if (backup_first)
      *same = profile;
  }
  if (backup_first) result.default_profile = backup.default_profile;
  return result;
}

Status plan_partition(const System& system, const Inventory& inventory, const LparDefinition& backup, Restore how, Work& work) {
  const Lpar* there = system.with_uuid(backup.uuid);
  if (there) {
    if (there->migrating()) return say("HSCL05DF", there->name(), there->state());
    LparDefinition wanted = with_profiles(there->info.definition, backup, how != Restore::current_first);
    if (how == Restore::full)
      std::erase_if(wanted.profiles, [&](const emu::Profile& each) { return !backup.profile(each.name); });
    if (wanted != there->info.definition) work.defined.push_back(std::move(wanted));
    return emu::success();
  }
  // It has moved since: there are never two of a partition.
  for (const System& other : inventory.systems)
    if (&other != &system && other.with_uuid(backup.uuid)) return say("HSCLF0B1", backup.name, other.name());
  const auto taken = std::ranges::find_if(
      system.lpars, [&](const Lpar& each) { return each.id() == backup.lpar_id || each.name() == backup.name; });
  if (taken != system.lpars.end() && std::ranges::count(work.removed, &*taken) == 0)
    return how == Restore::current_first ? emu::success() : Status(say("HSCLF0B2", backup.name, taken->name(), taken->id()));
  LparDefinition wanted = backup;
  wanted.current.reset();
  work.defined.push_back(std::move(wanted));
  return emu::success();
}

Result<Work> plan(const System& system, const Inventory& inventory, const emu::SystemProfiles& now, const ProfileData& backup,
                  Restore how) {
  Work work;
  if (how == Restore::full || how == Restore::initialize) {
    for (const Lpar& lpar : system.lpars)
      if (std::ranges::none_of(backup.lpars, [&](const LparDefinition& d) { return d.uuid == lpar.info.definition.uuid; })) {
        if (!lpar.off() || lpar.migrating()) return say("HSCLF0B3", lpar.name(), lpar.state());
        work.removed.push_back(&lpar);
      }
    for (const SystemProfile& each : now.profiles)
      if (!backup.system_profiles.find(each.name)) work.system_profiles_removed.push_back(each.name);
  }
  for (const LparDefinition& each : backup.lpars) TRY(plan_partition(system, inventory, each, how, work));
  for (const SystemProfile& each : backup.system_profiles.profiles) {
    const SystemProfile* there = now.find(each.name);
    if (!there || (how != Restore::current_first && *there != each))
      work.system_profiles_written.emplace_back(each, there ? each.name : "");
  }
  return work;
}

Status carry_out(FrameLink& link, const Work& work, const emu::SystemProfiles& now) {
  for (const std::string& name : work.system_profiles_removed) TRY(ask(link, service::RemoveSystemProfile{name}));
  for (const Lpar* lpar : work.removed) TRY(ask(link, service::RemoveLpar{lpar->id()}));
  for (const LparDefinition& definition : work.defined) TRY(ask(link, service::DefineLpar{definition}));
  if (work.system_profiles_written.empty()) return emu::success();
  // Some may have gone with their last partition.
  const emu::SystemProfiles left = work.removed.empty() ? now : TRY(ask(link, service::ListSystemProfiles{}));
  for (const auto& [profile, replaced] : work.system_profiles_written)
    TRY(ask(link, service::WriteSystemProfile{profile, left.find(replaced) ? replaced : ""}));
  return emu::success();
}

}  // namespace
constinit const OptionTable rstprofdata_options = options;

Result<int> rstprofdata(Call& call) {
  const auto type = call.options.number("-l");
  if (!type || *type < 1 || *type > 4) return usage_error("-l");
  const auto how = static_cast<Restore>(*type);
  const bool of_a_file = how != Restore::initialize;
  if (of_a_file ? call.options.value("-f").empty() : call.options.has("-f")) return usage_error("-f");
  const std::string named = call.options.value("-m");
  const auto look = [&] { return call.console.inventory(Detail::lpars, std::array{named}, Others::as_well); };
  Inventory inventory = look();
  const System* system = TRY(system_of(call, inventory));
  // Nobody else works on what is changed.
  std::vector<Claims::Claim> claims;
  for (const Lpar& lpar : system->lpars)
    claims.push_back(TRY(call.console.claims().take(lpar.info.definition.uuid, lpar.name(), Claims::Kind::alone)));
  inventory = look();
  system = TRY(system_of(call, inventory));
  if (!system->has_power()) return say("HSCLA228", system->name());
  ProfileData backup;
  if (of_a_file) {
    const std::string name = TRY(backup_name(call.options.value("-f"), *system));
    backup = TRY(backed_up(call.console.journal(), *system, name));
  }
  FrameLink& link = *call.console.link(system->frame);
  const emu::SystemProfiles now = TRY(ask(link, service::ListSystemProfiles{}));
  const Work work = TRY(plan(*system, inventory, now, backup, how));
  if (const Status done = carry_out(link, work, now); !done) {
    emu::Error error = with_code(done.error());
    error.text += " (What was restored before that stays so; retry the command when it can be done.)";
    return error;
  }
  return 0;
}

}  // namespace hmc::cli
