// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the service processor of a system keeps for its consoles, in the frame's journal: LEDs, levels of firmware, and which console is
// its master. (lsled, lslic, lscomgmt)

#include <string>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

// Levels are numbers within a release. A concurrent update changes what is installed and activated; a start of the system activates what
// is installed, and is what the hypervisor and the partitions' firmware come from.
struct FirmwareLevels {
  std::string release;  // the EC number: 01EM320
  u32 installed = 0;
  u32 activated = 0;
  u32 accepted = 0;              // what a removal goes back to
  std::string accepted_release;  // another one after an upgrade that nobody has accepted yet
  u32 started = 0;               // platform_ipl_level
  FIELDS(FirmwareLevels, release, installed, activated, accepted, accepted_release, started)
};

struct ServiceState {
  bool attention = false;           // the system attention LED on the panel
  bool virtual_attention = false;   // of the system as a whole
  bool identify = false;            // the enclosure's
  std::vector<u32> lpar_attention;  // partitions whose LED is on
  FirmwareLevels levels;
  bool updated_by_os = false;  // else by consoles
  std::string master_name;     // empty: no console is
  std::string master_mtms;
  std::string master_type;
  FIELDS(ServiceState, attention, virtual_attention, identify, lpar_attention, levels, updated_by_os, master_name, master_mtms,
         master_type)
};

}  // namespace emu
