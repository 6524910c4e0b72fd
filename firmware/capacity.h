// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What partitions take of a frame, and what it has left. Pure: no locks, no state.

#include <string>

#include "emu/core/configuration.h"
#include "emu/core/lab.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace firmware {

// What is taken of a frame's memory and processors, and what it has beside its own now.
struct Usage {
  u64 partitions_mb = 0;
  u64 firmware_mb = 0;   // page tables
  u64 reserved_mb = 0;   // a fault: nobody gets it
  u32 units = 0;         // hundredths of a processor
  u64 on_demand_mb = 0;  // what is activated beside the frame's own, and not taken
  u32 on_demand_units = 0;
  u32 huge_pages = 0;
};

void add(Usage&, const emu::FrameConfig&, emu::LparEnv, const emu::Capacity&);

// Without the pool of huge pages, of which no partition gets anything but huge pages.
u64 free_memory_mb(const emu::FrameConfig&, const Usage&);
u32 free_units(const emu::FrameConfig&, const Usage&);
u32 free_huge_pages(const emu::FrameConfig&, const Usage&);
// What partitions have of more than there is: it was activated for a time that is over.
u64 unreturned_memory_mb(const emu::FrameConfig&, const Usage&);
u32 unreturned_processors(const emu::FrameConfig&, const Usage&);

// emu::grant of what is left.
emu::Result<emu::Configuration> grant(const emu::FrameConfig&, const Usage&, const std::string& name, emu::LparEnv,
                                      const emu::Configuration& wished);

}  // namespace firmware
