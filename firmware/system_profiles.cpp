// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/system_profiles.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"

namespace firmware {

namespace {

// What the profile is called now; null: it is gone. One that stands in the place of a name that is gone, and is new itself, is the same.
const std::string* name_now(const std::string& name, const emu::LparDefinition& was, const emu::LparDefinition& is) {
  if (const emu::Profile* same = is.profile(name)) return &same->name;
  const auto before = std::ranges::find(was.profiles, name, &emu::Profile::name);
  if (before == was.profiles.end() || is.profiles.size() != was.profiles.size()) return nullptr;
  const emu::Profile& there = is.profiles[static_cast<size_t>(before - was.profiles.begin())];
  return was.profile(there.name) ? nullptr : &there.name;
}

}  // namespace

emu::SystemProfiles followed(const emu::SystemProfiles& profiles, const emu::LparDefinition& was, const emu::LparDefinition* is) {
  emu::SystemProfiles result;
  for (const emu::SystemProfile& profile : profiles.profiles) {
    emu::SystemProfile now{profile.name, {}};
    for (const emu::SystemProfileEntry& entry : profile.entries) {
      if (entry.lpar_id != was.lpar_id) {
        now.entries.push_back(entry);
      } else if (const std::string* name = is ? name_now(entry.profile, was, *is) : nullptr) {
        now.entries.push_back({entry.lpar_id, *name});
      }
    }
    // SIMPLIFIED: what a real console does with a system profile that has lost its last partition is not told; here it goes.
    if (!now.entries.empty()) result.profiles.push_back(std::move(now));
  }
  return result;
}

emu::Result<emu::SystemProfiles> with(const Lpars& lpars, const emu::SystemProfile& wanted, const std::string& replaces) {
  if (const auto broken = emu::broken_rules(wanted); !broken.empty())
    return emu::Error{"configuration", fmt::format("The system profile cannot have {}={}: {}.", broken[0].attribute,
                                                   broken[0].value, broken[0].rule)};
  for (const emu::SystemProfileEntry& entry : wanted.entries) {
    const Lpar* lpar = lpars.find(entry.lpar_id);
    if (!lpar) return no_such_lpar(entry.lpar_id);
    if (!lpar->definition.profile(entry.profile))
      return emu::Error{"HSCLF010", fmt::format("Partition {} has no profile {}.", lpar->definition.name, entry.profile)};
  }
  emu::SystemProfiles result = lpars.system_profiles();
  if (wanted.name != replaces && result.find(wanted.name))
    return emu::Error{"HSCLF021", fmt::format("There is a system profile {} already.", wanted.name)};
  if (replaces.empty()) {
    result.profiles.push_back(wanted);
    return result;
  }
  const auto former = std::ranges::find(result.profiles, replaces, &emu::SystemProfile::name);
  if (former == result.profiles.end()) return no_such_system_profile(replaces);
  *former = wanted;
  return result;
}

emu::Error no_such_system_profile(const std::string& name) {
  return {"HSCLF020", fmt::format("There is no system profile {}.", name)};
}

}  // namespace firmware
