// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a system profile. (`lssyscfg chsyscfg mksyscfg -r sysprof`)

#include <map>
#include <optional>
#include <span>

#include "emu/core/system_profile.h"
#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct SystemProfileRow {
  const System* system = nullptr;
  const emu::SystemProfile* profile = nullptr;
};

// What an assignment asks for: partitions and their profiles are given apart, and belong together by their order.
struct SystemProfileChange {
  struct Entries {
    std::optional<std::vector<const Lpar*>> lpars;
    std::optional<std::vector<std::string>> profiles;
  };
  const System& system;
  std::string name;
  std::map<Change, Entries> entries;
};

std::span<const Attribute<SystemProfileRow, SystemProfileChange>> system_profile_attributes();

// What mksyscfg and chsyscfg do to a system profile of a system: the assignments, and the rules. On an error it is of no use.
emu::Status assign_to_system_profile(emu::SystemProfile&, By, std::span<const Assignment>, const System&);

}  // namespace hmc::attributes
