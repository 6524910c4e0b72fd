// SPDX-License-Identifier: GPL-2.0-or-later
// The storage half of Devices: disks, virtual SCSI server adapters, virtual target devices.
#include "vios/devices.h"

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/core/partner.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_devices("vios");
// SIMPLIFIED: the Redbook's table B-3 has no entry for this; identifier and text are ours.
constexpr std::string_view foreign_client = "5D1C0A37";
std::string foreign_text(const Host& host) {
  return fmt::format("{} serves another partition than the one that this disk belongs to", host.name);
}
constexpr u64 internal_disk_mb = 32 * 1024;  // sparse
constexpr u64 first_lun = 0x8100'0000'0000'0000;
constexpr u64 lun_step = 0x0100'0000'0000'0000;
constexpr u64 last_lun = 0xBF00'0000'0000'0000;

}  // namespace

emu::Status Devices::open_disks() {
  const auto open = [&](const emu::LunConfig& config) -> emu::Result<std::shared_ptr<Lun>> {
    return std::shared_ptr<Lun>(TRY(Lun::open(config, setup_.lab_folder, setup_.folders.state, server_name())));
  };
  // Its own disk, and logical volumes on it, are files as well; nobody else opens them.
  emu::LunConfig internal;
  internal.name = own_lun("hdisk0");
  internal.size_mb = internal_disk_mb;
  disks_.push_back({"hdisk0", TRY(open(internal)), false, false});
  for (const std::string& name : setup_.config.luns) {
    const auto config = std::ranges::find(setup_.luns, name, &emu::LunConfig::name);
    if (config == setup_.luns.end())
      return emu::Error{"vios", "The lab has no LUN \"" + name + "\", which a Virtual I/O Server lists."};
    disks_.push_back({fmt::format("hdisk{}", disks_.size()), TRY(open(*config)), true, false});
  }
  for (const StoredVolume& volume : configuration_.volumes) {
    emu::LunConfig config;
    config.name = own_lun(volume.name);
    config.size_mb = volume.size_mb;
    disks_.push_back({volume.name, TRY(open(config)), false, true});
  }
  return emu::success();
}

std::string Devices::own_lun(const std::string& name) const {
  return setup_.frame_name + "." + emu::file_part(partition_.definition().name) + "." + name;
}

std::string Devices::own_disk() const { return setup_.folders.state + "/luns/" + own_lun("hdisk0") + ".img"; }

emu::Status Devices::add_volume(const std::string& name, u64 size_mb) {
  if (taken(name)) return emu::Error{"vios", "0516-360 The device name " + name + " is already used; choose a different name."};
  emu::LunConfig config;
  config.name = own_lun(name);
  config.size_mb = size_mb;
  std::shared_ptr<Lun> lun = TRY(Lun::open(config, setup_.lab_folder, setup_.folders.state, server_name()));
  Configuration wanted = stored();
  wanted.volumes.push_back({name, size_mb});
  if (auto stored = store(wanted); !stored) {
    lun->remove_files();
    return stored;
  }
  configuration_.volumes = std::move(wanted.volumes);
  disks_.push_back({name, std::move(lun), false, true});
  return emu::success();
}

// What the lab file maps is taken over once. Later changes are the operator's, the HMC's, or a move's.
void Devices::import_mappings() {
  for (const auto& mapping : setup_.config.mappings) {
    const std::string mark = fmt::format("{}:{}", mapping.server_slot, mapping.lun);
    if (std::ranges::find(configuration_.imported, mark) != configuration_.imported.end()) continue;
    configuration_.imported.push_back(mark);
    const auto host = std::ranges::find_if(hosts_, [&](const Host& each) { return each.stored.slot == mapping.server_slot; });
    const auto named = std::ranges::find_if(
        disks_, [&](const Disk& each) { return each.name == mapping.lun || each.lun->name() == mapping.lun; });
    if (host == hosts_.end() || named == disks_.end()) {
      log_devices.error("slot {} has no virtual SCSI server adapter, or there is no disk {}: not mapped", mapping.server_slot,
                        mapping.lun);
      continue;
    }
    if (auto made = make_target(*host, *named, mapping.vtd, 0); !made) log_devices.error("{}", made.error().text);
  }
}

void Devices::start_host(Host& host, const firmware::NativeAdapter& adapter) {
  auto scsi = ScsiHost::create(partition_, real_, adapter, host.name, server_name() + "/" + host.name, flusher_, errors_);
  if (!scsi) return log_devices.error("{}: {}", host.name, scsi.error().text);
  host.scsi = std::move(*scsi);
  host.scsi->count_in(&activity_);
  host.scsi->on_client([this, slot = host.stored.slot] { client_came(slot); });
}

