// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/devices.h"

#include "emu/core/names.h"

#include "emu/core/log.h"
#include "emu/core/paths.h"
#include "vios/state_file.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_devices("vios");

std::string own_file(const Setup& setup, const firmware::NativePartition& partition, std::string_view kind) {
  if (setup.folders.state.empty()) return {};
  return fmt::format("{}/{}.{}.{}", setup.folders.state, setup.frame_name, emu::file_part(partition.definition().name), kind);
}

// The attributes of devices other than disks: defaults, which chdev may change where the real ones allow it.
struct Default {
  std::string_view device;
  std::string_view name;
  std::string_view value;
  std::string_view description;
  bool settable;
};
constexpr Default defaults[] = {
    {"vasi0", "num_tx_desc", "32", "Number of Transmit Descriptors", true},
    {"vioslpm0", "cfg_msp_lpm_ops", "8", "Concurrent LPM operations for MSP", true},
    {"vioslpm0", "concurrency_lvl", "3", "Concurrency level", true},
    {"vioslpm0", "lpm_msnap_succ", "1", "Create a mini-snap (when a migration completes successfully)", true},
    {"vioslpm0", "max_lpm_vasi", "1", "Max number of VASI adapters used for LPM operations", false},
    {"vioslpm0", "max_vasi_ops", "8", "Max number of LPM operations per VASI", false},
    {"vioslpm0", "tcp_port_high", "0", "TCP highest ephemeral port", true},
    {"vioslpm0", "tcp_port_low", "0", "TCP lowest ephemeral port", true},
};

}  // namespace

emu::Result<std::unique_ptr<Devices>> Devices::create(firmware::NativePartition& partition, Setup setup,
                                                      const emu::Clock& clock) {
  auto devices = std::unique_ptr<Devices>(new Devices(partition, std::move(setup), clock));
  TRY(devices->start());
  return devices;
}

Devices::Devices(firmware::NativePartition& partition, Setup setup, const emu::Clock& clock)
    : partition_(partition),
      setup_(std::move(setup)),
      clock_(clock),
      real_(partition.memory()),
      errors_(own_file(setup_, partition, "errlog"), clock),
      responder_(partition.definition().ip_address, server_name() + " en", std::string(ioslevel), setup_.rmc_key),
      flusher_([&partition] { partition.wake(); }) {}

emu::Status Devices::start() {
  TRY(read_configuration());
  TRY(open_disks());
  for (StoredHost& stored : configuration_.hosts) hosts_.push_back({std::move(stored), nullptr, free_name("vhost")});
  scan();
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets) {
      if (!target.available) continue;
      target.available = false;
      if (auto started = start_target(host, target); !started) log_devices.warn("{}: {}", target.vtd, started.error().text);
    }
  import_mappings();
  build_networks();
  return save();
}

// The database lies on a server's own disk: where that disk is, there was one.
emu::Status Devices::read_configuration() {
  const std::string file = own_file(setup_, partition_, "odm");
  if (file.empty()) return emu::success();
  const auto damaged = [&](const std::string& what) {
    return emu::Error{"odm",
                      fmt::format("The device database {} of the Virtual I/O Server {} cannot be used: {}. Put back a copy "
                                  "of the file and activate the server again, or begin anew with `twinframe down --wipe`.",
                                  file, partition_.definition().name, what)};
  };
  auto bytes = read_file(file);
  if (!bytes) return damaged(bytes.error().text.substr(0, bytes.error().text.size() - 1));
  if (!*bytes) {
    if (emu::is_there(own_disk())) return damaged("it is not there any more, but the server's own disk is");
    return save();  // before that disk is made
  }
  auto known = from_file(**bytes);
  if (!known) return damaged(known.error().text);
  configuration_ = std::move(*known);
  file_content_ = std::move(**bytes);
  return emu::success();
}

void Devices::publish() {
  const std::lock_guard lock(exports_mutex_);
  exports_.clear();
  for (const Host& host : hosts_)
    for (const StoredTarget& target : host.stored.targets)
      if (const Disk* disk = target.available ? backing(target) : nullptr)
        exports_.emplace(host.stored.client_id, Export{host.stored.client_slot, disk->name, disk->lun});
}

