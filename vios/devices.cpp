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
  describe_volumes(info);
  info.free_slots = partition_.free_slots();
  return info;
}

}  // namespace vios
