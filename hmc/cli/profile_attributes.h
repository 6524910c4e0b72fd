// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a profile: one table for lssyscfg, which prints them, and for mksyscfg and chsyscfg, which set them.

#include <span>
#include <string>

#include "emu/core/partition_profile.h"
#include "emu/link/service.h"
#include "hmc/cli/data.h"
#include "hmc/cli/listing.h"

namespace hmc::cli {

struct ProfileRow {
  const emu::LparDefinition* lpar = nullptr;
  emu::Profile profile;
};

struct ProfileAttribute {
  Column<ProfileRow> column;
  emu::Status (*set)(emu::Profile&, const Attribute&);  // null: printed only
};

std::span<const ProfileAttribute> profile_attributes();

// Applies all attributes of `data` but those named in `skip`; the first that is wrong is the error.
emu::Status apply(emu::Profile& profile, const Data& data, std::span<const std::string_view> skip);

// Whether what was applied obeys the rules of emu/core/profile_rules.h on that system; else what does not, in the HMC's words.
emu::Status obeys(const emu::Configuration&, emu::LparEnv, const emu::service::SystemInfo&);

}  // namespace hmc::cli
