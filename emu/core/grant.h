// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition gets of what its system has left. Pure: the hypervisor activates by it, and the HMC validates a system profile by it.

#include <string>

#include "emu/core/configuration.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace emu {

// What a system has left.
struct Room {
  u64 memory_mb = 0;
  u32 lmb_mb = 16;
  u32 units = 0;       // hundredths of a processor
  u32 huge_pages = 0;  // of the pool
};

// Of a partition's page table, which a Virtual I/O Server has not: made for max_mem.
u64 page_table_mb_of(u32 lmb_mb, LparEnv, const Capacity&);

// What it wishes, or what there is, but not less than its minimum: else HSCL03EC or HSCL03ED. `name`: the partition's, for the
// error.
Result<Configuration> grant(const Room&, const std::string& name, LparEnv, const Configuration& wished);

void take(Room&, LparEnv, const Capacity& granted);

}  // namespace emu
