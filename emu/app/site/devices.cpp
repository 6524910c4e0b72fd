// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/devices.h"

#include <algorithm>
#include <optional>

#include "emu/core/address.h"
#include "emu/core/names.h"
#include "emu/core/partner.h"
#include "emu/core/text.h"

namespace emu::app::site {

namespace {

// Of a segment's sixteen ports: the HMC's and the gateway's, and two that are left for others.
constexpr size_t most_bridges = 12;

const Profile& profile_of(const Partition& partition) { return partition.lpar.profiles.front(); }

const VirtualAdapter* adapter_in(const Partition& partition, u32 slot) {
  const auto& adapters = profile_of(partition).adapters;
  const auto found = std::ranges::find(adapters, slot, &VirtualAdapter::slot);
  return found == adapters.end() ? nullptr : &*found;
}

std::string where_of(const Frame& frame, const Partition& partition) {
  return fmt::format("{} of {}", partition.lpar.name, frame.config.name);
}

class Disks {
 public:
  Disks(const Site& site, const std::vector<Frame>& frames, Devices& devices, Notes& notes)
      : site_(site), frames_(frames), devices_(devices), notes_(notes) {}

  void find() {
    for (const Frame& frame : frames_)
      for (const Partition& vios : frame.partitions)
        if (vios.lpar.env == LparEnv::vioserver) of_server(frame, vios);
    // What is on the SAN, each server of the site can see: where a partition can go is what is to be found out.
    if (!shared_.empty() && frames_.size() > 1)
      notes_.add("LUNs of the SAN, which every Virtual I/O Server sees here", *shared_.begin(), shared_.size());
    for (const Frame& frame : frames_)
      for (const Partition& vios : frame.partitions) {
        if (vios.lpar.env != LparEnv::vioserver) continue;
        auto& seen = devices_.vioses[{frame.machine, vios.lpar.lpar_id}].luns;
        for (const std::string& lun : shared_)
          if (!std::ranges::count(seen, lun)) seen.push_back(lun);
      }
  }

 private:
  struct Found {
    u64 order = 0;  // of hdisk7: 7
    ViosConfig::Mapping mapping;
  };

  void of_server(const Frame& frame, const Partition& vios) {
    std::vector<Found> found;
    bool listed = false;
    std::set<std::string> names, mapped;
    for (const MappedAdapter& host : site_.disks) {
      if (host.machine != frame.machine || host.lpar_id != vios.lpar.lpar_id) continue;
      listed = true;
      const VirtualAdapter* adapter = adapter_in(vios, host.slot);
      if (!adapter || adapter->kind != AdapterKind::scsi_server) {
        if (!host.targets.empty())
          notes_.add("virtual target devices on adapters that are in no profile, left out", where_of(frame, vios),
                     host.targets.size());
        continue;
      }
      for (const Target& target : host.targets) add(frame, vios, *adapter, target, found, names, mapped);
    }
    if (!listed) guess(frame, vios, found, mapped);
    std::ranges::stable_sort(found, {}, &Found::order);
    ViosConfig& config = devices_.vioses[{frame.machine, vios.lpar.lpar_id}];
    for (Found& each : found) {
      config.luns.push_back(each.mapping.lun);
      config.mappings.push_back(std::move(each.mapping));
    }
    // The addresses that clients see follow from the order of the mappings.
    std::ranges::stable_sort(config.mappings, {}, [&](const ViosConfig::Mapping& mapping) {
      return std::pair(mapping.server_slot, addresses_[{frame.machine, vios.lpar.lpar_id, mapping.lun}]);
    });
  }

