// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_scsi.h"

#include "emu/core/log.h"
#include "emu/core/partner.h"
#include "vios/devices.h"
#include "vios/volume_groups.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_scsi("vios");

constexpr MapField host_fields[] = {{"svsa", "SVSA", 15}, {"physloc", "Physloc", 44}, {"clientid", "Client Partition ID", 18}};
constexpr MapField target_fields[] = {{"vtd", "VTD"},           {"status", "Status"},
                                      {"lun", "LUN"},           {"backing", "Backing device"},
                                      {"bdphysloc", "Physloc"}, {"mirrored", "Mirrored"}};
constexpr MapShape scsi_shape = {"", host_fields, target_fields, "VTD                   NO VIRTUAL TARGET DEVICE FOUND",
                                 "Server Virtual SCSI Adapter (SVSA)"};
constexpr MapOption vdev = {"-vdev", {}, true};

std::string target_description(const Disk* disk) {
  const std::string_view backing = !disk || !disk->volume ? "Disk" : disk->name.starts_with('/') ? "File" : "Logical Volume";
  return fmt::format("Virtual Target Device - {}", backing);
}

}  // namespace

VirtualScsi::VirtualScsi(Devices& devices)
    : devices_(devices), flusher_([&partition = devices.partition()] { partition.wake(); }) {}

// ---- what there is ----

std::vector<Device> VirtualScsi::list() const {
  std::vector<Device> all;
  for (const Host& host : hosts_) {
    all.push_back({host.name, host.scsi ? "Available" : "Defined", "Virtual SCSI Server Adapter", "adapter", true, "", "vio0"});
    for (const StoredTarget& target : host.stored.targets) {
      const Disk* disk = backing(target);
      all.push_back(
          {target.vtd, target.available ? "Available" : "Defined", target_description(disk), "vtd", true, "", host.name});
    }
  }
  return all;
}

std::vector<Attribute> VirtualScsi::attributes(const std::string& device) const {
  for (const Host& host : hosts_)
    for (const StoredTarget& target : host.stored.targets) {
      if (target.vtd != device) continue;
      const Disk* disk = backing(target);
      return {{"LogicalUnitAddr", fmt::format("{:#018x}", target.lun), "Logical Unit Address", false, ""},
              {"aix_tdev", disk ? disk->name : "", "Target Device Name", false, ""},
              {"allow_migrate", "yes", "Allow Migrate", false, ""}};
    }
  return {};
}

std::string VirtualScsi::physloc(const std::string& device) const {
  for (const Host& host : hosts_) {
    const std::string slot = devices_.slot_location(host.stored.slot);
    if (host.name == device) return slot;
    for (const StoredTarget& target : host.stored.targets)
      if (target.vtd == device) return fmt::format("{}-L{}", slot, &target - host.stored.targets.data() + 1);
  }
  return {};
}

bool VirtualScsi::in_use(const Device& device) const {
  const Disk* disk = devices_.any_disk(device.name);
  return disk && used(*disk);
}

bool VirtualScsi::held(const std::string& device, const emu::Hold& hold) const {
  return std::ranges::any_of(hosts_, [&](const Host& host) {
    // Its targets, and volumes behind these: those have no identifier by which a move names them.
    const bool named = host.name == device || std::ranges::any_of(host.stored.targets, [&](const StoredTarget& target) {
                         return target.vtd == device || target.backing == device;
                       });
    return named && hold.client_id && hold.client_id == host.stored.client_id;
  });
}

void VirtualScsi::describe(emu::service::ViosInfo& info) const {
  for (const Host& host : hosts_) {
    if (!host.scsi) continue;
    emu::service::ViosHost shown{host.name, host.stored.slot, host.stored.client_id, host.stored.client_slot, {}};
    for (const StoredTarget& target : host.stored.targets) {
      const Disk* disk = backing(target);
      shown.targets.push_back(
          {target.vtd, target.lun, disk ? disk->name : target.backing, disk && !disk->volume ? disk->lun->udid() : ""});
    }
    info.hosts.push_back(std::move(shown));
  }
}

VirtualScsi::Host* VirtualScsi::host(const std::string& name) {
  const auto at = std::ranges::find(hosts_, name, &Host::name);
  return at == hosts_.end() || devices_.is_deleted(name) ? nullptr : &*at;
}

VirtualScsi::Host* VirtualScsi::host_in_slot(u32 slot) {
  const auto at = std::ranges::find_if(hosts_, [slot](const Host& each) { return each.stored.slot == slot; });
  return at == hosts_.end() ? nullptr : &*at;
}

std::pair<VirtualScsi::Host*, StoredTarget*> VirtualScsi::target(const std::string& vtd) {
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets)
      if (target.vtd == vtd) return {&host, &target};
  return {nullptr, nullptr};
}

