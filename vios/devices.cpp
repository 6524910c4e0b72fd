// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/devices.h"

#include "emu/core/location_code.h"
#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/core/paths.h"
#include "emu/core/state_file.h"
#include "emu/core/text.h"
#include "vios/backends/table.h"
#include "vios/backends/virtual_ethernet.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_devices("vios");
constexpr u64 internal_disk_mb = 32 * 1024;  // sparse

std::string own_file(const Setup& setup, const firmware::NativePartition& partition, std::string_view kind) {
  if (setup.folders.state.empty()) return {};
  return fmt::format("{}/{}.{}.{}", setup.folders.state, setup.frame_name, emu::file_part(partition.definition().name), kind);
}

template <class T>
T* only(std::span<const std::unique_ptr<Backend>> backends) {
  for (const auto& each : backends)
    if (auto* found = dynamic_cast<T*>(each.get())) return found;
  return nullptr;
}

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
      command_log_(own_file(setup_, partition, "gcl"), clock),
      lpm_log_(own_file(setup_, partition, "lpm"), clock),
      backends_(make_backends(*this)),
      scsi_(only<VirtualScsi>(backends_)),
      ethernet_(only<VirtualEthernet>(backends_)) {}

Devices::~Devices() = default;

emu::Status Devices::start() {
  TRY(read_configuration());
  TRY(open_disks());
  for (const auto& bridge : setup_.config.bridges) ports_.push_back({free_name("ent"), bridge.segment});
  for (const std::string& segment : setup_.config.ports) ports_.push_back({free_name("ent"), segment});
  TRY(find_slots());
  for (const auto& backend : backends_) backend->load(configuration_);
  scan();
  for (const auto& backend : backends_) backend->start();
  return save();
}