  void add(const Frame& frame, const Partition& vios, const VirtualAdapter& adapter, const Target& target,
           std::vector<Found>& found, std::set<std::string>& names, std::set<std::string>& mapped) {
    if (target.backing.empty() || target.vtd.starts_with("vtopt") || target.backing.starts_with("cd")) {
      notes_.add("virtual optical devices, and others with nothing behind them, left out", where_of(frame, vios));
      return;
    }
    const bool on_san = target.backing.starts_with("hdisk");
    if (!on_san) notes_.add("logical volumes and files, which are LUNs here that their server alone sees", where_of(frame, vios));
    const std::string lun = lun_of(frame, vios, adapter, on_san ? target.lun : "", mapped);
    if (on_san) shared_.insert(lun);
    const auto number = on_san ? parse_number<u64>(target.backing.substr(5)) : std::nullopt;
    const bool named = is_device_name(target.vtd) && names.insert(target.vtd).second;
    addresses_[{frame.machine, vios.lpar.lpar_id, lun}] = target.lun;
    found.push_back({number.value_or(~u64{0}), {adapter.slot, lun, named ? target.vtd : ""}});
  }

  void guess(const Frame& frame, const Partition& vios, std::vector<Found>& found, std::set<std::string>& mapped) {
    for (const VirtualAdapter& adapter : profile_of(vios).adapters) {
      if (adapter.kind != AdapterKind::scsi_server || is_any_partner(adapter.remote_lpar_id)) continue;
      notes_.add("virtual SCSI server adapters of servers without lsmap, with one disk behind each", where_of(frame, vios));
      const std::string lun = lun_of(frame, vios, adapter, "one", mapped);
      shared_.insert(lun);
      found.push_back({0, {adapter.slot, lun, ""}});
    }
  }

  // Of the two paths that a client has to a disk, both lead to the same address of a logical unit.
  std::string lun_of(const Frame& frame, const Partition& vios, const VirtualAdapter& adapter, const std::string& address,
                     std::set<std::string>& mapped) {
    const auto client =
        std::ranges::find(frame.partitions, adapter.remote_lpar_id, [](const Partition& each) { return each.lpar.lpar_id; });
    const bool known = !is_any_partner(adapter.remote_lpar_id) && client != frame.partitions.end();
    const std::string key = fmt::format("{} {} {}", frame.machine, adapter.remote_lpar_id, address);
    if (known && !address.empty())
      if (const auto other = by_path_.find(key); other != by_path_.end() && mapped.insert(other->second).second)
        return other->second;
    const std::string whose = device_name(known ? client->lpar.name : vios.lpar.name).substr(0, 22);
    std::string name;
    do {
      name = fmt::format("{}_{}", whose, ++count_of_[whose]);
    } while (std::ranges::count(devices_.luns, name));
    devices_.luns.push_back(name);
    if (known && !address.empty()) by_path_.emplace(key, name);
    mapped.insert(name);
    return name;
  }

  const Site& site_;
  const std::vector<Frame>& frames_;
  Devices& devices_;
  Notes& notes_;
  std::set<std::string> shared_;
  std::map<std::string, std::string> by_path_;
  std::map<std::string, u32> count_of_;
  std::map<std::tuple<std::string, u32, std::string>, std::string> addresses_;
};

class Networks {
 public:
  Networks(const Site& site, const std::vector<Frame>& frames, Devices& devices, Notes& notes)
      : site_(site), frames_(frames), devices_(devices), notes_(notes) {}

  void find() {
    for (const Frame& frame : frames_) {
      std::map<std::string, std::string> here;  // of this frame: its servers share a network's segment
      for (const Partition& vios : frame.partitions) {
        if (vios.lpar.env != LparEnv::vioserver) continue;
        for (const VirtualAdapter& adapter : profile_of(vios).adapters)
          if (adapter.is_trunk && is_bridged(frame, vios, adapter))
            devices_.vioses[{frame.machine, vios.lpar.lpar_id}].bridges.push_back(
                {adapter.slot, segment_of(frame, adapter, here), "disabled", 0});
      }
    }
    for (size_t i = 0; i < devices_.segments.size(); ++i) devices_.segments[i].network = network_of(i);
  }

