// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the Virtual I/O Servers of a site have behind their adapters: LUNs for their clients' disks, and segments for their shared
// Ethernet adapters. Where `lsmap` was not saved, a disk for each client, and a segment under each trunk adapter.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emu/app/site/partition.h"

namespace emu::app::site {

struct Devices {
  std::vector<std::string> luns;
  std::vector<SegmentConfig> segments;
  std::map<std::pair<std::string, u32>, ViosConfig> vioses;  // by machine and ID
};

Devices devices_of(const Site&, const std::vector<Frame>&, Notes&);

}  // namespace emu::app::site