emu::Status Devices::unreserved(u32 client_id) const {
  const std::lock_guard lock(exports_mutex_);
  const auto [first, last] = exports_.equal_range(client_id);
  for (auto at = first; at != last; ++at) {
    const std::string by = at->second.lun->reservations().state().claiming_server();
    if (!by.empty())
      return emu::Error{"HSCLA211",
                        fmt::format("The disk {} behind virtual SCSI adapter {} of the partition is reserved, or has a key "
                                    "registered, by {}: release it.",
                                    at->second.disk, at->second.client_slot, by)};
  }
  return emu::success();
}

Configuration Devices::stored() const {
  Configuration all = configuration_;
  all.hosts.clear();
  for (const Host& each : hosts_) all.hosts.push_back(each.stored);
  all.bridges = stored_bridges();
  return all;
}

emu::Status Devices::store(const Configuration& configuration) {
  const std::string file = own_file(setup_, partition_, "odm");
  if (file.empty()) return emu::success();
  Bytes content = to_file(configuration);
  if (content == file_content_) return emu::success();
  if (auto stored = replace_file(file, content); !stored) {
    log_devices.error("{}", stored.error().text);
    return emu::Error{"vios", fmt::format("0514-001 System error:\n                 {}", stored.error().text)};
  }
  file_content_ = std::move(content);
  return emu::success();
}

emu::Status Devices::save() {
  TRY(store(stored()));
  publish();
  return emu::success();
}

std::string Devices::server_name() const { return setup_.frame_name + "/" + partition_.definition().name; }

std::string Devices::free_name(const std::string& prefix) const {
  for (int number = 0;; ++number)
    if (std::string name = prefix + std::to_string(number); !taken(name)) return name;
}

bool Devices::held(const std::string& device) const {
  const std::vector<emu::Hold> holds = partition_.holds();
  if (holds.empty()) return false;
  const auto any = [&](const auto& needs) { return std::ranges::any_of(holds, needs); };
  for (const Host& host : hosts_) {
    const bool named =
        host.name == device || std::ranges::any_of(host.stored.targets, [&](const auto& each) { return each.vtd == device; });
    if (named && any([&](const emu::Hold& hold) { return hold.client_id && hold.client_id == host.stored.client_id; }))
      return true;
  }
  for (const Disk& disk : disks_)
    if (disk.name == device && any([&](const emu::Hold& hold) { return std::ranges::count(hold.disks, disk.lun->udid()) > 0; }))
      return true;
  for (const Bridge& bridge : bridges_)
    if (bridge.name == device && bridge.sea && any([&](const emu::Hold& hold) {
          return std::ranges::any_of(bridge.sea->vlans(), [&](u16 vlan) { return std::ranges::count(hold.vlans, vlan) > 0; });
        }))
      return true;
  return (device == "vasi0" || device == "vioslpm0") && any([](const emu::Hold& hold) { return hold.mover; });
}

Disk* Devices::disk(const std::string& name) {
  const auto at = std::ranges::find(disks_, name, &Disk::name);
  return at == disks_.end() || is_deleted(name) ? nullptr : &*at;
}

Disk* Devices::disk_by_udid(const std::string& udid) {
  const auto at = std::ranges::find_if(
      disks_, [&](const Disk& each) { return each.on_san && each.lun->udid() == udid && !absent_.contains(each.name); });
  return at == disks_.end() ? nullptr : &*at;
}

Host* Devices::host(const std::string& name) {
  const auto at = std::ranges::find(hosts_, name, &Host::name);
  return at == hosts_.end() || is_deleted(name) ? nullptr : &*at;
}

Host* Devices::host_of_client(u32 client_id, u32 client_slot) {
  const auto at = std::ranges::find_if(hosts_, [&](const Host& each) {
    return each.scsi && each.stored.client_id == client_id && each.stored.client_slot == client_slot;
  });
  return at == hosts_.end() ? nullptr : &*at;
}

std::pair<Host*, StoredTarget*> Devices::target(const std::string& vtd) {
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets)
      if (target.vtd == vtd) return {&host, &target};
  return {nullptr, nullptr};
}

Disk* Devices::backing(const StoredTarget& target) {
  for (Disk& each : disks_)
    if (target.backing == (each.volume ? each.name : each.lun->udid())) return &each;
  return nullptr;
}

