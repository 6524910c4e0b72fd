// SPDX-License-Identifier: GPL-2.0-or-later
// chsyscfg: attributes of partitions and profiles.
#include <algorithm>

#include "emu/core/profile_rules.h"
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/profile_attributes.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-r"}, {"-m"}, {"-i"}, {"--force", Takes::nothing}};  // nothing is warned of: --force goes on anyway

struct Edit {
  const Target& target;
  emu::LparDefinition& definition;
};

struct LparAttribute {
  std::string_view name;
  Status (*set)(const Edit&, const std::string& value);
};

Status accept(const Edit&, const std::string&) { return emu::success(); }

// What has no effect here, but must be right.
template <const char* name>
Status flag_without_effect(const Edit&, const std::string& value) {
  bool ignored = false;
  return flag(ignored, value, name);
}
constexpr char sync_curr_profile[] = "sync_curr_profile";
constexpr char allow_perf_collection[] = "allow_perf_collection";
constexpr char auto_start[] = "auto_start";

// What cannot be a name is not repeated at any length.
Error no_profile(const std::string& name, const std::string& lpar) {
  if (const Status valid = valid_name(name); !valid) return valid.error();
  return say("HSCL8010", name, lpar);
}

constexpr LparAttribute lpar_attributes[] = {
    {"name", accept},
    {"lpar_id", accept},
    {"new_name",
     [](const Edit& c, const std::string& value) -> Status {
       if (value.empty()) return usage_error("-i (new_name)");
       TRY(valid_name(value));
       if (const Lpar* other = c.target.system->lpar(value); other && other != c.target.lpar)
         return say("HSCL8016", value, c.target.system->name());
       c.definition.name = value;
       return emu::success();
     }},
    {"msp",
     [](const Edit& c, const std::string& value) -> Status {
       if (!c.target.lpar->is_vios()) return say("HSCL8015", c.target.lpar->name());
       return flag(c.definition.msp, value, "msp");
     }},
    {"time_ref", [](const Edit& c, const std::string& value) { return flag(c.definition.time_ref, value, "time_ref"); }},
    {"default_profile",
     [](const Edit& c, const std::string& value) -> Status {
       if (!c.definition.profile(value)) return no_profile(value, c.definition.name);
       c.definition.default_profile = value;
       return emu::success();
     }},
    // The partition's own group, which it leaves and joins at any time; each profile has one, too. (Redbook 3.6.5)
    {"work_group_id",
     [](const Edit& c, const std::string& value) -> Status {
       if (!emu::is_work_group(value)) return invalid_value("work_group_id", value);
       if (c.definition.current)
         c.definition.current->work_group_id = value;
       else if (value != "none")
         return say("HSCL801C", c.definition.name);
       return emu::success();
     }},
    {"description", accept},  // nobody shows it
    {sync_curr_profile, flag_without_effect<sync_curr_profile>},
    {allow_perf_collection, flag_without_effect<allow_perf_collection>},
    {auto_start, flag_without_effect<auto_start>},
    {"boot_mode",
     [](const Edit&, const std::string& value) -> Status {
       if (std::ranges::count(emu::boot_modes, value) == 0) return invalid_value("boot_mode", value);
       return emu::success();
     }},
};

Result<int> change_lpar(Call& call, const Data& data) {
  const Target target = TRY(target_of(call, data, "name", "lpar_id"));
  emu::LparDefinition definition = target.lpar->info.definition;
  const Edit edit{target, definition};
  for (const Attribute& attribute : data.all()) {
    const auto row = std::ranges::find(lpar_attributes, attribute.name, &LparAttribute::name);
    if (row == std::end(lpar_attributes))
      return Error{"", "An invalid attribute was entered. The attributes that are not valid are " + attribute.name.substr(0, 80) +
                           ". Please check your entry and retry the command."};
    if (attribute.change != Change::set) return invalid_value(attribute.name, attribute.text);
    TRY(row->set(edit, attribute.text));
  }
  if (definition == target.lpar->info.definition) return 0;
  TRY(ask(*target.link, service::DefineLpar{definition}));
  return 0;
}

// Which partition is the service partition of its system.
Result<int> change_system(Call& call, const Data& data) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* chosen = nullptr;
  for (const Attribute& attribute : data.all()) {
    const std::string value = attribute.text();
    if (attribute.name != "service_lpar_id" && attribute.name != "service_lpar_name")
      return Error{"", "An invalid attribute was entered. The attributes that are not valid are " + attribute.name +
                           ". Please check your entry and retry the command."};
    const bool by_id = attribute.name == "service_lpar_id";
    const auto id = parse_number<u32>(value);
    if (data.all().size() > 1 || attribute.change != cli::Change::set || value.empty() || (by_id && !id && value != "none"))
      return usage_error("-i (" + attribute.name + ")");
    if (value == "none") continue;
    chosen = by_id ? system->lpar(*id) : system->lpar(value);
    if (!chosen && by_id) return say("HSCL8013", *id);
    if (!chosen) return say("HSCL8012", value);
  }
  // The former one first: there are never two.
  std::vector<std::pair<u32, bool>> changes;
  for (const Lpar& lpar : system->lpars)
    if (lpar.info.definition.service && &lpar != chosen) changes.push_back({lpar.id(), false});
  if (chosen && !chosen->info.definition.service) changes.push_back({chosen->id(), true});
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
  const std::string name = data.text("name");
  if (name.empty()) return usage_error("-i (name)");
  const emu::Profile* profile = target.lpar->info.definition.profile(name);
  if (!profile) return no_profile(name, target.lpar->name());
  emu::Profile changed = *profile;
  constexpr std::string_view names[] = {"name", "lpar_name", "lpar_id", "new_name"};
  emu::LparDefinition definition = target.lpar->info.definition;
  TRY(apply(changed, data, definition, names));
  TRY(complete_partners(changed, *target.system));
  TRY(obeys(changed, definition.env, target.system->info));
  if (data.find("new_name")) {
    changed.name = data.text("new_name");
    TRY(valid_name(changed.name));
    if (changed.name != name && definition.profile(changed.name)) return say("HSCL8016", changed.name, target.system->name());
  }
  if (changed == *profile) return 0;
  if (changed.name == name) {
    TRY(ask(*target.link, service::WriteProfile{target.lpar->id(), changed}));
    return 0;
  }
  if (definition.default_profile == name) definition.default_profile = changed.name;
  *std::ranges::find(definition.profiles, name, &emu::Profile::name) = changed;
  TRY(ask(*target.link, service::DefineLpar{definition}));
  return 0;
}

}  // namespace

constinit const OptionTable chsyscfg_options = options;

Result<int> chsyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what != "lpar" && what != "prof" && what != "sys") return usage_error("-r");
  if (!call.options.has("-i")) return usage_error("-i");
  const Data data = TRY(Data::parse(call.options.value("-i")));
  if (what == "sys") return change_system(call, data);
  return what == "lpar" ? change_lpar(call, data) : change_profile(call, data);
}

}  // namespace hmc::cli