void Devices::scan() {
  const auto plugged = partition_.adapters();
  for (Host& host : hosts_) {
    const bool there = std::ranges::any_of(plugged, [&](const auto& each) {
      return each.config.kind == emu::AdapterKind::scsi_server && each.config.slot == host.stored.slot;
    });
    if (there || !host.scsi) continue;
    for (StoredTarget& target : host.stored.targets) stop_target(host, target);
    host.scsi.reset();
  }
  vasi_slot_ = 0;
  for (const firmware::NativeAdapter& adapter : plugged) {
    if (adapter.config.kind == emu::AdapterKind::vasi) vasi_slot_ = adapter.config.slot;
    if (adapter.config.kind != emu::AdapterKind::scsi_server) continue;
    auto host = std::ranges::find_if(hosts_, [&](const Host& each) { return each.stored.slot == adapter.config.slot; });
    if (host == hosts_.end()) {
      StoredHost stored;
      stored.slot = adapter.config.slot;
      hosts_.push_back({std::move(stored), nullptr, free_name("vhost")});
      host = std::prev(hosts_.end());
    }
    if (host->stored.added &&
        (host->stored.client_id != adapter.config.remote_lpar_id || host->stored.client_slot != adapter.config.remote_slot)) {
      // Profiles of version 0.1 did not follow the moves. These disks are those of the client that came, not of the profile's.
      (void)partition_.remove_adapter(adapter.config.slot);
      continue;
    }
    const auto partner = [](u32 named) { return emu::is_any_partner(named) ? emu::any_partner : named; };
    host->stored.client_id = partner(adapter.config.remote_lpar_id);
    host->stored.client_name = adapter.config.remote_lpar_name;
    host->stored.client_slot = partner(adapter.config.remote_slot);
    if (host->scsi || absent_.contains(host->name)) continue;
    start_host(*host, adapter);
  }
  // Version 0.1 did not put into the profile what was added for a partition that moved here: it is plugged again, and then is in it.
  for (Host& host : hosts_) {
    if (!std::exchange(host.stored.added, false) || host.scsi) continue;
    emu::VirtualAdapter wanted;
    wanted.kind = emu::AdapterKind::scsi_server;
    wanted.slot = host.stored.slot;
    wanted.remote_lpar_id = host.stored.client_id;
    wanted.remote_lpar_name = host.stored.client_name;
    wanted.remote_slot = host.stored.client_slot;
    if (auto adapter = partition_.add_adapter(wanted)) start_host(host, *adapter);
  }
}

bool Devices::used(const Disk& disk) const {
  const std::string& id = disk.volume ? disk.name : disk.lun->udid();
  return std::ranges::any_of(hosts_, [&](const Host& host) {
    return std::ranges::any_of(host.stored.targets,
                               [&](const StoredTarget& each) { return each.available && each.backing == id; });
  });
}

bool Devices::exported(const Disk& disk) const {
  const std::string& id = disk.volume ? disk.name : disk.lun->udid();
  return std::ranges::any_of(hosts_, [&](const Host& host) {
    return std::ranges::any_of(host.stored.targets, [&](const StoredTarget& each) { return each.backing == id; });
  });
}

bool Devices::belongs(const Host& host, StoredTarget& target) const {
  if (emu::is_any_partner(host.stored.client_id) || emu::is_any_partner(host.stored.client_slot)) return true;
  const std::string client = partition_.uuid_of(host.stored.client_id);
  if (target.client_uuid.empty()) {
    target.client_uuid = client;
    target.client_slot = client.empty() ? 0 : host.stored.client_slot;
    return true;
  }
  // An id that nobody has may be its partition's again, which is asked about when it comes.
  return target.client_slot == host.stored.client_slot && (client.empty() || client == target.client_uuid);
}

// An id may have become another partition's since the server started.
void Devices::client_came(u32 slot) {
  const auto host = std::ranges::find_if(hosts_, [slot](const Host& each) { return each.stored.slot == slot; });
  if (host == hosts_.end()) return;
  bool changed = false;
  for (StoredTarget& target : host->stored.targets) {
    if (!target.available) continue;
    const bool bound = !target.client_uuid.empty();
    if (!belongs(*host, target)) {
      errors_.record(foreign_client, 'P', 'S', target.vtd, foreign_text(*host));
      stop_target(*host, target);
      changed = true;
    }
    changed = changed || bound == target.client_uuid.empty();
  }
  if (!changed) return;
  publish();
  if (auto saved = save(); !saved) log_devices.error("{}", saved.error().text);  // it is found again at the next start
}

