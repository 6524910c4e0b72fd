// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// THE table of what a move holds of the Virtual I/O Servers on both sides: its movers, the servers of its disks, those that bridge
// its networks. The partition itself and the frames' lists of partitions have locks of their own. (Redbook 2.5.3)

#include <vector>

#include "emu/core/hold.h"
#include "hmc/lpm/mapping.h"

namespace hmc {

struct Holds {
  std::vector<emu::Hold> source;
  std::vector<emu::Hold> target;
};

Holds holds_of(const System& source, const Mapping&, bool active);

}  // namespace hmc
