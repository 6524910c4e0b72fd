// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/io_paths.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/partner.h"

namespace emu::app::console {

namespace {

class Collector {
 public:
  void add(const FrameState& frame) {
    for (const service::LparInfo& lpar : frame.lpars)
      if (lpar.definition.env == LparEnv::vioserver) add_server(frame, lpar);
    for (const service::LparInfo& lpar : frame.lpars)
      if (lpar.definition.env != LparEnv::vioserver)
        for (const VirtualAdapter& adapter : lpar.adapters) {
          if (adapter.kind == AdapterKind::scsi_client) add_disks(frame, lpar, adapter);
          if (adapter.kind == AdapterKind::ethernet) add_networks(frame, lpar, adapter);
        }
  }
  IoPaths paths;

 private:
  size_t part(IoPart wanted) {
    const auto known = std::ranges::find(paths.parts, wanted);
    if (known != paths.parts.end()) return static_cast<size_t>(known - paths.parts.begin());
    paths.parts.push_back(std::move(wanted));
    return paths.parts.size() - 1;
  }

  static IoPart server_part(const FrameState& frame, const service::LparInfo& server) {
    return {PartKind::server, frame.system.name, "", server.definition.name, server.state == LparState::running};
  }

  void add_server(const FrameState& frame, const service::LparInfo& server) {
    IoWay way;
    way.frame = frame.system.name;
    way.server = part(server_part(frame, server));
    const auto known = frame.servers.find(server.definition.lpar_id);
    if (known == frame.servers.end()) return;
    for (const service::ViosBridge& bridge : known->second.bridges) lead(way, frame, server, bridge);
    for (const service::ViosDisk& disk : known->second.disks) {
      if (!disk.on_san || disk.exported) continue;
      way.device = disk.name;
      way.end = part(disk_part(frame, server, known->second, {"", 0, disk.name, disk.udid}));
      paths.ways.push_back(way);
    }
  }

  // Along a shared Ethernet adapter and its cables to its network.
  void lead(IoWay way, const FrameState& frame, const service::LparInfo& server, const service::ViosBridge& bridge) {
    way.device = bridge.name;
    way.state = bridge.state;
    for (const service::ViosCable& cable : bridge.cables) way.cables.push_back(part(cable_part(frame, server, cable)));
    way.end = part({PartKind::network, "", "", bridge.segment, true});
    paths.ways.push_back(std::move(way));
  }

  static IoPart cable_part(const FrameState& frame, const service::LparInfo& server, const service::ViosCable& cable) {
    return {PartKind::cable, frame.system.name, server.definition.name, cable.port, cable.plugged};
  }

  // A disk of the SAN is the same one wherever it is seen; what lies inside a server is seen there alone.
  static IoPart disk_part(const FrameState& frame, const service::LparInfo& server, const service::ViosInfo& info,
                          const service::ViosTarget& target) {
    const auto disk = std::ranges::find(info.disks, target.backing, &service::ViosDisk::name);
    if (!target.udid.empty() && disk != info.disks.end() && disk->on_san) return {PartKind::disk, "", "", disk->lun, true};
    return {PartKind::disk, frame.system.name, server.definition.name, target.backing, true};
  }

  void add_disks(const FrameState& frame, const service::LparInfo& lpar, const VirtualAdapter& adapter) {
    for (const service::LparInfo& server : frame.lpars) {
      const auto known = frame.servers.find(server.definition.lpar_id);
      if (known == frame.servers.end() || server.definition.lpar_id != adapter.remote_lpar_id) continue;
      for (const service::ViosHost& host : known->second.hosts) {
        const bool serves = host.slot == adapter.remote_slot &&
                            (is_any_partner(host.client_id) || host.client_id == lpar.definition.lpar_id) &&
                            (is_any_partner(host.client_slot) || host.client_slot == adapter.slot);
        if (!serves) continue;
        for (const service::ViosTarget& target : host.targets) {
          const size_t end = part(disk_part(frame, server, known->second, target));
          paths.ways.push_back({frame.system.name,
                                lpar.definition.name,
                                fmt::format("SCSI {}", adapter.slot),
                                host.name,
                                "",
                                adapter.disabled,
                                part(server_part(frame, server)),
                                {},
                                end});
        }
      }
    }
  }

