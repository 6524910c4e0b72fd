// SPDX-License-Identifier: GPL-2.0-or-later
// The virtual target devices of VirtualScsi: made, started, stopped, removed, by commands and for the HMC.
#include "emu/core/log.h"
#include "emu/core/partner.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/devices.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_scsi("vios");
// SIMPLIFIED: the Redbook's table B-3 has no entry for this; identifier and text are ours.
constexpr std::string_view foreign_client = "5D1C0A37";
std::string foreign_text(const std::string& host) {
  return fmt::format("{} serves another partition than the one that this disk belongs to", host);
}
constexpr u64 first_lun = 0x8100'0000'0000'0000;
constexpr u64 lun_step = 0x0100'0000'0000'0000;
constexpr u64 last_lun = 0xBF00'0000'0000'0000;

}  // namespace

bool VirtualScsi::used(const Disk& disk) const {
  const std::string& id = disk.volume ? disk.name : disk.lun->udid();
  return std::ranges::any_of(hosts_, [&](const Host& host) {
    return std::ranges::any_of(host.stored.targets,
                               [&](const StoredTarget& each) { return each.available && each.backing == id; });
  });
}

bool VirtualScsi::exported(const Disk& disk) const {
  const std::string& id = disk.volume ? disk.name : disk.lun->udid();
  return std::ranges::any_of(hosts_, [&](const Host& host) {
    return std::ranges::any_of(host.stored.targets, [&](const StoredTarget& each) { return each.backing == id; });
  });
}

bool VirtualScsi::belongs(const Host& host, StoredTarget& target) const {
  if (emu::is_any_partner(host.stored.client_id) || emu::is_any_partner(host.stored.client_slot)) return true;
  const std::string client = devices_.partition().uuid_of(host.stored.client_id);
  if (target.client_uuid.empty()) {
    target.client_uuid = client;
    target.client_slot = client.empty() ? 0 : host.stored.client_slot;
    return true;
  }
  // An id that nobody has may be its partition's again, which is asked about when it comes.
  return target.client_slot == host.stored.client_slot && (client.empty() || client == target.client_uuid);
}

// An id may have become another partition's since the server started.
void VirtualScsi::client_came(u32 slot) {
  Host* host = host_in_slot(slot);
  if (!host) return;
  bool changed = false;
  for (StoredTarget& target : host->stored.targets) {
    if (!target.available) continue;
    const bool bound = !target.client_uuid.empty();
    if (!belongs(*host, target)) {
      devices_.errors().record(foreign_client, 'P', 'S', target.vtd, foreign_text(host->name));
      stop_target(*host, target);
      changed = true;
    }
    changed = changed || bound == target.client_uuid.empty();
  }
  if (!changed) return;
  publish();
  if (auto saved = devices_.save(); !saved) log_scsi.error("{}", saved.error().text);  // it is found again at the next start
}

emu::Status VirtualScsi::start_target(Host& host, StoredTarget& target) {
  if (target.available) return emu::success();
  if (!belongs(host, target)) {
    devices_.errors().record(foreign_client, 'P', 'S', target.vtd, foreign_text(host.name));
    return emu::Error{"vios",
                      fmt::format("0514-040 Error initializing a device into the kernel.\n                 \"{}\" belongs "
                                  "to another partition than the one that \"{}\" serves.",
                                  target.vtd, host.name)};
  }
  Disk* disk = backing(target);
  if (!disk || devices_.absent(disk->name)) return emu::Error{"vios", "0514-040 Error initializing a device into the kernel."};
  if (!host.scsi)
    return emu::Error{"vios", fmt::format("0514-029 Cannot perform the requested function because a\n                 parent "
                                          "device of \"{}\" is not in the correct state.",
                                          target.vtd)};
  const bool reserves = devices_.reserve_policy(*disk) == "single_path";
  if (reserves && disk->lun->reservations().reserve(devices_.server_name()) != Answer::good)
    return emu::Error{
        "vios",
        fmt::format(
            "0514-040 Error initializing a device into the kernel.\n                 \"{}\" is reserved by another server.",
            disk->name)};
  target.available = true;
  host.scsi->targets().push_back({target.vtd, target.lun, disk->lun});
  return emu::success();
}

