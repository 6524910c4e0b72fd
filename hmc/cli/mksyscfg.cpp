// SPDX-License-Identifier: GPL-2.0-or-later
// mksyscfg: new partitions, profiles and system profiles, and profiles saved from what is current.
#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/profile_rules.h"
#include "emu/core/virtual_slots.h"
#include "hmc/attributes/lpar.h"
#include "hmc/attributes/names.h"
#include "hmc/attributes/profile.h"
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/system_profiles.h"
#include "hmc/lpm/checks.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

using attributes::By;

constexpr Option options[] = {{"-r"}, {"-m"}, {"-i"},   {"-f", Takes::file},        {"-o"},
                              {"-p"}, {"-n"}, {"--id"}, {"--force", Takes::nothing}};

// What the real command does not do without.
Status sizes_given(const Data& data) {
  for (const std::string_view name : {"min_mem", "desired_mem", "max_mem"})
    if (!data.find(name)) return usage_error(fmt::format("-i ({})", name));
  return emu::success();
}

// What a partition and its profile both have goes into the profile.
Status assign_to_lpar(emu::LparDefinition& definition, emu::Profile& profile, const Data& data, const System& system) {
  std::vector<Assignment> of_profile;
  std::vector<Assignment> of_lpar;
  for (const Assignment& assignment : data.all()) {
    if (assignment.name == "profile_name") continue;
    const auto* row = attributes::find(attributes::profile_attributes(), assignment.name);
    (row && row->settable != attributes::Settable::names ? of_profile : of_lpar).push_back(assignment);
  }
  attributes::LparChange change{system, definition};
  Lpar made;
  const auto listed = [&] {
    made.info.definition = definition;
    return attributes::lpar_row(system, made);
  };
  TRY(attributes::assign(attributes::lpar_attributes(), By::making, std::span<const Assignment>(of_lpar), change, listed));
  return attributes::assign_to_profile(profile, By::making, of_profile, definition, system);
}

Result<int> make_lpar(Call& call, const Data& data) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  if (!system->has_power()) return say("HSCLA228", system->name());
  emu::LparDefinition definition;
  definition.name = data.text("name");
  if (definition.name.empty()) return usage_error("-i (name)");
  TRY(attributes::valid_name(definition.name));
  if (system->lpar(definition.name)) return say("HSCLF016", definition.name, system->name());
  const std::string env = data.text("lpar_env");
  if (env == "os400") return say("HSCLF01D", system->name());
  if (env != "aixlinux" && env != "vioserver") return usage_error("-i (lpar_env)");
  definition.env = env == "vioserver" ? emu::LparEnv::vioserver : emu::LparEnv::aixlinux;
  const std::string id_text = data.text("lpar_id");
  const auto id = parse_number<u32>(id_text);
  if (data.find("lpar_id") && !id) return usage_error("-i (lpar_id)");
  definition.lpar_id = id.value_or(1);
  if (id && system->lpar(definition.lpar_id)) return usage_error("-i (lpar_id)");
  while (!id && system->lpar(definition.lpar_id)) ++definition.lpar_id;
  if (!id && definition.lpar_id > emu::lpar_limit) return say("HSCLF01F", system->name(), emu::lpar_limit);
  emu::Profile profile;
  profile.adapters = emu::default_adapters();
  profile.auto_start = definition.starts_with_system();
  profile.name = data.text("profile_name");
  if (profile.name.empty()) return usage_error("-i (profile_name)");
  TRY(attributes::valid_name(profile.name));
  TRY(sizes_given(data));
  TRY(assign_to_lpar(definition, profile, data, *system));
  definition.default_profile = profile.name;
  definition.auto_start = profile.auto_start;
  definition.profiles.push_back(std::move(profile));
  if (const auto broken = emu::broken_rules(definition); !broken.empty())
    return attributes::wrong_value(broken[0].attribute, broken[0].value);
  TRY(ask(*call.console.link(system->frame), service::DefineLpar{definition}));
  return 0;
}

Result<int> save_profile(Call& call) {
  const std::string name = call.options.value("-n");
  if (name.empty()) return usage_error("-n");
  TRY(attributes::valid_name(name));
  const Target target = TRY(target_of(call, "-p"));
  if (target.lpar->info.definition.profile(name) && !call.options.has("--force"))
    return say("HSCLF022", target.lpar->name(), name);
  emu::Profile profile{current_configuration(*target.lpar), name};
  profile.auto_start = target.lpar->info.definition.starts_with_system();
  TRY(attributes::obeys(profile, target.lpar->info.definition.env, target.system->info));
  TRY(ask(*target.link, service::WriteProfile{target.lpar->id(), profile}));
  return 0;
}

Result<int> make_profile(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "lpar_name", "lpar_id"));
  emu::Profile profile;
  profile.name = data.text("name");
  if (profile.name.empty()) return usage_error("-i (name)");
  TRY(attributes::valid_name(profile.name));
  const emu::LparDefinition& definition = target.lpar->info.definition;
  profile.auto_start = definition.env == emu::LparEnv::vioserver;
  const emu::Profile* replaced = definition.profile(profile.name);
  if (replaced && !call.options.has("--force")) return say("HSCLF022", definition.name, profile.name);
  // What it boots lies on the partition's disk, whichever profile it starts with.
  if (const emu::Profile* other = replaced ? replaced : definition.profile(definition.default_profile)) {
    profile.boot_image = other->boot_image;
    profile.boot_initrd = other->boot_initrd;
    profile.boot_arguments = other->boot_arguments;
  }
  profile.adapters = emu::default_adapters();
  // The MAC addresses of a profile that is written anew stay.
  if (replaced)
    for (const emu::VirtualAdapter& each : replaced->adapters)
      if (each.slot >= emu::first_virtual_slot && data.find(emu::row_of(each.kind).attribute)) profile.adapters.push_back(each);
  TRY(sizes_given(data));
  TRY(attributes::assign_to_profile(profile, By::making, data.all(), definition, *target.system));
  TRY(ask(*target.link, service::WriteProfile{target.lpar->id(), profile}));
  return 0;
}

}  // namespace

constinit const OptionTable mksyscfg_options = options;

Result<int> mksyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "prof" && call.options.value("-o") == "save") return save_profile(call);
  const auto make = what == "lpar"      ? make_lpar
                    : what == "prof"    ? make_profile
                    : what == "sysprof" ? make_system_profile
                                        : nullptr;
  if (!make) return usage_error("-r");
  return for_each_input(call, make);
}

}  // namespace hmc::cli
