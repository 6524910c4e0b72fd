// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of a server's devices, and what takes a device out of it or brings it back: rmdev, cfgdev.
#include "vios/devices.h"

#include "vios/volume_groups.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

emu::Error wrong_state_of(std::string_view relative) {
  return {"vios", fmt::format("0514-029 Cannot perform the requested function because a\n                 {} device of the "
                              "specified device is not in a\n                 correct state.",
                              relative)};
}

// lsdev's order: adapters by the letters of their names, disks, what is virtual, then what the devices hang on.
std::pair<size_t, std::string> place_of(const Device& device) {
  constexpr std::string_view order[] = {"adapter", "disk", "vioslpm", "vtd", "sea", "bus", "vg", "lv", "if"};
  const std::string_view type = device.type == "driver" ? "bus" : std::string_view(device.type);
  const auto place = static_cast<size_t>(std::ranges::find(order, type) - std::begin(order));
  const std::string letters = device.name.substr(0, device.name.find_first_of("0123456789"));
  return {place, device.type == "adapter" ? letters : ""};
}

}  // namespace

std::vector<Device> Devices::own_devices() const {
  std::vector<Device> all;
  const auto add = [&](std::string name, std::string description, std::string type, bool is_virtual, std::string parent) {
    all.push_back({std::move(name), "Available", std::move(description), std::move(type), is_virtual, "", std::move(parent)});
  };
  const bool san = std::ranges::any_of(disks_, [](const Disk& each) { return each.on_san; });
  for (const PhysicalPort& port : ports_) add(port.name, std::string(port_description), "adapter", false, "pci0");
  if (san) add("fcs0", "FC Adapter", "adapter", false, "pci1");
  for (const StoredVolume& each : configuration_.volumes)
    if (each.kind != VolumeKind::file) add(each.name, "Logical volume", "lv", false, "");
  for (const Disk& each : disks_)
    if (!each.volume)
      add(each.name, each.on_san ? "MPIO Other FC SCSI Disk Drive" : "SAS Disk Drive", "disk", false,
          each.on_san ? "fscsi0" : "sas0");
  for (const std::string& each : missing_disks()) add(each, "MPIO Other FC SCSI Disk Drive", "disk", false, "fscsi0");
  if (!ports_.empty()) add("pci0", "PCI Bus", "bus", false, "");
  if (san) add("pci1", "PCI Bus", "bus", false, "");
  if (san) add("fscsi0", "FC SCSI I/O Controller Protocol Device", "driver", false, "fcs0");
  add(std::string(rootvg_name), "Volume group", "vg", false, "");
  for (const StoredGroup& each : configuration_.groups) add(each.name, "Volume group", "vg", false, "");
  add("sas0", "Controller SAS Protocol", "bus", false, "");
  add("vio0", "Virtual I/O Bus", "bus", true, "");
  return all;
}

// Disks of volume groups that are nowhere: nothing else may take their names.
std::vector<std::string> Devices::missing_disks() const {
  std::vector<std::string> names;
  for (const StoredGroup& group : configuration_.groups)
    for (const StoredGroupDisk& each : group.disks)
      if (!any_disk(each.name)) names.push_back(each.name);
  return names;
}
bool Devices::missing(const std::string& device) const {
  return !any_disk(device) && std::ranges::any_of(configuration_.groups, [&](const StoredGroup& each) {
    return std::ranges::count(each.disks, device, &StoredGroupDisk::name) > 0;
  });
}

std::vector<Device> Devices::plugged_devices() const {
  std::vector<Device> all = own_devices();
  for (const auto& backend : backends_)
    for (Device& each : backend->list()) all.push_back(std::move(each));
  for (Device& each : all) each.physloc = physloc(each.name);
  std::ranges::stable_sort(all, {}, place_of);
  return all;
}

bool Devices::taken(const std::string& name) const {
  const auto has = [&](const std::vector<Device>& devices) { return std::ranges::count(devices, name, &Device::name) > 0; };
  return has(own_devices()) || std::ranges::any_of(backends_, [&](const auto& backend) { return has(backend->list()); });
}

bool Devices::is_deleted(const std::string& device) const {
  const auto at = absent_.find(device);
  return at != absent_.end() && at->second == Absence::deleted;
}

std::vector<Device> Devices::list() const {
  std::vector<Device> all = plugged_devices();
  std::erase_if(all, [&](const Device& each) { return is_deleted(each.name); });
  for (Device& each : all)
    if (absent_.contains(each.name) || missing(each.name)) each.status = "Defined";
  return all;
}

std::optional<Device> Devices::find(const std::string& device) const {
  for (Device& each : list())
    if (each.name == device) return std::move(each);
  return std::nullopt;
}