void VirtualScsi::stop_target(Host& host, StoredTarget& target) {
  if (!target.available) return;
  target.available = false;
  Disk* disk = backing(target);
  if (host.scsi)
    std::erase_if(host.scsi->targets(), [&](const scsi::Target& each) {
      if (each.vtd != target.vtd) return false;
      each.disk->reservations().lost(host.scsi->initiator());
      return true;
    });
  if (disk && !used(*disk)) disk->lun->reservations().release(devices_.server_name());
}

emu::Result<std::string> VirtualScsi::make_target(Host& to, Disk& from, const std::string& wanted_name, u64 wanted_lun) {
  if (!wanted_name.empty() && devices_.taken(wanted_name))
    return emu::Error{"vios", fmt::format("0514-538 Cannot perform the requested function because the\n                 "
                                          "specified device name \"{}\" already exists.",
                                          wanted_name)};
  StoredTarget target;
  target.vtd =
      wanted_name.empty() ? devices_.free_name(from.volume && !from.name.starts_with('/') ? "vtlvm" : "vtscsi") : wanted_name;
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

void VirtualScsi::drop_target(Host& from, const std::string& vtd) {
  for (StoredTarget& each : from.stored.targets)
    if (each.vtd == vtd) stop_target(from, each);
  std::erase_if(from.stored.targets, [&](const StoredTarget& each) { return each.vtd == vtd; });
}

emu::Status VirtualScsi::remove_targets(const std::vector<std::string>& vtds) {
  Configuration wanted = devices_.stored();
  for (const std::string& vtd : vtds) {
    if (!target(vtd).second) return emu::Error{"vios", fmt::format("Device \"{}\" is not found.", vtd)};
    for (StoredHost& host : wanted.hosts) std::erase_if(host.targets, [&](const StoredTarget& each) { return each.vtd == vtd; });
  }
  TRY(devices_.store(wanted));
  for (const std::string& vtd : vtds) drop_target(*target(vtd).first, vtd);
  publish();
  return emu::success();
}

// What the lab file maps is taken over once. Later changes are the operator's, the HMC's, or a move's.
void VirtualScsi::import_mappings() {
  for (const auto& mapping : devices_.setup().config.mappings) {
    const std::string mark = fmt::format("{}:{}", mapping.server_slot, mapping.lun);
    if (!devices_.take_over(mark)) continue;
    Host* host = host_in_slot(mapping.server_slot);
    const auto named = std::ranges::find_if(
        devices_.disks(), [&](const Disk& each) { return each.name == mapping.lun || each.lun->name() == mapping.lun; });
    if (!host || named == devices_.disks().end()) {
      log_scsi.error("slot {} has no virtual SCSI server adapter, or there is no disk {}: not mapped", mapping.server_slot,
                     mapping.lun);
      continue;
    }
    if (auto made = make_target(*host, *named, mapping.vtd, 0); !made) log_scsi.error("{}", made.error().text);
  }
}

emu::Status VirtualScsi::unreserved(u32 client_id) const {
  const std::lock_guard lock(exports_mutex_);
  const auto [first, last] = exports_.equal_range(client_id);
  for (auto at = first; at != last; ++at) {
    const std::string by = at->second.lun->reservations().state().claiming_server();
    if (!by.empty())
      return emu::Error{"HSCLF211",
                        fmt::format("The disk {} behind virtual SCSI adapter {} of the partition is reserved, or has a key "
                                    "registered, by {}: release it.",
                                    at->second.disk, at->second.client_slot, by)};
  }
  return emu::success();
}

emu::Result<emu::service::ViosSlot> VirtualScsi::add_mapping(const emu::service::AddViosMapping& wanted) {
  // Everything is looked up before anything is changed.
  for (const auto& each : wanted.targets)
    if (!devices_.disk_by_udid(each.udid))
      return emu::Error{"HSCLA24E", fmt::format("The Virtual I/O Server {} has no disk with the unique identifier {}.",
                                                devices_.partition().definition().name, each.udid)};
  const auto known = std::ranges::find_if(hosts_, [&](const Host& each) {
    return each.scsi && each.stored.client_id == wanted.client_id && each.stored.client_slot == wanted.client_slot;
  });
  Host* to = known == hosts_.end() ? nullptr : &*known;
  // As mkvdev without -f. What is there already is the answer to the same question, asked before.
  const auto mapped_here = [&](const std::string& udid) {
    return to && std::ranges::any_of(to->stored.targets,
                                     [&](StoredTarget& each) { return each.backing == udid && belongs(*to, each); });
  };
  for (const auto& each : wanted.targets)
    if (const Disk* disk = devices_.disk_by_udid(each.udid); exported(*disk) && !mapped_here(each.udid))
      return emu::Error{"HSCLF225",
                        fmt::format("The disk {} of the Virtual I/O Server {} is already being used as a backing device "
                                    "there. Remove that mapping, or choose another destination.",
                                    disk->name, devices_.partition().definition().name)};
  const bool added = !to;
  if (added) {
    emu::VirtualAdapter adapter;
    adapter.kind = emu::AdapterKind::scsi_server;
    adapter.remote_lpar_id = wanted.client_id;
    adapter.remote_lpar_name = wanted.client_name;
    adapter.remote_slot = wanted.client_slot;
    const u32 slot = TRY(devices_.partition().add_adapter(adapter)).config.slot;
    devices_.scan();
    to = host_in_slot(slot);
    if (!to || !to->scsi) {
      (void)devices_.partition().remove_adapter(slot);
      return emu::Error{"vios", "The new virtual SCSI server adapter cannot be used."};
    }
  }
  std::vector<std::string> made, volumes_made;
  emu::service::ViosSlot answer{to->stored.slot, {}};
  const auto give_up = [&](const emu::Error& why) {
    for (const std::string& vtd : made) drop_target(*to, vtd);
    for (const std::string& volume : volumes_made) (void)devices_.remove_volume(volume);
    // If not even this is stored, an adapter without a disk stays, which the undoing of the move finds.
    if (added) (void)remove_mapping({0, wanted.client_id, wanted.client_slot});
    return why;
  };
  for (const auto& each : wanted.targets) {
    if (std::ranges::any_of(to->stored.targets,
                            [&](const StoredTarget& there) { return there.backing == each.udid && there.available; }))
      continue;
    auto mapped = make_target(*to, *devices_.disk_by_udid(each.udid), devices_.taken(each.vtd) ? "" : each.vtd, each.lun);
    if (!mapped) return give_up(mapped.error());
    made.push_back(*mapped);
  }
  for (const auto& each : wanted.volumes) {
    const auto known_target = std::ranges::find_if(to->stored.targets, [&](const StoredTarget& there) {
      return there.lun == each.lun && there.available && devices_.any_disk(there.backing);
    });
    if (known_target != to->stored.targets.end()) {
      answer.volumes.push_back(known_target->backing);
      continue;
    }
    auto volume = devices_.make_volume_like(each.volume);
    if (!volume) return give_up(volume.error());
    volumes_made.push_back(*volume);
    auto mapped = make_target(*to, *devices_.disk(*volume), devices_.taken(each.vtd) ? "" : each.vtd, each.lun);
    if (!mapped) return give_up(mapped.error());
    made.push_back(*mapped);
    answer.volumes.push_back(*volume);
  }
  if (auto saved = devices_.save(); !saved) return give_up(saved.error());
  answer.slot = to->stored.slot;
  return answer;
}

// The disks first: what is left if this ends in between is an adapter without one, which is found when it is asked again.
emu::Status VirtualScsi::remove_mapping(const emu::service::RemoveViosMapping& unwanted) {
  const auto is_it = [&](const StoredHost& each) {
    return each.client_id == unwanted.client_id && each.client_slot == unwanted.client_slot;
  };
  const auto from = std::ranges::find_if(hosts_, [&](const Host& each) { return is_it(each.stored); });
  if (from == hosts_.end()) return emu::success();  // asked again after it was done
  Configuration wanted = devices_.stored();
  std::erase_if(wanted.hosts, [&](const StoredHost& each) { return each.slot == from->stored.slot; });
  TRY(devices_.store(wanted));
  std::vector<std::string> volumes;
  for (StoredTarget& target : from->stored.targets) {
    if (const Disk* disk = backing(target); disk && disk->volume && unwanted.with_volumes) volumes.push_back(disk->name);
    stop_target(*from, target);
  }
  from->stored.targets.clear();
  publish();
  // One that stays because this ends here is found by lslv; nobody is served from it.
  for (const std::string& volume : volumes)
    if (const Disk* disk = devices_.any_disk(volume); disk && !exported(*disk)) TRY(devices_.remove_volume(volume));
  if (plugged(from->stored.slot)) TRY(devices_.partition().remove_adapter(from->stored.slot));
  devices_.found_again(from->name);
  hosts_.erase(from);
  return emu::success();
}

}  // namespace vios
