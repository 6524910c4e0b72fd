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

enum class Given { value = 1, list };  // a list takes += and -=, too

struct ProfileAttribute {
  Column<ProfileRow> column;
  emu::Status (*set)(emu::Profile&, const Attribute&);  // null: printed only
  Given given = Given::value;
};

std::span<const ProfileAttribute> profile_attributes();

// Applies all attributes of `data` but those named in `skip`; the first that is wrong is the error. What a listing prints is taken,
// also of attributes that cannot be set.
emu::Status apply(emu::Profile& profile, const Data& data, const emu::LparDefinition& of, std::span<const std::string_view> skip);

// Whether what was applied obeys the rules of emu/core/profile_rules.h on that system; else what does not, in the HMC's words.
emu::Status obeys(const emu::Configuration&, emu::LparEnv, const emu::service::SystemInfo&);

}  // namespace hmc::cli
