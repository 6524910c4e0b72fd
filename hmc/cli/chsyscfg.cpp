// SPDX-License-Identifier: GPL-2.0-or-later
// chsyscfg: attributes of systems, partitions, profiles and system profiles. Which can be changed, and how: hmc/attributes.
#include <algorithm>

#include "hmc/attributes/lpar.h"
#include "hmc/attributes/names.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/system.h"
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/system_profiles.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-r"}, {"-m"}, {"-i"}, {"-f", Takes::file}, {"--force", Takes::nothing}};  // nothing is warned of: --force goes on anyway

using attributes::By;

Result<int> change_lpar(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "name", "lpar_id"));
  Lpar changed = *target.lpar;
  emu::LparDefinition& definition = changed.info.definition;
  attributes::LparChange change{*target.system, definition};
  TRY(attributes::assign(attributes::lpar_attributes(), By::changing, data.all(), change,
                         [&] { return attributes::lpar_row(*target.system, changed); }));
  if (definition == target.lpar->info.definition) return 0;
  TRY(ask(*target.link, service::DefineLpar{definition}));
  return 0;
}

Result<int> change_system(Call& call, const Data& data) {
  const SystemTarget at = TRY(system_target(call));
  const System* system = at.system;
  attributes::SystemChange change{*system, {}};
  TRY(attributes::assign(attributes::system_attributes(), By::changing, data.all(), change, [&] {
    return attributes::SystemRow{system, call.console.clock().wall()};
  }));
  if (change.maintenance && *change.maintenance != system->info.maintenance)
    TRY(ask(*at.link, service::SetMaintenance{*change.maintenance}));
  if (!change.service) return 0;
  // The former one first: there are never two.
  const Lpar* chosen = *change.service;
  std::vector<std::pair<u32, bool>> changes;
  for (const Lpar& lpar : system->lpars)
    if (lpar.info.definition.service && &lpar != chosen) changes.emplace_back(lpar.id(), false);
  if (chosen && !chosen->info.definition.service) changes.emplace_back(chosen->id(), true);
  std::vector<Target> targets;
  for (const auto& [id, service] : changes) targets.push_back(TRY(target_of(call, id)));
  for (size_t i = 0; i < targets.size(); ++i) {
    emu::LparDefinition definition = targets[i].lpar->info.definition;
    definition.service = changes[i].second;
    TRY(ask(*targets[i].link, service::DefineLpar{definition}));
  }
  return 0;
}

Result<int> change_profile(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "lpar_name", "lpar_id"));
  emu::LparDefinition definition = target.lpar->info.definition;
  const std::string name = data.text("name");
  if (name.empty()) return usage_error("-i (name)");
  const auto profile = std::ranges::find(definition.profiles, name, &emu::Profile::name);
  if (profile == definition.profiles.end()) {
    TRY(attributes::valid_name(name));
    return say("HSCLF010", name, target.lpar->name());
  }
  emu::Profile changed = *profile;
  TRY(attributes::assign_to_profile(changed, By::changing, data.all(), definition, *target.system));
  if (changed == *profile) return 0;
  if (changed.name == name) {
    TRY(ask(*target.link, service::WriteProfile{target.lpar->id(), changed}));
    return 0;
  }
  if (definition.profile(changed.name)) return say("HSCLF022", definition.name, changed.name);
  if (definition.default_profile == name) definition.default_profile = changed.name;
  if (definition.current && definition.current->profile == name) definition.current->profile = changed.name;
  *profile = changed;
  TRY(ask(*target.link, service::DefineLpar{definition}));
  return 0;
}

}  // namespace

constinit const OptionTable chsyscfg_options = options;

Result<int> chsyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  const auto change = what == "lpar"      ? change_lpar
                      : what == "prof"    ? change_profile
                      : what == "sys"     ? change_system
                      : what == "sysprof" ? change_system_profile
                                          : nullptr;
  if (!change) return usage_error("-r");
  return for_each_input(call, change);
}

}  // namespace hmc::cli