Disk* VirtualScsi::backing(const StoredTarget& target) const {
  for (Disk& each : devices_.disks())
    if (target.backing == (each.volume ? each.name : each.lun->udid())) return &each;
  return nullptr;
}

bool VirtualScsi::plugged(u32 slot) const {
  const Plugged all = devices_.partition().adapters();
  return std::ranges::any_of(
      all, [slot](const auto& each) { return each.config.kind == emu::AdapterKind::scsi_server && each.config.slot == slot; });
}

std::vector<std::string> VirtualScsi::targets_of(const Disk& disk) const {
  std::vector<std::string> found;
  for (const Host& host : hosts_)
    for (const StoredTarget& each : host.stored.targets)
      if (backing(each) == &disk) found.push_back(each.vtd);
  return found;
}

// ---- lsmap, mkvdev ----

const MapShape* VirtualScsi::shape() const { return &scsi_shape; }

std::vector<Mapping> VirtualScsi::mappings() const {
  std::vector<Mapping> all;
  for (const Host& host : hosts_) {
    Mapping mapping{{host.name, devices_.physloc(host.name), fmt::format("{:#010x}", host.stored.client_id)}, true, {}};
    for (const StoredTarget& target : host.stored.targets) {
      const Disk* disk = backing(target);
      const bool known = disk && devices_.disk(disk->name);
      mapping.targets.push_back(
          {{target.vtd, target.available ? "Available" : "Defined", fmt::format("{:#018x}", target.lun), disk ? disk->name : "",
            disk ? devices_.physloc(disk->name) : "", disk && disk->volume ? "N/A" : "false"},
           known ? (disk->volume ? "lv" : "disk") : ""});
    }
    all.push_back(std::move(mapping));
  }
  return all;
}

std::span<const MapOption> VirtualScsi::map_options() const { return {&vdev, 1}; }

emu::Result<std::string> VirtualScsi::map(const MapRequest& request) {
  const std::string& vhost = request.adapters.front();
  Disk* disk = devices_.disk(request.device);
  if (!disk) return no_device(request.device);
  Host* to = host(vhost);
  if (!to) return no_device(vhost);
  if (devices_.held(vhost) || devices_.held(disk->name)) return device_busy();
  if (const std::string group = group_on(devices_, disk->name); !group.empty())
    return emu::Error{"vios",
                      fmt::format("\"{}\" belongs to volume group {} and cannot be a backing device.", disk->name, group)};
  // Redbook 3.7, step 3.
  if (!disk->volume && !disk->lun->has_identifier())
    return emu::Error{"vios", fmt::format("\"{}\" has no unique device identifier, IEEE volume attribute or physical volume\n"
                                          "identifier, and cannot be a backing device: chdev -dev {} -attr pv=yes -perm.",
                                          disk->name, disk->name)};
  if (!disk->lun->online())
    return emu::Error{"vios", fmt::format("0514-040 Error initializing a device into the kernel.\n                 The "
                                          "storage subsystem of \"{}\" does not answer.",
                                          disk->name)};
  if (exported(*disk) && !request.force)
    return emu::Error{
        std::string(plain_code),
        fmt::format("\"{}\" is already being used as a backing device. Specify the -f flag\nto force this device to "
                    "be used anyway.",
                    disk->name)};
  const std::string made = TRY(make_target(*to, *disk, request.name, 0));
  if (auto saved = devices_.save(); !saved) {
    drop_target(*to, made);
    return saved.error();
  }
  return made + " Available\n";
}

// ---- its life ----

void VirtualScsi::load(const Configuration& configuration) {
  for (const StoredHost& stored : configuration.hosts) hosts_.push_back({stored, nullptr, devices_.free_name("vhost")});
}

void VirtualScsi::start() {
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets) {
      if (!target.available) continue;
      target.available = false;
      if (auto started = start_target(host, target); !started) log_scsi.warn("{}: {}", target.vtd, started.error().text);
    }
  import_mappings();
}

void VirtualScsi::start_host(Host& host, const firmware::NativeAdapter& adapter) {
  auto scsi = ScsiHost::create(devices_.partition(), devices_.real_memory(), adapter, host.name,
                               devices_.server_name() + "/" + host.name, flusher_, devices_.errors());
  if (!scsi) return log_scsi.error("{}: {}", host.name, scsi.error().text);
  host.scsi = std::move(*scsi);
  host.scsi->count_in(&activity_);
  host.scsi->on_client([this, slot = host.stored.slot] { client_came(slot); });
}