emu::Status Devices::start_target(Host& host, StoredTarget& target) {
  if (target.available) return emu::success();
  if (!belongs(host, target)) {
    errors_.record(foreign_client, 'P', 'S', target.vtd, foreign_text(host));
    return emu::Error{"vios",
                      fmt::format("0514-040 Error initializing a device into the kernel.\n                 \"{}\" belongs "
                                  "to another partition than the one that \"{}\" serves.",
                                  target.vtd, host.name)};
  }
  Disk* disk = backing(target);
  if (!disk || absent_.contains(disk->name)) return emu::Error{"vios", "0514-040 Error initializing a device into the kernel."};
  if (!host.scsi)
    return emu::Error{"vios", fmt::format("0514-029 Cannot perform the requested function because a\n                 parent "
                                          "device of \"{}\" is not in the correct state.",
                                          target.vtd)};
  const bool reserves = reserve_policy(*disk) == "single_path";
  if (reserves && disk->lun->reservations().reserve(server_name()) != Answer::good)
    return emu::Error{
        "vios",
        fmt::format(
            "0514-040 Error initializing a device into the kernel.\n                 \"{}\" is reserved by another server.",
            disk->name)};
  target.available = true;
  host.scsi->targets().push_back({target.vtd, target.lun, disk->lun});
  return emu::success();
}

void Devices::stop_target(Host& host, StoredTarget& target) {
  if (!target.available) return;
  target.available = false;
  Disk* disk = backing(target);
  if (host.scsi)
    std::erase_if(host.scsi->targets(), [&](const scsi::Target& each) {
      if (each.vtd != target.vtd) return false;
      each.disk->reservations().lost(host.scsi->initiator());
      return true;
    });
  if (disk && !used(*disk)) disk->lun->reservations().release(server_name());
}

emu::Result<std::string> Devices::make_target(Host& to, Disk& from, const std::string& wanted_name, u64 wanted_lun) {
  if (!wanted_name.empty() && taken(wanted_name))
    return emu::Error{"vios", fmt::format("0514-538 Cannot perform the requested function because the\n                 "
                                          "specified device name \"{}\" already exists.",
                                          wanted_name)};
  StoredTarget target;
  target.vtd = wanted_name.empty() ? free_name(from.volume ? "vtlvm" : "vtscsi") : wanted_name;
  target.backing = from.volume ? from.name : from.lun->udid();
  target.available = false;
  const auto taken = [&](u64 lun) {
    return std::ranges::any_of(to.stored.targets, [lun](const auto& each) { return each.lun == lun; });
  };
  target.lun = wanted_lun && !taken(wanted_lun) ? wanted_lun : first_lun;
  while (taken(target.lun) && target.lun < last_lun) target.lun += lun_step;
  if (taken(target.lun)) return emu::Error{"vios", fmt::format("\"{}\" has no logical unit number left.", to.name)};
  TRY(start_target(to, target));
  to.stored.targets.push_back(target);
  return target.vtd;
}

void Devices::drop_target(Host& from, const std::string& vtd) {
  for (StoredTarget& each : from.stored.targets)
    if (each.vtd == vtd) stop_target(from, each);
  std::erase_if(from.stored.targets, [&](const StoredTarget& each) { return each.vtd == vtd; });
}

emu::Result<std::string> Devices::add_target(const std::string& backing_name, const std::string& vhost,
                                             const std::string& wanted_name, u64 wanted_lun) {
  Host* to = host(vhost);
  Disk* from = disk(backing_name);
  if (!to || !from) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", to ? backing_name : vhost)};
  const std::string made = TRY(make_target(*to, *from, wanted_name, wanted_lun));
  if (auto saved = save(); !saved) {
    drop_target(*to, made);
    return saved.error();
  }
  return made;
}

emu::Status Devices::remove_targets(const std::vector<std::string>& vtds) {
  Configuration wanted = stored();
  for (const std::string& vtd : vtds) {
    if (!target(vtd).second) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", vtd)};
    for (StoredHost& host : wanted.hosts) std::erase_if(host.targets, [&](const StoredTarget& each) { return each.vtd == vtd; });
  }
  TRY(store(wanted));
  for (const std::string& vtd : vtds) drop_target(*target(vtd).first, vtd);
  publish();
  return emu::success();
}

