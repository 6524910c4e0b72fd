// SPDX-License-Identifier: GPL-2.0-or-later
// A server's disks: its own, those of the SAN, those in physical slots, and the volumes that it has made of them; its physical ports.
#include "vios/devices.h"

#include "emu/core/names.h"
#include "vios/volume_groups.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr u64 internal_disk_mb = 32 * 1024;  // sparse

}  // namespace

const emu::LunConfig* Devices::lun_config(std::string_view name) const {
  const auto at = std::ranges::find(setup_.san.luns, name, &emu::LunConfig::name);
  return at == setup_.san.luns.end() ? nullptr : &*at;
}

emu::Result<std::shared_ptr<Lun>> Devices::open_lun(const emu::LunConfig& config) const {
  return std::shared_ptr<Lun>(TRY(Lun::open(config, setup_.lab_folder, setup_.folders.state, server_name())));
}

emu::Status Devices::open_disks() {
  // Its own disk, and logical volumes on it, are files as well; nobody else opens them.
  emu::LunConfig internal;
  internal.name = own_lun("hdisk0");
  internal.size_mb = internal_disk_mb;
  disks_.push_back({"hdisk0", TRY(open_lun(internal)), false, false, true});
  for (u32 i = 1; i <= setup_.config.internal_disks; ++i) {
    internal.name = own_lun(fmt::format("hdisk{}", i));
    disks_.push_back({fmt::format("hdisk{}", i), TRY(open_lun(internal)), false});
  }
  // A disk keeps its name. One that the SAN does not show any more is known still, until rmdev; one that is nowhere is no device.
  std::map<std::string, std::string>& known = configuration_.names;
  for (const emu::LunConfig& config : setup_.san.luns) {
    const auto name = known.find(config.udid);
    if (name == known.end() || (taken(name->second) && !missing(name->second))) continue;
    disks_.push_back({name->second, TRY(open_lun(config))});
    disks_.back().shown = std::ranges::count(setup_.san.seen, config.name) > 0;
    if (!disks_.back().shown) absent_[name->second] = Absence::defined;
  }
  TRY(find_disks());
  for (const StoredVolume& volume : configuration_.volumes)
    if (volume.kind != VolumeKind::file_pool) disks_.push_back({volume.name, TRY(open_lun(config_of(volume))), false, true});
  follow_san();
  return emu::success();
}

emu::Status Devices::find_disks() {
  for (const std::string& name : setup_.san.seen) {
    const emu::LunConfig* const config = lun_config(name);
    if (!config) return emu::Error{"vios", "The SAN has no LUN \"" + name + "\", which a Virtual I/O Server sees."};
    const auto is_it = [&](const Disk& each) { return each.on_san && each.shown && each.lun->udid() == config->udid; };
    if (std::ranges::any_of(disks_, is_it)) continue;
    // What answers nobody is not found.
    if (setup_.san.offline.contains(name) || subsystems_offline_.contains(config->subsystem)) continue;
    disks_.push_back({free_name("hdisk"), TRY(open_lun(*config))});
    configuration_.names[config->udid] = disks_.back().name;
  }
  return emu::success();
}

// ---- physical slots ----

emu::Status Devices::find_slots() {
  for (const OwnedSlot& slot : setup_.slots) {
    const auto is_it = [&](const auto& each) { return each.location == slot.location; };
    if (std::ranges::any_of(disks_, is_it) || std::ranges::any_of(ports_, is_it)) continue;
    const bool is_disk = !slot.disk.empty();
    if (!is_disk && slot.segment.empty()) continue;
    std::string& name = configuration_.names[emu::drc_text(slot.drc_index)];
    if (name.empty() || (taken(name) && !missing(name))) name = free_name(is_disk ? "hdisk" : "ent");
    if (!is_disk) {
      ports_.push_back({name, slot.segment, true, slot.location});
      continue;
    }
    emu::LunConfig config;
    config.name = own_lun("slot-" + emu::drc_text(slot.drc_index));
    config.path = slot.disk;
    config.size_mb = 1;  // at least; it is as large as it is
    disks_.push_back({name, TRY(open_lun(config)), false, false, false, true, slot.location});
  }
  return emu::success();
}

std::vector<std::string> Devices::in_slot(const OwnedSlot& slot) const {
  std::vector<std::string> names;
  for (const Disk& each : disks_)
    if (each.location == slot.location) names.push_back(each.name);
  for (const PhysicalPort& each : ports_)
    if (each.location == slot.location) names.push_back(each.name);
  return names;
}

emu::Status Devices::release(u32 drc_index) const {
  const auto slot = std::ranges::find(setup_.slots, drc_index, &OwnedSlot::drc_index);
  if (slot == setup_.slots.end()) return emu::success();
  for (const std::string& name : in_slot(*slot))
    if (!absent_.contains(name) || held(name)) return cannot_pull(name);
  return emu::success();
}

emu::Status Devices::follow(std::vector<OwnedSlot> slots) {
  Configuration wanted = stored();
  for (const OwnedSlot& slot : setup_.slots) {
    if (std::ranges::count(slots, slot.drc_index, &OwnedSlot::drc_index)) continue;
    for (const std::string& name : in_slot(slot)) {
      std::erase_if(disks_, [&](const Disk& each) { return each.name == name; });
      std::erase_if(ports_, [&](const PhysicalPort& each) { return each.name == name; });
      absent_.erase(name);
    }
    wanted.names.erase(emu::drc_text(slot.drc_index));
  }
  setup_.slots = std::move(slots);
  configuration_.names = wanted.names;
  return store(wanted);
}

