// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The volume group of a server's own disk, as the LVM shows it: what mklv has made there, and what is left.
// SIMPLIFIED: the volumes of the operating system itself are not in it, and the others lie one after the other from the edge of the disk.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/types.h"

namespace vios {

class Devices;

inline constexpr std::string_view rootvg_name = "rootvg";
inline constexpr u64 partition_mb = 64;  // of a disk of 32 GB: at most 1016 physical partitions

using Distribution = std::array<u64, 5>;  // over a disk's regions, from the outer edge to the inner one

struct LogicalVolume {
  std::string name;
  std::string identifier;
  u64 partitions = 0;
  bool open = false;  // something is served from it
  Distribution distribution{};
};

struct RootVg {
  std::string disk;
  std::string pvid;
  std::string identifier;
  u64 total = 0;  // physical partitions
  u64 used = 0;
  std::vector<LogicalVolume> volumes;
  Distribution free_distribution{}, used_distribution{};
  u64 free() const { return total - used; }
};
RootVg rootvg_of(const Devices&);

std::string partitions_text(u64 partitions);         // "511 (32704 megabytes)"
std::string distribution_text(const Distribution&);  // "00..103..102..102..101"

// How many partitions a volume takes.
constexpr u64 partitions_of(u64 size_mb) { return (size_mb + partition_mb - 1) / partition_mb; }

// The number of a machine as uname -m says it: 12 digits.
std::string machine_id(const std::string& serial_num);

}  // namespace vios
