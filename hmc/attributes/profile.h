// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a profile. (`lssyscfg chsyscfg mksyscfg -r prof`)

#include <span>

#include "emu/core/partition_profile.h"
#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct ProfileRow {
  const emu::LparDefinition* lpar = nullptr;
  emu::Profile profile;
  const System* system = nullptr;
};

std::span<const Attribute<ProfileRow, emu::Profile>> profile_attributes();

// What mksyscfg and chsyscfg do to a profile of a partition: the assignments, what follows from them, and the rules of
// emu/core/profile_rules.h on that system. On an error the profile is of no use.
emu::Status assign_to_profile(emu::Profile&, By, std::span<const Assignment>, const emu::LparDefinition& of, const System&);

// Whether it obeys those rules; else what does not, in the HMC's words.
emu::Status obeys(const emu::Configuration&, emu::LparEnv, const service::SystemInfo&);

}  // namespace hmc::attributes