// ---- the SAN ----

void Devices::set_offline(std::set<std::string> subsystems) {
  subsystems_offline_ = std::move(subsystems);
  follow_san();
}

emu::Status Devices::follow(SanView san) {
  setup_.san = std::move(san);
  for (Disk& each : disks_) {
    if (!each.on_san || each.volume) continue;
    const emu::LunConfig* const config = lun_config(each.lun->name());
    each.shown = config && config->udid == each.lun->udid() && each.lun->is_there() &&
                 std::ranges::count(setup_.san.seen, config->name) > 0;
  }
  follow_san();
  // What rmdev has taken away is not found again.
  Configuration wanted = stored();
  const auto is_forgotten = [&](const Disk& each) { return each.on_san && !each.shown && is_deleted(each.name); };
  for (const Disk& each : disks_)
    if (is_forgotten(each)) forget(wanted, each);
  TRY(store(wanted));
  configuration_.names = std::move(wanted.names);
  configuration_.attributes = std::move(wanted.attributes);
  configuration_.reserve_policies = std::move(wanted.reserve_policies);
  std::vector<std::string> gone;
  for (const Disk& each : disks_)
    if (is_forgotten(each)) gone.push_back(each.name);
  for (const std::string& name : gone) {
    std::erase_if(disks_, [&](const Disk& each) { return each.name == name; });
    absent_.erase(name);
  }
  return emu::success();
}

void Devices::forget(Configuration& configuration, const Disk& disk) {
  std::erase_if(configuration.names, [&](const auto& known) { return known.second == disk.name; });
  std::erase_if(configuration.attributes, [&](const auto& each) { return each.first.starts_with(disk.name + "."); });
  configuration.reserve_policies.erase(disk.lun->udid());
}

bool Devices::answers(const Disk& disk) const {
  return disk.shown && !subsystems_offline_.contains(disk.lun->subsystem()) && !setup_.san.offline.contains(disk.lun->name());
}

void Devices::follow_san() {
  // Disks first: on them lie volumes.
  for (const Disk& each : disks_) {
    const bool online = each.on_san && !each.volume ? answers(each) : each.lun->online();
    if (online == each.lun->online()) continue;
    each.lun->set_online(online);
    // The health check of the path finds out sooner or later; here at once.
    if (online && !absent_.contains(each.name)) errors_.record("A6F5AE7C", 'I', 'H', each.name, "PATH HAS RECOVERED");
    if (!online && !absent_.contains(each.name)) errors_.record("DE3B8540", 'P', 'H', each.name, "PATH HAS FAILED");
  }
  for (const StoredVolume& each : configuration_.volumes)
    if (const Disk* disk = any_disk(each.name); disk && disk->volume) disk->lun->set_online(can_be_used(*this, each));
}

// ---- volumes ----

std::string Devices::own_lun(const std::string& name) const {
  return setup_.frame_name + "." + emu::file_part(partition_.definition().name) + "." + name;
}

std::string Devices::own_disk() const { return setup_.folders.state + "/luns/" + own_lun("hdisk0") + ".img"; }

emu::Status Devices::add_volume(StoredVolume volume) {
  Configuration wanted = stored();
  const auto same_number = [&](const StoredVolume& each) { return each.group == volume.group && each.number == volume.number; };
  for (volume.number = 1; std::ranges::any_of(wanted.volumes, same_number);) ++volume.number;
  wanted.volumes.push_back(volume);
  // What holds files is a volume and no disk.
  std::shared_ptr<Lun> lun;
  if (volume.kind != VolumeKind::file_pool) {
    const emu::LunConfig config = config_of(volume);
    // Its file has a name in which dots stand between the parts, and dots can be in each.
    const bool others =
        lun_config(config.name) || std::ranges::any_of(disks_, [&](const Disk& each) { return each.lun->name() == config.name; });
    if (others)
      return emu::Error{"vios", fmt::format("0516-360 The name {} stands for another disk already; choose a different name.",
                                            volume.name.substr(volume.name.rfind('/') + 1))};
    Lun::remove_leftovers(config.name, setup_.folders.state);  // of a volume whose server died while it was made or removed
    lun = TRY(open_lun(config));
  }
  if (auto stored = store(wanted); !stored) {
    if (lun) lun->remove_files();
    return stored;
  }
  configuration_.volumes = std::move(wanted.volumes);
  if (lun) disks_.push_back({volume.name, std::move(lun), false, true});
  return emu::success();
}

emu::LunConfig Devices::config_of(const StoredVolume& volume) const {
  emu::LunConfig config;
  config.name = own_lun(volume.kind == VolumeKind::file ? volume.group + "." + volume.name.substr(volume.name.rfind('/') + 1)
                                                        : volume.name);
  config.size_mb = volume.size_mb;
  return config;
}

emu::Status Devices::set_groups(std::vector<StoredGroup> groups) {
  Configuration wanted = stored();
  wanted.groups = groups;
  TRY(store(wanted));
  configuration_.groups = std::move(groups);
  return emu::success();
}

emu::Status Devices::remove_volume(const std::string& name) {
  Configuration wanted = stored();
  std::erase_if(wanted.volumes, [&](const StoredVolume& each) { return each.name == name; });
  TRY(store(wanted));
  configuration_.volumes = std::move(wanted.volumes);
  const auto disk = std::ranges::find_if(disks_, [&](const Disk& each) { return each.volume && each.name == name; });
  if (disk == disks_.end()) return emu::success();
  disk->lun->remove_files();
  disks_.erase(disk);
  return emu::success();
}

}  // namespace vios
