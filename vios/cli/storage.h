// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the commands of volume groups and storage pools have in common. A storage pool is a volume group, or a file system on a logical volume
// of one. (IBM documentation of Virtual I/O Servers, "Storage pools")

#include "vios/cli/command.h"
#include "vios/volume_groups.h"

namespace vios::cli {

inline constexpr std::string_view lv_pool = "LVPOOL", file_pool = "FBPOOL";

struct Pool {
  std::string name;
  std::string type;
  u64 size_mb = 0;
  u64 free_mb = 0;
  std::vector<StoredVolume> devices;  // that can back something, or do
  VolumeGroup group;                  // itself, or the one that it is in
  bool is_file_pool() const { return type == file_pool; }
};
std::vector<Pool> pools_of(const Devices&);
std::optional<Pool> pool_of(const Devices&, std::string_view name);
Output no_pool(const std::string& name);

// 512M or 2G, in MiB; nothing for anything else.
std::optional<u64> parse_size(const std::string& text);

// A logical volume, of whole partitions.
emu::Status make_volume(Devices&, const Command&, StoredVolume);

// Disks that a volume group may have; whoever has no physical volume identifier gets one. `text` is what the command says of that.
// `to`: a group that is there; empty: a new one.
emu::Status may_join(Devices&, const Command&, const std::vector<std::string>& disks, bool force, std::string& text,
                     const std::string& to = "");
// The group of this name with these disks besides: a new one, or one that is there.
emu::Status join(Devices&, const std::string& group, const std::vector<std::string>& disks);
// The disks leave it. With its last one the group ends; true, if so.
emu::Result<bool> leave(Devices&, const Command&, const std::string& group, const std::vector<std::string>& disks);

}  // namespace vios::cli
