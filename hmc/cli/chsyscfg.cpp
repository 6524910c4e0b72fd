// SPDX-License-Identifier: GPL-2.0-or-later
// chsyscfg: attributes of partitions and profiles.
#include <algorithm>

#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/profile_attributes.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-r"}, {"-m"}, {"-i"}, {"--force", Takes::nothing}};  // nothing is warned of: --force goes on anyway

struct Change {
  const Target& target;
  emu::LparDefinition& definition;
};

struct LparAttribute {
  std::string_view name;
  Status (*set)(const Change&, const std::string& value);
};

Status accept(const Change&, const std::string&) { return emu::success(); }

constexpr LparAttribute lpar_attributes[] = {
    {"name", accept},
    {"lpar_id", accept},
    {"new_name",
     [](const Change& c, const std::string& value) -> Status {
       if (value.empty()) return usage_error("-i (new_name)");
       TRY(valid_name(value));
       if (const Lpar* other = c.target.system->lpar(value); other && other != c.target.lpar)
         return say("HSCL8016", value, c.target.system->name());
       c.definition.name = value;
       return emu::success();
     }},
    {"msp",
     [](const Change& c, const std::string& value) -> Status {
       if (!c.target.lpar->is_vios()) return say("HSCL8015", c.target.lpar->name());
       return flag(c.definition.msp, value, "msp");
     }},
    {"time_ref", [](const Change& c, const std::string& value) { return flag(c.definition.time_ref, value, "time_ref"); }},
    {"default_profile",
     [](const Change& c, const std::string& value) -> Status {
       if (!c.definition.profile(value)) return say("HSCL8010", value, c.definition.name);
       c.definition.default_profile = value;
       return emu::success();
     }},
    // What has no effect here, but does no harm either.
    {"description", accept},
    {"sync_curr_profile", accept},
    {"allow_perf_collection", accept},
    {"auto_start", accept},
    {"boot_mode", accept},
};

Result<int> change_lpar(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "name", "lpar_id"));
  emu::LparDefinition definition = target.lpar->info.definition;
  const Change change{target, definition};
  for (const Attribute& attribute : data.all()) {
    const auto row = std::ranges::find(lpar_attributes, attribute.name, &LparAttribute::name);
    if (row == std::end(lpar_attributes))
      return Error{"", "An invalid attribute was entered. The attributes that are not valid are " + attribute.name +
                           ". Please check your entry and retry the command."};
    TRY(row->set(change, attribute.text()));
  }
  if (definition == target.lpar->info.definition) return 0;
  TRY(ask(*target.link, service::DefineLpar{definition}));
  return 0;
}

Result<int> change_profile(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "lpar_name", "lpar_id"));
  const std::string name = data.text("name");
  if (name.empty()) return usage_error("-i (name)");
  const emu::Profile* profile = target.lpar->info.definition.profile(name);
  if (!profile) return say("HSCL8010", name, target.lpar->name());
  emu::Profile changed = *profile;
  constexpr std::string_view names[] = {"name", "lpar_name", "lpar_id", "new_name"};
  TRY(apply(changed, data, names));
  TRY(complete_partners(changed, *target.system));
  TRY(obeys(changed, target.lpar->info.definition.env, target.system->info));
  const std::string new_name = data.text("new_name");
  if (!new_name.empty()) {
    TRY(valid_name(new_name));
    changed.name = new_name;
  }
  TRY(ask(*target.link, service::WriteProfile{target.lpar->id(), changed}));
  if (!new_name.empty() && new_name != name) TRY(ask(*target.link, service::RemoveProfile{target.lpar->id(), name}));
  return 0;
}

}  // namespace

constinit const OptionTable chsyscfg_options = options;

Result<int> chsyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what != "lpar" && what != "prof") return usage_error("-r");
  if (!call.options.has("-i")) return usage_error("-i");
  const Data data = TRY(Data::parse(call.options.value("-i")));
  return what == "lpar" ? change_lpar(call, data) : change_profile(call, data);
}

}  // namespace hmc::cli