emu::Status Devices::set_available(const std::string& vtd, bool available) {
  const auto [of, found] = target(vtd);
  if (!found) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", vtd)};
  const bool before = found->available;
  if (available) {
    TRY(start_target(*of, *found));
    auto saved = save();
    if (!saved && !before) stop_target(*of, *found);
    return saved;
  }
  found->available = false;
  const Configuration wanted = stored();
  found->available = before;
  TRY(store(wanted));
  stop_target(*of, *found);
  publish();
  return emu::success();
}

emu::Result<emu::service::ViosSlot> Devices::add_mapping(const emu::service::AddViosMapping& wanted) {
  // Everything is looked up before anything is changed.
  for (const auto& each : wanted.targets)
    if (!disk_by_udid(each.udid))
      return emu::Error{"HSCLA24E", fmt::format("The Virtual I/O Server {} has no disk with the unique identifier {}.",
                                                partition_.definition().name, each.udid)};
  Host* to = host_of_client(wanted.client_id, wanted.client_slot);
  // As mkvdev without -f. What is there already is the answer to the same question, asked before.
  const auto mapped_here = [&](const std::string& udid) {
    return to && std::ranges::any_of(to->stored.targets,
                                     [&](StoredTarget& each) { return each.backing == udid && belongs(*to, each); });
  };
  for (const auto& each : wanted.targets)
    if (const Disk* disk = disk_by_udid(each.udid); exported(*disk) && !mapped_here(each.udid))
      return emu::Error{"HSCLA225",
                        fmt::format("The disk {} of the Virtual I/O Server {} is already being used as a backing device "
                                    "there. Remove that mapping, or choose another destination.",
                                    disk->name, partition_.definition().name)};
  const bool added = !to;
  if (added) {
    emu::VirtualAdapter adapter;
    adapter.kind = emu::AdapterKind::scsi_server;
    adapter.remote_lpar_id = wanted.client_id;
    adapter.remote_lpar_name = wanted.client_name;
    adapter.remote_slot = wanted.client_slot;
    const firmware::NativeAdapter plugged = TRY(partition_.add_adapter(adapter));
    scan();
    const auto found =
        std::ranges::find_if(hosts_, [&](const Host& each) { return each.stored.slot == plugged.config.slot && each.scsi; });
    if (found == hosts_.end()) {
      (void)partition_.remove_adapter(plugged.config.slot);
      return emu::Error{"vios", "The new virtual SCSI server adapter cannot be used."};
    }
    to = &*found;
  }
  std::vector<std::string> made;
  const auto give_up = [&](const emu::Error& why) {
    for (const std::string& vtd : made) drop_target(*to, vtd);
    // If not even this is stored, an adapter without a disk stays, which the undoing of the move finds.
    if (added) (void)remove_mapping({0, wanted.client_id, wanted.client_slot});
    return why;
  };
  for (const auto& each : wanted.targets) {
    if (std::ranges::any_of(to->stored.targets,
                            [&](const StoredTarget& there) { return there.backing == each.udid && there.available; }))
      continue;
    auto mapped = make_target(*to, *disk_by_udid(each.udid), taken(each.vtd) ? "" : each.vtd, each.lun);
    if (!mapped) return give_up(mapped.error());
    made.push_back(*mapped);
  }
  if (auto saved = save(); !saved) return give_up(saved.error());
  return emu::service::ViosSlot{to->stored.slot};
}

// The disks first: what is left if this ends in between is an adapter without one, which is found when it is asked again.
emu::Status Devices::remove_mapping(const emu::service::RemoveViosMapping& unwanted) {
  const auto is_it = [&](const StoredHost& each) {
    return each.client_id == unwanted.client_id && each.client_slot == unwanted.client_slot;
  };
  const auto from = std::ranges::find_if(hosts_, [&](const Host& each) { return is_it(each.stored); });
  if (from == hosts_.end()) return emu::success();  // asked again after it was done
  Configuration wanted = stored();
  std::erase_if(wanted.hosts, [&](const StoredHost& each) { return each.slot == from->stored.slot; });
  TRY(store(wanted));
  for (StoredTarget& target : from->stored.targets) stop_target(*from, target);
  from->stored.targets.clear();
  publish();
  const auto plugged = partition_.adapters();
  const bool there = std::ranges::any_of(plugged, [&](const firmware::NativeAdapter& each) {
    return each.config.kind == emu::AdapterKind::scsi_server && each.config.slot == from->stored.slot;
  });
  if (there) TRY(partition_.remove_adapter(from->stored.slot));
  absent_.erase(from->name);
  hosts_.erase(from);
  return emu::success();
}

}  // namespace vios
