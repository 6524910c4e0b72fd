// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Everything that one migration needs to be done, or undone, or gone on with by another process: what the journal holds.

#include <string>
#include <vector>

#include "hmc/frame_link.h"

namespace hmc {

// A volume of the source's server that is copied to one of the destination's.
struct PlannedVolume {
  service::NewVolume wish;
  std::string copy;  // its name there; empty: not made yet
  FIELDS(PlannedVolume, wish, copy)
};

struct PlannedScsi {
  u32 client_slot = 0;
  u32 source_vios_id = 0;
  u32 target_vios_id = 0;
  std::string target_vios_name;
  u32 target_slot = 0;  // of the server adapter that the destination made; 0: not yet
  std::vector<service::ViosTarget> targets;
  std::vector<PlannedVolume> volumes{};
  bool operator==(const PlannedScsi& other) const {
    return client_slot == other.client_slot && target_vios_id == other.target_vios_id && target_slot == other.target_slot;
  }
};

struct Plan {
  u64 stream = 0;
  bool active = true;
  std::string lpar_name;
  // Frames by their link's name; systems by the name and MTMS that people and other frames use.
  std::string source_frame;
  std::string source_system;
  std::string source_mtms;
  std::string target_frame;
  std::string target_system;
  std::string target_mtms;
  u32 source_lpar_id = 0;
  u32 target_lpar_id = 0;  // 0: the shell was not made yet
  std::string source_msp;
  u32 source_msp_id = 0;
  std::string target_msp;
  u32 target_msp_id = 0;
  std::string source_msp_ip;  // by which the movers find each other
  std::string target_msp_ip;
  std::vector<PlannedScsi> scsi;
  emu::LparDefinition definition;  // as the destination gets it, with the migration profile in it
  std::string profile_name;        // of the migration profile
  u64 wait = 0;                    // for the operating system, nanoseconds
  u32 detail = 0;                  // and how much it shall say
  // The console that manages the other system, as whom it is asked, and by which user of ours. Empty: this one does.
  std::string remote_ip;
  std::string remote_user;
  std::string our_user;

  const std::string& ip_address() const { return definition.ip_address; }
};

// As drmgr takes it: how long an operating system's part may take, in minutes, and how much it shall say. (Redbook 5.6.1)
std::string wait_and_detail(u64 wait, u32 detail);

void archive(emu::Archive&, PlannedScsi&);
void archive(emu::Archive&, Plan&);

// The definition as the destination gets it: all profiles as they are, and the migration profile, of what is current, which
// stays current, and is pending, too (2.5.4, step 1). It is called `profile_name`, and takes the place of a profile of that name. (Redbook 2.1, 2.3)
emu::LparDefinition migrated_definition(const emu::LparDefinition& from, const emu::Configuration& current,
                                        const std::string& profile_name, const std::vector<PlannedScsi>& scsi);

}  // namespace hmc