 private:
  bool is_bridged(const Frame& frame, const Partition& vios, const VirtualAdapter& adapter) {
    bool listed = false;
    for (const MappedAdapter& each : site_.networks) {
      if (each.machine != frame.machine || each.lpar_id != vios.lpar.lpar_id) continue;
      if (each.slot == adapter.slot) return !each.bridge.empty();
      listed = true;
    }
    if (!listed)
      notes_.add("trunk adapters of servers without lsmap -net, each under a shared Ethernet adapter", where_of(frame, vios));
    return !listed;
  }

  std::string segment_of(const Frame& frame, const VirtualAdapter& adapter, std::map<std::string, std::string>& here) {
    const std::string network = device_name(fmt::format("{}-{}", adapter.vswitch.substr(0, 20), adapter.port_vlan_id));
    std::string& name = here[network];
    if (name.empty()) {
      Last& last = last_[network];
      if (last.frames == 0 || last.bridges + bridges_of(frame, adapter) > most_bridges) {
        last = {last.number + 1, 0, 0};
        SegmentConfig segment;
        segment.name = last.number == 1 ? network : fmt::format("{}-{}", network, last.number);
        devices_.segments.push_back(segment);
        addresses_.emplace_back();
        if (last.number > 1) notes_.add("networks that are in several parts here, for a segment has sixteen ports", segment.name);
      }
      name = last.number == 1 ? network : fmt::format("{}-{}", network, last.number);
      ++last.frames;
      last.bridges += bridges_of(frame, adapter);
      collect_addresses(frame, adapter, name);
    }
    return name;
  }

  static bool same_network(const VirtualAdapter& a, const VirtualAdapter& b) {
    return a.kind == AdapterKind::ethernet && a.vswitch == b.vswitch && a.port_vlan_id == b.port_vlan_id;
  }
  static size_t bridges_of(const Frame& frame, const VirtualAdapter& adapter) {
    size_t count = 0;
    for (const Partition& each : frame.partitions)
      count += static_cast<size_t>(std::ranges::count_if(profile_of(each).adapters, [&](const VirtualAdapter& other) {
        return other.is_trunk && same_network(other, adapter);
      }));
    return count;
  }

  void collect_addresses(const Frame& frame, const VirtualAdapter& adapter, const std::string& segment) {
    const auto at = std::ranges::find(devices_.segments, segment, &SegmentConfig::name) - devices_.segments.begin();
    for (const Partition& each : frame.partitions) {
      const auto address = parse_address(each.lpar.ip_address);
      const auto& adapters = profile_of(each).adapters;
      const bool there = std::ranges::any_of(adapters, [&](const VirtualAdapter& other) { return same_network(other, adapter); });
      if (address && there) addresses_[static_cast<size_t>(at)].push_back(*address);
    }
  }

  // That of the partitions' addresses, if one can have them all; otherwise one of ours.
  std::string network_of(size_t index) const {
    const auto& addresses = addresses_[index];
    for (u32 prefix = 24; prefix >= 16 && !addresses.empty(); --prefix) {
      const u32 mask = ~u32{0} << (32 - prefix);
      if (std::ranges::all_of(addresses, [&](u32 each) { return (each & mask) == (addresses.front() & mask); }))
        return fmt::format("{}/{}", address_text(addresses.front() & mask), prefix);
    }
    return fmt::format("10.{}.{}.0/24", 100 + index / 200 % 100, index % 200);
  }

  struct Last {
    u32 number = 0;
    size_t frames = 0;
    size_t bridges = 0;
  };
  const Site& site_;
  const std::vector<Frame>& frames_;
  Devices& devices_;
  Notes& notes_;
  std::map<std::string, Last> last_;
  std::vector<std::vector<u32>> addresses_;  // of RMC, by segment
};

}  // namespace

Devices devices_of(const Site& site, const std::vector<Frame>& frames, Notes& notes) {
  Devices devices;
  Disks(site, frames, devices, notes).find();
  Networks(site, frames, devices, notes).find();
  return devices;
}

}  // namespace emu::app::site
