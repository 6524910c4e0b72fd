// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The current configuration of a partition: what it has, whatever its profiles say meanwhile. It begins with an activation,
// and only another activation after a power-off, or a dynamic operation, changes it: a restart of the guest keeps it, a
// migration takes it along, and a partition that is off keeps its last one. (Redbook 2.4.1, 2.5.4, 3.6)

#include "emu/core/configuration.h"
#include "emu/core/number_set.h"

namespace emu {

struct Current : Configuration {
  std::string profile;  // the name of the one that it was activated with; that one may have been changed or removed since
  Capacity pending;     // what a dynamic operation has asked for, and the guest has not yet given or taken; else as the rest
  // Which ones, after dynamic operations; empty: the first. As many as desired_procs, and as desired_mem has logical memory blocks.
  NumberSet processors;
  NumberSet memory_blocks;
  bool operator==(const Current&) const = default;
};

// As of an activation, or after a migration: what is current is pending, too. (Redbook 2.5.4, step 1)
Current current_from(const Configuration&, std::string profile);

// Which ones it has, empty or not. `lmb_mb`: the system's.
NumberSet processors_of(const Current&);
NumberSet memory_blocks_of(const Current&, u32 lmb_mb);

// What it takes of its system, or may take at any moment: the larger of what it has and what it was promised.
Capacity taken_by(const Current&);

void archive(Archive&, Current&);

}  // namespace emu
