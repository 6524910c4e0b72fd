// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What becomes of system profiles when partitions and their profiles go or change their names, and what may be stored. Pure.

#include "emu/core/system_profile.h"
#include "firmware/lpars.h"

namespace firmware {

// A partition that was like this is like that now: its profiles have other names, or are gone. Null: the partition is gone itself.
emu::SystemProfiles followed(const emu::SystemProfiles&, const emu::LparDefinition& was, const emu::LparDefinition* is);

// With the profile, in the place of the one that is named. An error: its partitions or their profiles are not there, or the name is taken.
emu::Result<emu::SystemProfiles> with(const Lpars&, const emu::SystemProfile&, const std::string& replaces);

emu::Error no_such_system_profile(const std::string& name);

}  // namespace firmware