void VirtualScsi::scan(const Plugged& adapters) {
  for (Host& host : hosts_) {
    const bool there = std::ranges::any_of(adapters, [&](const auto& each) {
      return each.config.kind == emu::AdapterKind::scsi_server && each.config.slot == host.stored.slot;
    });
    if (there || !host.scsi) continue;
    for (StoredTarget& target : host.stored.targets) stop_target(host, target);
    host.scsi.reset();
  }
  for (const firmware::NativeAdapter& adapter : adapters) {
    if (adapter.config.kind != emu::AdapterKind::scsi_server) continue;
    Host* host = host_in_slot(adapter.config.slot);
    if (!host) {
      StoredHost stored;
      stored.slot = adapter.config.slot;
      host = &hosts_.emplace_back(Host{std::move(stored), nullptr, devices_.free_name("vhost")});
    }
    if (host->stored.added &&
        (host->stored.client_id != adapter.config.remote_lpar_id || host->stored.client_slot != adapter.config.remote_slot)) {
      // Profiles of version 0.1 did not follow the moves. These disks are those of the client that came, not of the profile's.
      (void)devices_.partition().remove_adapter(adapter.config.slot);
      continue;
    }
    const auto partner = [](u32 named) { return emu::is_any_partner(named) ? emu::any_partner : named; };
    host->stored.client_id = partner(adapter.config.remote_lpar_id);
    host->stored.client_name = adapter.config.remote_lpar_name;
    host->stored.client_slot = partner(adapter.config.remote_slot);
    if (host->scsi || devices_.absent(host->name)) continue;
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
    if (auto adapter = devices_.partition().add_adapter(wanted)) start_host(host, *adapter);
  }
}

void VirtualScsi::store(Configuration& configuration) const {
  configuration.hosts.clear();
  for (const Host& each : hosts_) configuration.hosts.push_back(each.stored);
}

void VirtualScsi::publish() {
  const std::lock_guard lock(exports_mutex_);
  exports_.clear();
  for (const Host& host : hosts_)
    for (const StoredTarget& target : host.stored.targets)
      if (const Disk* disk = target.available ? backing(target) : nullptr)
        exports_.emplace(host.stored.client_id, Export{host.stored.client_slot, disk->name, disk->lun});
}

emu::Status VirtualScsi::configure(std::span<const std::string> names, const std::string& device) {
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets) {
      if (target.available || std::ranges::count(names, target.vtd) == 0) continue;
      if (auto status = start_target(host, target); !status) {
        if (target.vtd == device) return status;
        log_scsi.warn("{}: {}", target.vtd, status.error().text);
      }
    }
  return emu::success();
}

void VirtualScsi::back_to(const Configuration& before) {
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets)
      for (const StoredHost& was : before.hosts)
        if (std::ranges::any_of(was.targets, [&](const auto& each) { return each.vtd == target.vtd && !each.available; }))
          stop_target(host, target);
}

void VirtualScsi::remove_from(Configuration& configuration, std::span<const Device> devices, Absence to) const {
  const auto gone = [&](const std::string& name) { return std::ranges::count(devices, name, &Device::name) > 0; };
  // An adapter that is not in its slot any more is not found again.
  for (const Host& host : hosts_)
    if (to == Absence::deleted && gone(host.name) && !plugged(host.stored.slot))
      std::erase_if(configuration.hosts, [&](const StoredHost& each) { return each.slot == host.stored.slot; });
  for (StoredHost& host : configuration.hosts) {
    if (to == Absence::deleted) std::erase_if(host.targets, [&](const StoredTarget& each) { return gone(each.vtd); });
    for (StoredTarget& each : host.targets)
      if (gone(each.vtd)) each.available = false;
  }
}

bool VirtualScsi::remove(const Device& device, Absence to) {
  if (const auto [of, found] = target(device.name); found) {
    stop_target(*of, *found);
    if (to == Absence::deleted) drop_target(*of, device.name);
    return true;
  }
  // One that rmdev has deleted before is still among them until it is pulled.
  const auto adapter = std::ranges::find(hosts_, device.name, &Host::name);
  if (adapter == hosts_.end()) return false;
  adapter->scsi.reset();
  if (to != Absence::deleted || plugged(adapter->stored.slot)) return false;
  devices_.found_again(adapter->name);
  hosts_.erase(adapter);
  return true;
}

// ---- for the loop ----

bool VirtualScsi::poll() {
  for (const Flusher::Finished& each : flusher_.take_finished())
    for (Host& host : hosts_)
      if (host.scsi) host.scsi->finished(each);
  bool more = false;
  for (Host& host : hosts_)
    if (host.scsi && host.scsi->poll()) more = true;
  return more;
}

bool VirtualScsi::must_retry() const {
  return std::ranges::any_of(hosts_, [](const Host& host) { return host.scsi && host.scsi->must_retry(); });
}

void VirtualScsi::retry() {
  for (Host& host : hosts_)
    if (host.scsi) host.scsi->retry();
}

}  // namespace vios