void Devices::scan() {
  for (const auto& backend : backends_) backend->scan(partition_.adapters());
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
  auto bytes = emu::read_file(file);
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

Configuration Devices::stored() const {
  Configuration all = configuration_;
  for (const auto& backend : backends_) backend->store(all);
  return all;
}

emu::Status Devices::store(const Configuration& configuration) {
  const std::string file = own_file(setup_, partition_, "odm");
  if (file.empty()) return emu::success();
  Bytes content = to_file(configuration);
  if (content == file_content_) return emu::success();
  if (auto stored = emu::replace_file(file, content); !stored) {
    log_devices.error("{}", stored.error().text);
    return emu::Error{"vios", fmt::format("0514-001 System error:\n                 {}", stored.error().text)};
  }
  file_content_ = std::move(content);
  return emu::success();
}

emu::Status Devices::save() {
  TRY(store(stored()));
  for (const auto& backend : backends_) backend->publish();
  return emu::success();
}

bool Devices::take_over(const std::string& mark) {
  if (std::ranges::count(configuration_.imported, mark)) return false;
  configuration_.imported.push_back(mark);
  return true;
}

std::string Devices::server_name() const { return setup_.frame_name + "/" + partition_.definition().name; }

std::string Devices::free_name(const std::string& prefix) const {
  for (int number = 0;; ++number)
    if (std::string name = prefix + std::to_string(number); !taken(name)) return name;
}

bool Devices::held(const std::string& device) const {
  const std::vector<emu::Hold> holds = partition_.holds();
  const Disk* disk = any_disk(device);
  return std::ranges::any_of(holds, [&](const emu::Hold& hold) {
    if (disk && std::ranges::count(hold.disks, disk->lun->udid())) return true;
    return std::ranges::any_of(backends_, [&](const auto& backend) { return backend->held(device, hold); });
  });
}

const Disk* Devices::any_disk(const std::string& name) const {
  const auto at = std::ranges::find(disks_, name, &Disk::name);
  return at == disks_.end() ? nullptr : &*at;
}

const PhysicalPort* Devices::port(const std::string& name) const {
  const auto at = std::ranges::find(ports_, name, &PhysicalPort::name);
  return at == ports_.end() ? nullptr : &*at;
}

Disk* Devices::disk(const std::string& name) {
  const auto at = std::ranges::find(disks_, name, &Disk::name);
  return at == disks_.end() || is_deleted(name) ? nullptr : &*at;
}

Disk* Devices::disk_by_udid(const std::string& udid) {
  const auto at = std::ranges::find_if(disks_, [&](const Disk& each) {
    return each.on_san && each.shown && each.lun->udid() == udid && !absent_.contains(each.name);
  });
  return at == disks_.end() ? nullptr : &*at;
}

std::string Devices::slot_location(u32 slot) const {
  return emu::slot_location(setup_.type_model, setup_.serial_num, partition_.definition().lpar_id, slot);
}

std::string Devices::physloc(const std::string& device) const {
  for (size_t i = 0; i < disks_.size(); ++i) {
    if (disks_[i].name != device || disks_[i].volume) continue;
    if (!disks_[i].location.empty()) return disks_[i].location + "-T1-L0";
    if (!disks_[i].on_san) return fmt::format("U789D.001.{}-P2-D{}", setup_.serial_num, 4 + i);
    const u32 number = emu::parse_number<u32>(disks_[i].name.substr(std::string_view("hdisk").size())).value_or(0);
    return fmt::format("U789D.001.{}-P1-C1-T1-W500507680140581E-L{:X}000000000000", setup_.serial_num, number);
  }
  for (size_t i = 0; i < ports_.size(); ++i)
    if (ports_[i].name == device && !ports_[i].location.empty()) return ports_[i].location + "-T1";
  for (size_t i = 0; i < ports_.size(); ++i)
    if (ports_[i].name == device) return fmt::format("U789D.001.{}-P1-C10-T{}", setup_.serial_num, i + 1);
  for (const auto& backend : backends_)
    if (std::string place = backend->physloc(device); !place.empty()) return place;
  return {};
}

std::string Devices::reserve_policy(const Disk& disk) const {
  if (disk.volume) return "no_reserve";
  const auto stored = configuration_.reserve_policies.find(disk.lun->udid());
  if (stored != configuration_.reserve_policies.end()) return stored->second;
  // SIMPLIFIED: a real hdisk begins with single_path; a lab's SAN is prepared for mobility (Redbook 3.7, step 2) unless its file says
  // otherwise.
  const emu::LunConfig* const config = disk.on_san ? lun_config(disk.lun->name()) : nullptr;
  return config ? config->reserve_policy : "no_reserve";
}

std::string Devices::stored_attribute(const std::string& device, std::string_view name, std::string_view otherwise) const {
  const auto at = configuration_.attributes.find(fmt::format("{}.{}", device, name));
  return at == configuration_.attributes.end() ? std::string(otherwise) : at->second;
}

std::vector<Attribute> Devices::attributes(const std::string& device) const {
  if (const Disk* disk = any_disk(device); disk && !disk->volume)
    return {
        {"algorithm", "fail_over", "Algorithm", true, "fail_over"},
        {"hcheck_interval", stored_attribute(device, "hcheck_interval", "60"), "Health Check Interval", true, "0...3600 (+1)"},
        {"max_transfer", "0x100000", "Maximum TRANSFER Size", false, ""},
        {"pvid", disk->lun->pvid().empty() ? "none" : disk->lun->pvid() + "0000000000000000", "Physical volume identifier", false,
         ""},
        {"queue_depth", stored_attribute(device, "queue_depth", "20"), "Queue DEPTH", true, "1...256 (+1)"},
        {"reserve_policy", reserve_policy(*disk), "Reserve Policy", true, "no_reserve\nsingle_path"},
        {"size_in_mb", std::to_string(disk->lun->bytes() / MiB), "Size in Megabytes", false, ""},
        {"unique_id", disk->lun->shown_udid(), "Unique device identifier", false, ""},
    };
  if (const auto group = group_of(*this, device)) return {{"vgserial_id", group->identifier, "N/A", false, ""}};
  for (const auto& backend : backends_)
    if (auto all = backend->attributes(device); !all.empty()) return all;
  return {};
}

emu::Status Devices::set_attributes(const std::string& device, const std::map<std::string, std::string>& values,
                                    bool only_stored) {
  const auto known = attributes(device);
  for (const auto& [name, value] : values) {
    const auto attribute = std::ranges::find(known, name, &Attribute::name);
    if (attribute == known.end()) return invalid_attribute(name, value);
    if (!attribute->settable)
      return emu::Error{"vios", fmt::format("0514-018 The following attribute cannot be changed by the user:\n     {}", name)};
    if (!attribute->range.empty() && !in_range(attribute->range, value)) return invalid_attribute(name, value);
  }
  Configuration wanted = stored();
  std::map<std::string, std::string> left = values;
  for (const auto& backend : backends_) TRY(backend->change(device, left, wanted));
  for (const auto& [name, value] : left) {
    if (name != "reserve_policy") {
      wanted.attributes[device + "." + name] = value;
      continue;
    }
    const Disk& changed = *disk(device);
    if (value != reserve_policy(changed) && scsi_->used(changed) && !only_stored)
      return emu::Error{"vios",
                        "0514-062 Cannot perform the requested function because the\n                 specified device is busy."};
    wanted.reserve_policies[changed.lun->udid()] = value;
  }
  TRY(store(wanted));
  for (const auto& backend : backends_) backend->changed(device, wanted, only_stored);
  configuration_.attributes = std::move(wanted.attributes);
  configuration_.reserve_policies = std::move(wanted.reserve_policies);
  return emu::success();
}

// ---- disks ----

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
    if (name == known.end() || taken(name->second)) continue;
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
    if (name.empty() || taken(name)) name = free_name(is_disk ? "hdisk" : "ent");
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

void Devices::follow(SanView san) {
  setup_.san = std::move(san);
  for (Disk& each : disks_) {
    if (!each.on_san || each.volume) continue;
    const emu::LunConfig* const config = lun_config(each.lun->name());
    each.shown = config && config->udid == each.lun->udid() && each.lun->is_there() &&
                 std::ranges::count(setup_.san.seen, config->name) > 0;
  }
  follow_san();
}

void Devices::follow_san() {
  for (const Disk& each : disks_) {
    const bool online =
        each.shown && !subsystems_offline_.contains(each.lun->subsystem()) && !setup_.san.offline.contains(each.lun->name());
    if (online == each.lun->online()) continue;
    each.lun->set_online(online);
    // The health check of the path finds out sooner or later; here at once.
    if (online && !absent_.contains(each.name)) errors_.record("A6F5AE7C", 'I', 'H', each.name, "PATH HAS RECOVERED");
    if (!online && !absent_.contains(each.name)) errors_.record("DE3B8540", 'P', 'H', each.name, "PATH HAS FAILED");
  }
}

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

emu::Status Devices::accept_license() {
  Configuration wanted = stored();
  wanted.license_accepted = clock_.wall();
  TRY(store(wanted));
  configuration_.license_accepted = wanted.license_accepted;
  return emu::success();
}

emu::Status Devices::install(const std::string& level, bool license_accepted) {
  Configuration wanted = stored();
  wanted.committed_level = this->level();
  wanted.level = level;
  wanted.license_accepted = license_accepted ? clock_.wall() : 0;
  return keep_level(wanted);
}

emu::Status Devices::commit() {
  Configuration wanted = stored();
  wanted.committed_level.clear();
  return keep_level(wanted);
}

emu::Status Devices::reject() {
  Configuration wanted = stored();
  wanted.level = std::exchange(wanted.committed_level, "");
  return keep_level(wanted);
}

emu::Status Devices::keep_level(const Configuration& wanted) {
  TRY(store(wanted));
  configuration_.level = wanted.level;
  configuration_.committed_level = wanted.committed_level;
  configuration_.license_accepted = wanted.license_accepted;
  return emu::success();
}

bool Devices::poll() {
  bool more = false;
  for (const auto& backend : backends_)
    if (backend->poll()) more = true;
  return more;
}

u64 Devices::wait() const {
  u64 least = ~u64{0};
  for (const auto& backend : backends_) least = std::min(least, backend->wait());
  return least;
}

bool Devices::must_retry() const {
  return std::ranges::any_of(backends_, [](const auto& backend) { return backend->must_retry(); });
}

void Devices::retry() {
  for (const auto& backend : backends_) backend->retry();
}

emu::service::ViosInfo Devices::describe() const {
  emu::service::ViosInfo info;
  info.ioslevel = level();
  for (const Disk& each : disks_) {
    if (each.volume || !each.shown || absent_.contains(each.name)) continue;
    info.disks.push_back({each.name, each.lun->pvid(), each.lun->udid(), each.lun->bytes() / MiB, each.on_san,
                          reserve_policy(each), each.lun->reservations().state().claiming_server(), scsi_->exported(each),
                          each.lun->online(), each.on_san ? each.lun->name() : ""});
  }
  for (const auto& backend : backends_) backend->describe(info);
  info.free_slots = partition_.free_slots();
  return info;
}

}  // namespace vios
