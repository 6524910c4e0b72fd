// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A system profile: which partitions of a system are activated together, each with which of its profiles, in this order. Its frame keeps
// it in its journal, and takes out of it what is there no more.

#include <string>
#include <vector>

#include "emu/core/fields.h"

namespace emu {

struct SystemProfileEntry {
  u32 lpar_id = 0;
  std::string profile;
  FIELDS(SystemProfileEntry, lpar_id, profile)
};

struct SystemProfile {
  std::string name;
  std::vector<SystemProfileEntry> entries;  // at least one; each partition once
  FIELDS(SystemProfile, name, entries)
};

struct SystemProfiles {
  std::vector<SystemProfile> profiles;
  FIELDS(SystemProfiles, profiles)

  const SystemProfile* find(std::string_view name) const {
    const auto found = std::ranges::find(profiles, name, &SystemProfile::name);
    return found == profiles.end() ? nullptr : &*found;
  }
};

}  // namespace emu