std::string Devices::slot_location(u32 slot) const {
  std::string machine = setup_.type_model;
  std::ranges::replace(machine, '-', '.');
  return fmt::format("U{}.{}-V{}-C{}", machine, setup_.serial_num, partition_.definition().lpar_id, slot);
}

std::string Devices::physloc(const std::string& device) const {
  for (size_t i = 0; i < disks_.size(); ++i) {
    if (disks_[i].name != device || disks_[i].volume) continue;
    if (!disks_[i].on_san) return fmt::format("U789D.001.{}-P2-D4", setup_.serial_num);
    return fmt::format("U789D.001.{}-P1-C1-T1-W500507680140581E-L{:X}000000000000", setup_.serial_num, i);
  }
  for (const Host& host : hosts_) {
    if (host.name == device) return slot_location(host.stored.slot);
    for (const StoredTarget& target : host.stored.targets)
      if (target.vtd == device)
        return fmt::format("{}-L{}", slot_location(host.stored.slot), &target - host.stored.targets.data() + 1);
  }
  for (size_t i = 0; i < ports_.size(); ++i)
    if (ports_[i].name == device) return fmt::format("U789D.001.{}-P1-C10-T{}", setup_.serial_num, i + 1);
  for (const VirtualLan& lan : lans_)
    if (lan.name == device) return slot_location(lan.adapter.config.slot) + "-T1";
  if (device == "vasi0" && vasi_slot_) return slot_location(vasi_slot_);
  if (device == "vsa0") return slot_location(0);
  return {};
}

std::string Devices::reserve_policy(const Disk& disk) const {
  if (disk.volume) return "no_reserve";
  const auto stored = configuration_.reserve_policies.find(disk.lun->udid());
  // SIMPLIFIED: a real hdisk begins with single_path; a lab's SAN is prepared for mobility (Redbook 3.7, step 2) unless
  // somebody changes it.
  return stored == configuration_.reserve_policies.end() ? "no_reserve" : stored->second;
}

std::vector<Attribute> Devices::attributes(const std::string& device) const {
  std::vector<Attribute> all;
  const auto stored = [&](std::string_view name, std::string_view otherwise) {
    const auto at = configuration_.attributes.find(fmt::format("{}.{}", device, name));
    return at == configuration_.attributes.end() ? std::string(otherwise) : at->second;
  };
  for (const Disk& each : disks_) {
    if (each.name != device || each.volume) continue;
    all = {
        {"algorithm", "fail_over", "Algorithm", true},
        {"hcheck_interval", stored("hcheck_interval", "60"), "Health Check Interval", true},
        {"max_transfer", "0x100000", "Maximum TRANSFER Size", false},
        {"pvid", each.lun->pvid() + "0000000000000000", "Physical volume identifier", false},
        {"queue_depth", stored("queue_depth", "20"), "Queue DEPTH", true},
        {"reserve_policy", reserve_policy(each), "Reserve Policy", true},
        {"size_in_mb", std::to_string(each.lun->bytes() / MiB), "Size in Megabytes", false},
        {"unique_id", each.lun->udid(), "Unique device identifier", false},
    };
  }
  for (const Bridge& bridge : bridges_) {
    if (bridge.name != device) continue;
    const auto first = std::ranges::find_if(
        lans_, [&](const VirtualLan& each) { return each.adapter.config.slot == bridge.stored.trunk_slots.front(); });
    std::string adapters;
    for (const std::string& trunk : bridge.trunks) adapters += (adapters.empty() ? "" : ",") + trunk;
    all = {
        {"ha_mode", "disabled", "High Availability Mode", true},
        {"largesend", "0", "Enable Hardware Transmit TCP Resegmentation", true},
        {"pvid", first == lans_.end() ? "" : std::to_string(first->adapter.config.port_vlan_id), "PVID to use for the SEA device",
         true},
        {"pvid_adapter", bridge.trunks.empty() ? "" : bridge.trunks.front(),
         "Default virtual adapter to use for non-VLAN-tagged packets", true},
        {"real_adapter", bridge.port, "Physical adapter associated with the SEA", true},
        {"thread", "1", "Thread mode enabled (1) or disabled (0)", true},
        {"virt_adapters", adapters, "List of virtual adapters associated with the SEA (comma separated)", true},
    };
  }
  for (const Host& host : hosts_)
    for (const StoredTarget& target : host.stored.targets)
      if (target.vtd == device) {
        const Disk* disk = const_cast<Devices*>(this)->backing(target);
        all = {{"LogicalUnitAddr", fmt::format("{:#018x}", target.lun), "Logical Unit Address", false},
               {"aix_tdev", disk ? disk->name : "", "Target Device Name", false},
               {"allow_migrate", "yes", "Allow Migrate", false}};
      }
  if (vasi_slot_)
    for (const Default& each : defaults)
      if (each.device == device)
        all.push_back({std::string(each.name), stored(each.name, each.value), std::string(each.description), each.settable});
  return all;
}

