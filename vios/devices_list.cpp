// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of a server's devices, and what takes a device out of it or brings it back: rmdev, cfgdev.
#include "vios/devices.h"

#include "emu/core/log.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_devices("vios");

emu::Error wrong_state_of(std::string_view relative) {
  return {"vios", fmt::format("0514-029 Cannot perform the requested function because a\n                 {} device of the "
                              "specified device is not in a\n                 correct state.",
                              relative)};
}

}  // namespace

std::vector<Device> Devices::plugged_devices() const {
  std::vector<Device> all;
  const auto add = [&](const std::string& name, std::string status, std::string description, std::string type, bool is_virtual,
                       std::string parent) {
    all.push_back(
        {name, std::move(status), std::move(description), std::move(type), is_virtual, physloc(name), std::move(parent)});
  };
  const bool san = std::ranges::any_of(disks_, [](const Disk& each) { return each.on_san; });
  for (const PhysicalPort& port : ports_)
    add(port.name, "Available", "2-Port 10/100/1000 Base-TX PCI-X Adapter (14108902)", "adapter", false, "pci0");
  for (const VirtualLan& lan : lans_) add(lan.name, "Available", "Virtual I/O Ethernet Adapter (l-lan)", "adapter", true, "vio0");
  if (san) add("fcs0", "Available", "FC Adapter", "adapter", false, "pci1");
  if (vasi_slot_) add("vasi0", "Available", "Virtual Asynchronous Services Interface (VASI)", "adapter", true, "vio0");
  for (const Host& host : hosts_)
    add(host.name, host.scsi ? "Available" : "Defined", "Virtual SCSI Server Adapter", "adapter", true, "vio0");
  add("vsa0", "Available", "LPAR Virtual Serial Adapter", "adapter", true, "vio0");
  for (const Disk& each : disks_)
    if (!each.volume)
      add(each.name, "Available", each.on_san ? "MPIO Other FC SCSI Disk Drive" : "SAS Disk Drive", "disk", false,
          each.on_san ? "fscsi0" : "sas0");
  if (vasi_slot_) add("vioslpm0", "Available", "VIOS LPM Pseudo Device", "vioslpm", true, "");
  for (const Host& host : hosts_)
    for (const StoredTarget& target : host.stored.targets) {
      const bool volume =
          std::ranges::any_of(disks_, [&](const Disk& each) { return each.volume && each.name == target.backing; });
      add(target.vtd, target.available ? "Available" : "Defined",
          volume ? "Virtual Target Device - Logical Volume" : "Virtual Target Device - Disk", "vtd", true, host.name);
    }
  for (const Bridge& bridge : bridges_)
    add(bridge.name, bridge.sea ? "Available" : "Defined", "Shared Ethernet Adapter", "sea", true, "");
  // What the devices above hang on, and what hangs on them.
  if (!ports_.empty()) add("pci0", "Available", "PCI Bus", "bus", false, "");
  if (san) add("pci1", "Available", "PCI Bus", "bus", false, "");
  if (san) add("fscsi0", "Available", "FC SCSI I/O Controller Protocol Device", "driver", false, "fcs0");
  add("sas0", "Available", "Controller SAS Protocol", "bus", false, "");
  add("vio0", "Available", "Virtual I/O Bus", "bus", true, "");
  for (const Disk& each : disks_)
    if (each.volume) add(each.name, "Available", "Logical volume", "lv", false, "");
  // SIMPLIFIED: a real server has the interfaces en and et for every Ethernet adapter, not for the shared ones only.
  for (const Bridge& bridge : bridges_) {
    const std::string number = bridge.name.substr(std::min(bridge.name.size(), size_t{3}));
    const bool own = &bridge == bridges_.data() && bridge.sea && !partition_.definition().ip_address.empty();
    add("en" + number, own ? "Available" : "Defined", "Standard Ethernet Network Interface", "if", false, "");
    add("et" + number, "Defined", "IEEE 802.3 Ethernet Network Interface", "if", false, "");
  }
  return all;
}

bool Devices::taken(const std::string& name) const { return std::ranges::count(plugged_devices(), name, &Device::name) > 0; }

bool Devices::is_deleted(const std::string& device) const {
  const auto at = absent_.find(device);
  return at != absent_.end() && at->second == Absence::deleted;
}

