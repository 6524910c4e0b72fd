// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a frame has left, and what a partition gets of it. Pure: no locks, no state.

#include <string>

#include "emu/core/configuration.h"
#include "emu/core/lab.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace firmware {

// What is taken of a frame's memory and processors.
struct Usage {
  u64 partitions_mb = 0;
  u64 firmware_mb = 0;  // page tables
  u64 reserved_mb = 0;  // a fault: nobody gets it
  u32 units = 0;        // hundredths of a processor
};

// A Virtual I/O Server has no page table.
u64 page_table_mb_of(const emu::FrameConfig&, emu::LparEnv, u64 memory_mb);
void add(Usage&, const emu::FrameConfig&, emu::LparEnv, const emu::Capacity&);

u64 free_memory_mb(const emu::FrameConfig&, const Usage&);
u32 free_units(const emu::FrameConfig&, const Usage&);

// What it wishes, or what there is, but not less than its minimum: else HSCL03EC or HSCL03ED. `name`: the partition's, for the
// error.
emu::Result<emu::Configuration> grant(const emu::FrameConfig&, const Usage&, const std::string& name, emu::LparEnv,
                                      const emu::Configuration& wished);

}  // namespace firmware
