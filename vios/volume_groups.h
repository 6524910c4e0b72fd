// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A server's volume groups as the LVM shows them: that of its own disk, and those that mkvg or mksp has made; what lies in them, and what is
// left.
// SIMPLIFIED: the volumes of the operating system itself are not in rootvg; volumes lie one after the other from the edge of a group's first
// disk on, and what is written to them is in a file of each, not on the disk.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/types.h"

namespace vios {

class Devices;
struct Disk;
struct StoredGroup;
struct StoredVolume;

inline constexpr std::string_view rootvg_name = "rootvg";
inline constexpr std::string_view pool_folder = "/var/vio/storagepools";  // of file storage pools

using Distribution = std::array<u64, 5>;  // over a disk's regions, from the outer edge to the inner one

struct LogicalVolume {
  std::string name;
  std::string identifier;
  u64 first = 0;  // of its partitions, counted from the group's first one
  u64 partitions = 0;
  bool open = false;     // something is served from it
  bool is_pool = false;  // a file storage pool is on it
};

struct GroupDisk {
  std::string name;
  std::string pvid;
  bool there = true;  // it answers
  u64 first = 0;      // of its partitions, as those of volumes are counted
  u64 total = 0;
  u64 used = 0;
  u64 free() const { return total - used; }
  Distribution used_distribution() const;
  Distribution free_distribution() const;
  // What of a volume lies on it.
  u64 holds(const LogicalVolume&) const;
  Distribution distribution_of(const LogicalVolume&) const;
};

struct VolumeGroup {
  std::string name;
  std::string identifier;
  u64 partition_mb = 64;
  std::vector<GroupDisk> disks;
  std::vector<LogicalVolume> volumes;
  u64 total() const;
  u64 used() const;
  u64 free() const { return total() - used(); }
  u64 partitions_of(u64 size_mb) const { return (size_mb + partition_mb - 1) / partition_mb; }  // that a volume takes
  std::string text_of(u64 partitions) const;                                                    // "511 (32704 megabytes)"
};
std::vector<VolumeGroup> groups_of(const Devices&);
std::optional<VolumeGroup> group_of(const Devices&, std::string_view name);
std::string group_on(const Devices&, const std::string& disk);  // empty: it is in none
// Every disk that it lies on answers. Of a file: those of its pool.
bool can_be_used(const Devices&, const StoredVolume&);

inline constexpr u64 most_partitions_of_a_disk = 1016;
u64 partition_size(const std::vector<const Disk*>&);  // MiB; as mkvg chooses it
u64 partitions_of(const Disk&, u64 partition_mb);     // that are there for volumes

std::string distribution_text(const Distribution&);  // "00..103..102..102..101"

// The number of a machine as uname -m says it: 12 digits.
std::string machine_id(const std::string& serial_num);

}  // namespace vios
