// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition is defined as: words that the lab file, the HMC, the hypervisor and the VIOS share. Plain values; copy
// them freely.

#include <optional>
#include <string>
#include <vector>

#include "emu/core/configuration.h"
#include "emu/core/current.h"

namespace emu {

struct Profile : Configuration {
  std::string name;
  bool operator==(const Profile&) const = default;
};

enum class LparEnv : u8 { aixlinux = 1, vioserver };

// A partition as its frame knows it, whether it runs or not. Kept in the frame's journal.
inline constexpr u32 lpar_limit = 254;  // the highest ID, and so the most partitions of a system

inline constexpr size_t longest_description = 1024;  // bytes

struct LparDefinition {
  u32 lpar_id = 0;
  std::string name;
  LparEnv env = LparEnv::aixlinux;
  std::string uuid;  // upper case; stays the same across a move
  std::string default_profile;
  std::vector<Profile> profiles;
  std::optional<Current> current;  // none: it was never activated. Only its frame changes it
  bool msp = false;                // VIOS: mover service partition
  bool time_ref = false;
  bool service = false;     // the service partition of its system, of which there is one at most
  std::string ip_address;   // how RMC reaches it
  std::string description;  // what somebody has written about it
  bool allow_perf_collection = false;
  bool migration_disabled = false;
  bool sync_curr_profile = false;  // the profile that was activated last follows what is current
  // Whether it is activated with its system. None: whoever wrote it down did not keep that, and the lab file says.
  std::optional<bool> auto_start;
  std::optional<u32> lpar_avail_priority;  // who keeps processors when some fail; none: the usual one
  bool simplified_remote_restart_capable = false;
  bool operator==(const LparDefinition&) const = default;

  const Profile* profile(std::string_view profile_name) const {
    for (const Profile& p : profiles)
      if (p.name == profile_name) return &p;
    return nullptr;
  }
  bool starts_with_system() const { return auto_start.value_or(env == LparEnv::vioserver); }
  u32 priority() const { return lpar_avail_priority.value_or(env == LparEnv::vioserver ? 191 : 127); }
  // The name of the profile that was last activated; empty if none was.
  std::string curr_profile() const { return current ? current->profile : std::string(); }
  // Which one an activation takes that names none: the last one, if it is still there.
  std::string next_profile() const { return profile(curr_profile()) ? curr_profile() : default_profile; }
};

void archive(Archive&, Profile&);
void archive(Archive&, LparDefinition&);

}  // namespace emu