emu::Status Devices::set_attributes(const std::string& device, const std::map<std::string, std::string>& values,
                                    bool only_stored) {
  const auto known = attributes(device);
  Configuration wanted = stored();
  for (const auto& [name, value] : values) {
    const auto invalid = [&name = name, &value = value] {
      return emu::Error{
          "vios",
          fmt::format("0514-018 The values specified for the following attributes\n                 are not valid:\n     {}\t{}",
                      name, value)};
    };
    const auto attribute = std::ranges::find(known, name, &Attribute::name);
    if (attribute == known.end()) return invalid();
    if (!attribute->settable)
      return emu::Error{"vios", fmt::format("0514-018 The following attribute cannot be changed by the user:\n     {}", name)};
    if (name != "reserve_policy") {
      wanted.attributes[device + "." + name] = value;
      continue;
    }
    if (value != "no_reserve" && value != "single_path") return invalid();
    const Disk& changed = *disk(device);
    if (value != reserve_policy(changed) && used(changed) && !only_stored)
      return emu::Error{"vios",
                        "0514-062 Cannot perform the requested function because the\n                 specified device is busy."};
    wanted.reserve_policies[changed.lun->udid()] = value;
  }
  TRY(store(wanted));
  configuration_.attributes = std::move(wanted.attributes);
  configuration_.reserve_policies = std::move(wanted.reserve_policies);
  return emu::success();
}

bool Devices::poll() {
  for (const Flusher::Finished& each : flusher_.take_finished())
    for (Host& host : hosts_)
      if (host.scsi) host.scsi->finished(each);
  bool more = false;
  for (Host& host : hosts_)
    if (host.scsi && host.scsi->poll()) more = true;
  for (Bridge& bridge : bridges_)
    if (bridge.sea && bridge.sea->poll()) more = true;
  return more;
}

void Devices::retry() {
  for (Host& host : hosts_)
    if (host.scsi) host.scsi->retry();
}

emu::service::ViosInfo Devices::describe() const {
  emu::service::ViosInfo info;
  info.ioslevel = ioslevel;
  for (const Disk& each : disks_) {
    if (each.volume || absent_.contains(each.name)) continue;
    info.disks.push_back({each.name, each.lun->pvid(), each.lun->udid(), each.lun->bytes() / MiB, each.on_san,
                          reserve_policy(each), each.lun->reservations().state().claiming_server(), exported(each)});
  }
  for (const Host& host : hosts_) {
    if (!host.scsi) continue;
    emu::service::ViosHost shown{host.name, host.stored.slot, host.stored.client_id, host.stored.client_slot, {}};
    for (const StoredTarget& target : host.stored.targets) {
      const Disk* disk = const_cast<Devices*>(this)->backing(target);
      shown.targets.push_back(
          {target.vtd, target.lun, disk ? disk->name : target.backing, disk && !disk->volume ? disk->lun->udid() : ""});
    }
    info.hosts.push_back(std::move(shown));
  }
  for (const Bridge& bridge : bridges_) {
    if (!bridge.sea) continue;
    const auto port = std::ranges::find(ports_, bridge.port, &PhysicalPort::name);
    info.bridges.push_back({bridge.name, port == ports_.end() ? "" : port->segment, bridge.sea->vlans(), bridge.sea->link_up()});
  }
  info.vasi_slot = absent_.contains("vasi0") || absent_.contains("vioslpm0") ? 0 : vasi_slot_;
  info.free_slots = partition_.free_slots();
  return info;
}

}  // namespace vios
