// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Backups of the profile data of a system: its partitions with their profiles, and its system profiles. They lie in the console's journal,
// by the system's serial number and a name. (bkprofdata)

#include "emu/core/partition_profile.h"
#include "emu/core/system_profile.h"
#include "hmc/inventory/inventory.h"
#include "hmc/journal/journal.h"

namespace hmc {

struct ProfileData {
  std::string mtms;
  u64 wall = 0;  // when it was backed up
  std::vector<emu::LparDefinition> lpars;
  emu::SystemProfiles system_profiles;
  FIELDS(ProfileData, mtms, wall, lpars, system_profiles)
};

// As typed: a plain name, or one in /var/hsc/profiles/<serial number>, where a console keeps them.
Result<std::string> backup_name(const std::string& typed, const System&);

bool is_backed_up(const Journal&, const System&, const std::string& name);
Status back_up(Journal&, const System&, const std::string& name, const ProfileData&);
Result<ProfileData> backed_up(const Journal&, const System&, const std::string& name);
Status remove_backup(Journal&, const System&, const std::string& name);

}  // namespace hmc
