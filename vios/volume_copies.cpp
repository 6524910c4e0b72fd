// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes that a migration copies to another system's server: what is read and written, and what is made to take it.
#include "vios/devices.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/database.h"

namespace vios {

namespace service = emu::service;

namespace {

constexpr u64 longest_sum = 256 * MiB;

u64 free_mb(const Devices& devices, const StoredVolume& pool) {
  u64 left = pool.size_mb;
  for (const StoredVolume& each : devices.volumes())
    if (each.kind == VolumeKind::file && each.group == pool.name) left -= std::min(left, each.size_mb);
  return left;
}

bool is_zero(std::span<const u8> block) {
  return std::ranges::all_of(block, [](u8 byte) { return byte == 0; });
}

emu::Error not_copied(const std::string& name) {
  return {"vios", fmt::format("The volume {} is not copied by a migration.", name)};
}

}  // namespace

void Devices::describe_volumes(service::ViosInfo& info) const {
  for (const StoredVolume& each : volumes()) {
    if (each.kind == VolumeKind::file_pool)
      info.pools.push_back({each.name, free_mb(*this, each), true});
    else
      info.volumes.push_back({each.name, each.size_mb, each.group, each.kind == VolumeKind::file});
  }
  for (const VolumeGroup& group : groups_of(*this)) info.pools.push_back({group.name, group.free() * group.partition_mb, false});
}

emu::Result<std::string> Devices::make_volume_like(const service::ViosVolume& wanted) {
  const std::string base = wanted.name.substr(wanted.name.rfind('/') + 1);
  if (wanted.file) {
    const auto pool = std::ranges::find_if(volumes(), [&](const StoredVolume& each) {
      return each.kind == VolumeKind::file_pool && each.name == wanted.group && free_mb(*this, each) >= wanted.size_mb;
    });
    if (pool != volumes().end()) {
      const std::string folder = fmt::format("{}/{}/", pool_folder, wanted.group);
      std::string name = base;
      for (int number = 1; any_disk(folder + name); ++number) name = fmt::format("{}.{}", base, number);
      TRY(add_volume({folder + name, wanted.size_mb, 0, wanted.group, VolumeKind::file}));
      return folder + name;
    }
  }
  std::vector<VolumeGroup> groups = groups_of(*this);
  std::ranges::stable_partition(groups, [&](const VolumeGroup& group) { return group.name == wanted.group; });
  for (const VolumeGroup& group : groups) {
    const u64 partitions = group.partitions_of(wanted.size_mb);
    const bool whole = std::ranges::all_of(group.disks, &GroupDisk::there);
    if (!whole || partitions > group.free()) continue;
    const std::string name = taken(base) ? free_name("lv") : base;
    // Of whole partitions, which may be larger in this group.
    TRY(add_volume({name, partitions * group.partition_mb, 0, group.name, VolumeKind::logical}));
    return name;
  }
  return emu::Error{"HSCLF241", fmt::format("The Virtual I/O Server {} has no volume group with {} MB left.",
                                            partition_.definition().name, wanted.size_mb)};
}

emu::Result<service::VolumePiece> Devices::read_volume(const service::ReadVolume& request) const {
  const Disk* const disk = any_disk(request.volume);
  if (!disk || !disk->volume || !held(request.volume)) return not_copied(request.volume);
  service::VolumePiece piece;
  piece.size = disk->lun->bytes();
  piece.at = std::min(request.at, piece.size);
  const u64 end = piece.at + std::min({request.length, piece.size - piece.at, request.only_sum ? longest_sum : ~u64{0}});
  piece.next = piece.at;
  emu::RowSum sum;
  Bytes block(service::volume_block);
  while (piece.next < end) {
    // What was never written is no data to the host.
    const u64 data = std::min(disk->lun->next_data(piece.next) / block.size() * block.size(), end);
    if (data > piece.next) {
      if (!piece.content.empty()) break;
      piece.next = data;
      continue;
    }
    block.resize(std::min<u64>(service::volume_block, end - piece.next));
    if (!disk->lun->read(piece.next, block))
      return emu::Error{"vios", fmt::format("The volume {} cannot be read.", request.volume)};
    const bool empty = is_zero(block);
    if (empty && !piece.content.empty()) break;
    if (!empty && request.only_sum) sum.add(piece.next).add(block);
    if (!empty && !request.only_sum) {
      if (piece.content.empty()) piece.at = piece.next;
      piece.content.insert(piece.content.end(), block.begin(), block.end());
    }
    piece.next += block.size();
    if (piece.content.size() >= service::volume_piece) break;
  }
  piece.sum = sum.value();
  return piece;
}

emu::Status Devices::write_volume(const service::WriteVolume& request) {
  Disk* const disk = this->disk(request.volume);
  if (!disk || !disk->volume || !held(request.volume)) return not_copied(request.volume);
  if (request.content.size() > service::volume_piece + service::volume_block || !disk->lun->write(request.at, request.content))
    return emu::Error{"vios", fmt::format("The volume {} cannot be written.", request.volume)};
  return emu::success();
}

}  // namespace vios