  void add_networks(const FrameState& frame, const service::LparInfo& lpar, const VirtualAdapter& adapter) {
    for (const service::LparInfo& server : frame.lpars) {
      const auto known = frame.servers.find(server.definition.lpar_id);
      if (known == frame.servers.end()) continue;
      for (const service::ViosBridge& bridge : known->second.bridges) {
        const auto carries = [&](u16 vlan) { return std::ranges::count(bridge.vlans, vlan) > 0; };
        const bool carried = carries(adapter.port_vlan_id) || std::ranges::any_of(adapter.addl_vlan_ids, carries);
        if (bridge.vswitch != adapter.vswitch || !carried) continue;
        IoWay way;
        way.frame = frame.system.name;
        way.partition = lpar.definition.name;
        way.adapter = fmt::format("Ethernet {}, VLAN {}", adapter.slot, adapter.port_vlan_id);
        way.disabled = adapter.disabled;
        way.server = part(server_part(frame, server));
        lead(std::move(way), frame, server, bridge);
      }
    }
  }
};

}  // namespace

bool IoPaths::open(const IoWay& way, const IoPart* without) const {
  const auto works = [&](size_t at) { return parts[at].works && !(without && parts[at] == *without); };
  return !way.disabled && works(way.server) && works(way.end) && (way.cables.empty() || std::ranges::any_of(way.cables, works));
}

IoPaths io_paths_of(const std::vector<std::shared_ptr<const FrameState>>& frames) {
  Collector collector;
  for (const auto& frame : frames) collector.add(*frame);
  return std::move(collector.paths);
}

std::vector<Reach> reach_of(const IoPaths& paths, const IoPart* without) {
  std::vector<Reach> all;
  for (const IoWay& way : paths.ways) {
    if (way.partition.empty()) continue;
    auto known = std::ranges::find_if(all, [&](const Reach& each) {
      return each.frame == way.frame && each.partition == way.partition && each.end == way.end;
    });
    if (known == all.end()) known = all.insert(all.end(), {way.frame, way.partition, way.end, 0, 0, ""});
    if (paths.open(way)) ++known->before;
    if (!paths.open(way, without)) continue;
    ++known->left;
    const std::string& server = paths.parts[way.server].name;
    if (known->left_through.find(server) == std::string::npos)
      known->left_through += (known->left_through.empty() ? "" : ", ") + server;
  }
  if (without) std::erase_if(all, [](const Reach& each) { return each.before == each.left; });
  return all;
}

std::string name_of(const IoPart& part) {
  switch (part.kind) {
    case PartKind::server:
      return part.name;
    case PartKind::cable:
      return fmt::format("cable {} of {}", part.name, part.server);
    case PartKind::disk:
      return fmt::format("disk {}{}", part.name, part.server.empty() ? "" : " of " + part.server);
    case PartKind::network:
      return "network " + part.name;
  }
  return {};
}

std::vector<std::string> broken_by(const IoPaths& paths, const IoPart* without, const std::string& frame) {
  std::vector<std::string> sentences;
  for (const Reach& reach : reach_of(paths, without)) {
    if (reach.frame != frame) continue;
    const std::string end = name_of(paths.parts[reach.end]);
    if (reach.left == 0)
      sentences.push_back(fmt::format("{} {} {}.", reach.partition, without ? "loses" : "has no way to", end));
    else if (without)
      sentences.push_back(
          fmt::format("{} keeps {}, by {}{}.", reach.partition, end, reach.left_through, reach.left == 1 ? " alone" : ""));
  }
  return sentences;
}

}  // namespace emu::app::console
