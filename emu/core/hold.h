// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a move needs of one Virtual I/O Server, from its start to its end. Commands that would take it away are refused meanwhile.
// THE table of what a move holds is made in hmc/lpm/holds.cpp; the hypervisors of both frames keep it and ask it.

#include <string>
#include <vector>

#include "emu/core/archive.h"

namespace emu {

struct Hold {
  u32 vios_id = 0;
  u32 client_id = 0;               // the moving partition's ID on this frame; 0 while it has none here. The hypervisor knows it
  bool mover = false;              // its VASI carries the partition's state
  std::vector<std::string> disks;  // UDIDs
  std::vector<u16> vlans;          // that it bridges
  bool operator==(const Hold&) const = default;
};

void archive(Archive&, Hold&);

}  // namespace emu