std::vector<Device> Devices::with_children(const std::string& device) const {
  const std::vector<Device> all = list();
  std::vector<Device> found;
  const auto collect = [&](const std::string& name, const auto& again) -> void {
    for (const Device& each : all)
      if (each.parent == name) again(each.name, again);
    for (const Device& each : all)
      if (each.name == name) found.push_back(each);
  };
  collect(device, collect);
  return found;
}

bool Devices::in_use(const Device& device) const {
  if (device.type == "bus" || device.type == "lv" || device.type == "vg") return true;
  if (!group_on(*this, device.name).empty()) return true;  // a volume group lies on it
  return std::ranges::any_of(backends_, [&](const auto& backend) { return backend->in_use(device); });
}

emu::Result<std::vector<std::string>> Devices::remove(const std::string& device, Absence to, bool children_too) {
  const std::vector<Device> all = with_children(device);
  if (std::ranges::any_of(all, [&](const Device& each) { return held(each.name); })) return device_busy();
  if (!children_too && std::ranges::any_of(all, [&](const Device& each) {
        return each.name != device && (to == Absence::deleted || each.status != "Defined");
      }))
    return wrong_state_of("child");
  if (std::ranges::any_of(all, [&](const Device& each) { return in_use(each); })) return device_busy();

  // Of a disk that the SAN does not show any more nothing is left; else the next cfgdev finds it.
  const auto forgotten_disk = [&](const std::string& name) {
    const Disk* disk = any_disk(name);
    return to == Absence::deleted && disk && !disk->shown;
  };
  Configuration wanted = stored();
  for (const auto& backend : backends_) backend->remove_from(wanted, all, to);
  for (const Device& each : all)
    if (forgotten_disk(each.name)) forget(wanted, *any_disk(each.name));
  TRY(store(wanted));
  configuration_.names = wanted.names;
  configuration_.attributes = wanted.attributes;
  configuration_.reserve_policies = wanted.reserve_policies;

  std::vector<std::string> names;
  for (const Device& each : all) {
    names.push_back(each.name);
    bool forgotten = forgotten_disk(each.name);
    if (forgotten) {
      std::erase_if(disks_, [&](const Disk& disk) { return disk.name == each.name; });
      absent_.erase(each.name);
    }
    for (const auto& backend : backends_) forgotten = forgotten || backend->remove(each, to);
    if (!forgotten) absent_[each.name] = to;
  }
  for (const auto& backend : backends_) backend->publish();
  return names;
}

emu::Error Devices::cannot_pull(const std::string& device) const {
  return {"HSCL2929",
          fmt::format("The dynamic removal of I/O resources failed: the device {} of the Virtual I/O Server {} is in use. "
                      "Take it away with rmdev, and retry the command.",
                      device, partition_.definition().name)};
}

emu::Status Devices::unplug(u32 slot) {
  const std::string location = slot_location(slot);
  const auto in_slot = [&](const Device& each) { return each.physloc == location || each.physloc.starts_with(location + "-"); };
  for (const Device& each : list())
    if (in_slot(each) && (each.status == "Available" || held(each.name))) return cannot_pull(each.name);
  TRY(partition_.unplug(slot, firmware::Kept::while_it_runs));
  scan();
  // What rmdev -d has taken away is not found again without its adapter.
  for (const Device& each : plugged_devices())
    if (in_slot(each) && is_deleted(each.name))
      for (const auto& backend : backends_) (void)backend->remove(each, Absence::deleted);
  std::erase_if(absent_, [&](const auto& each) { return !taken(each.first); });
  return save();
}

emu::Status Devices::configure(const std::string& device) {
  if (const auto known = find(device); known && absent_.contains(known->parent)) return wrong_state_of("parent");
  if (device.empty()) {
    TRY(find_disks());
    TRY(find_slots());
    follow_san();
  }
  std::vector<std::string> names;
  for (const Device& each : device.empty() ? plugged_devices() : with_children(device)) names.push_back(each.name);
  const auto hidden = [&](const std::string& name) {
    const Disk* disk = any_disk(name);
    return disk && !disk->shown;
  };
  std::erase_if(absent_, [&](const auto& each) { return std::ranges::count(names, each.first) > 0 && !hidden(each.first); });
  for (const Disk& disk : disks_)
    if (std::ranges::count(names, disk.name)) {
      disk.lun->read_label();
      disk.lun->read_size();
    }
  scan();
  const Configuration before = stored();
  for (const auto& backend : backends_) TRY(backend->configure(names, device));
  auto saved = save();
  if (!saved)
    for (const auto& backend : backends_) backend->back_to(before);
  return saved;
}

}  // namespace vios