std::vector<Device> Devices::list() const {
  std::vector<Device> all = plugged_devices();
  std::erase_if(all, [&](const Device& each) { return is_deleted(each.name); });
  for (Device& each : all)
    if (absent_.contains(each.name)) each.status = "Defined";
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
  if (device.type == "bus" || device.type == "lv" || device.name == "vsa0") return true;
  if (device.type == "if") return device.status == "Available";  // the server's own address
  for (const Disk& disk : disks_)
    if (disk.name == device.name) return !disk.on_san || used(disk);  // its own disk has rootvg
  return std::ranges::any_of(bridges_, [&](const Bridge& each) {
    return each.sea && (each.port == device.name || std::ranges::count(each.trunks, device.name) > 0);
  });
}

emu::Result<std::vector<std::string>> Devices::remove(const std::string& device, Absence to, bool children_too) {
  const std::vector<Device> all = with_children(device);
  for (const Device& each : all) {
    if (!held(each.name)) continue;
    return emu::Error{"busy", ""};
  }
  if (!children_too && std::ranges::any_of(all, [&](const Device& each) {
        return each.name != device && (to == Absence::deleted || each.status != "Defined");
      }))
    return wrong_state_of("child");
  if (std::ranges::any_of(all, [&](const Device& each) { return in_use(each); })) return emu::Error{"busy", ""};

  const auto gone = [&](const std::string& name) { return std::ranges::count(all, name, &Device::name) > 0; };
  // An adapter that is not in its slot any more is not found again.
  const auto plugged = partition_.adapters();
  const auto pulled = [&](const StoredHost& host) {
    return std::ranges::none_of(plugged, [&](const auto& each) {
      return each.config.kind == emu::AdapterKind::scsi_server && each.config.slot == host.slot;
    });
  };
  std::vector<u32> pulled_slots;
  for (const Host& host : hosts_)
    if (to == Absence::deleted && gone(host.name) && pulled(host.stored)) pulled_slots.push_back(host.stored.slot);
  Configuration wanted = stored();
  std::erase_if(wanted.hosts, [&](const StoredHost& host) { return std::ranges::count(pulled_slots, host.slot) > 0; });
  for (StoredHost& host : wanted.hosts) {
    if (to == Absence::deleted) std::erase_if(host.targets, [&](const StoredTarget& each) { return gone(each.vtd); });
    for (StoredTarget& each : host.targets)
      if (gone(each.vtd)) each.available = false;
  }
  if (to == Absence::deleted) std::erase_if(wanted.bridges, [&](const StoredBridge& each) { return gone(each.name); });
  TRY(store(wanted));

  std::vector<std::string> names;
  for (const Device& each : all) {
    names.push_back(each.name);
    if (const auto [of, found] = target(each.name); found) {
      stop_target(*of, *found);
      if (to == Absence::deleted) drop_target(*of, each.name);
    } else if (each.type == "sea") {
      for (Bridge& bridge : bridges_)
        if (bridge.name == each.name) bridge.sea.reset();
      if (to == Absence::deleted) std::erase_if(bridges_, [&](const Bridge& bridge) { return bridge.name == each.name; });
    } else {
      if (Host* adapter = host(each.name)) adapter->scsi.reset();
      absent_[each.name] = to;
    }
  }
  for (const u32 slot : pulled_slots) {
    const auto at = std::ranges::find_if(hosts_, [slot](const Host& each) { return each.stored.slot == slot; });
    absent_.erase(at->name);
    hosts_.erase(at);
  }
  publish();
  return names;
}

emu::Status Devices::configure(const std::string& device) {
  if (const auto known = find(device); known && absent_.contains(known->parent)) return wrong_state_of("parent");
  std::vector<std::string> names;
  for (const Device& each : device.empty() ? plugged_devices() : with_children(device)) names.push_back(each.name);
  const auto meant = [&](const std::string& name) { return std::ranges::count(names, name) > 0; };
  std::erase_if(absent_, [&](const auto& each) { return meant(each.first); });
  scan();
  for (Bridge& bridge : bridges_)
    if (meant(bridge.name))
      if (auto status = start_bridge(bridge); !status) {
        if (bridge.name == device) return status;
        log_devices.warn("{}: {}", bridge.name, status.error().text);
      }
  std::vector<std::string> started;
  for (Host& host : hosts_)
    for (StoredTarget& target : host.stored.targets) {
      if (target.available || !meant(target.vtd)) continue;
      if (auto status = start_target(host, target); status) {
        started.push_back(target.vtd);
      } else {
        if (target.vtd == device) return status;
        log_devices.warn("{}: {}", target.vtd, status.error().text);
      }
    }
  auto saved = save();
  if (!saved)
    for (const std::string& vtd : started) {
      const auto [of, found] = target(vtd);
      stop_target(*of, *found);
    }
  return saved;
}

}  // namespace vios
