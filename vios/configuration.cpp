// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/configuration.h"

#include <algorithm>
#include <string_view>

#include "emu/core/state_file.h"

namespace vios {

namespace {

// Before the archive: this word, and the checksum.
constexpr std::string_view sealed = "ODMSEAL1";
constexpr size_t seal_bytes = sealed.size() + 8;

// As versions 0.1 and 0.2 wrote them: targets were those of whoever had the adapter.
struct UnboundTarget {
  StoredTarget target;
};
struct UnboundHost {
  StoredHost host;
};
void archive(emu::Archive& ar, UnboundTarget& unbound) {
  StoredTarget& target = unbound.target;
  ar("vtd", target.vtd);
  ar("lun", target.lun);
  ar("backing", target.backing);
  ar("available", target.available);
}
void archive(emu::Archive& ar, UnboundHost& unbound) {
  StoredHost& host = unbound.host;
  std::vector<UnboundTarget> targets;
  ar("slot", host.slot);
  ar("added", host.added);
  ar("client_id", host.client_id);
  ar("client_name", host.client_name);
  ar("client_slot", host.client_slot);
  ar("targets", targets);
  for (UnboundTarget& each : targets) host.targets.push_back(std::move(each.target));
}

// Before version 4: without a number.
struct UnnumberedVolume {
  StoredVolume volume;
};
void archive(emu::Archive& ar, UnnumberedVolume& unnumbered) {
  ar("name", unnumbered.volume.name);
  ar("size_mb", unnumbered.volume.size_mb);
}

// Before version 7: of rootvg.
struct LoneVolume {
  StoredVolume volume;
};
void archive(emu::Archive& ar, LoneVolume& lone) {
  ar("name", lone.volume.name);
  ar("size_mb", lone.volume.size_mb);
  ar("number", lone.volume.number);
}

// Before version 8: disks by their names alone.
struct NamesOfGroup {
  std::string name;
  std::vector<std::string> disks;
};
void archive(emu::Archive& ar, NamesOfGroup& group) {
  ar("name", group.name);
  ar("disks", group.disks);
}

// Before version 5: never one of two.
struct LoneBridge {
  StoredBridge bridge;
};
void archive(emu::Archive& ar, LoneBridge& lone) {
  ar("name", lone.bridge.name);
  ar("port", lone.bridge.port);
  ar("trunk_slots", lone.bridge.trunk_slots);
}

}  // namespace

Bytes to_file(const Configuration& configuration) {
  const Bytes content = emu::to_bytes(configuration);
  Bytes file(seal_bytes + content.size());
  std::ranges::copy(sealed, file.begin());
  emu::store_be(&file[sealed.size()], emu::checksum(content));
  std::ranges::copy(content, file.begin() + seal_bytes);
  return file;
}

emu::Result<Configuration> from_file(std::span<const u8> file) {
  if (file.size() < seal_bytes || !std::equal(sealed.begin(), sealed.end(), file.begin()))
    return emu::from_bytes<Configuration>(file);
  const auto content = file.subspan(seal_bytes);
  if (emu::load_be<u64>(&file[sealed.size()]) != emu::checksum(content))
    return emu::Error{"odm", "its content is not what was written"};
  return emu::from_bytes<Configuration>(content);
}

void archive(emu::Archive& ar, StoredTarget& target) {
  auto& [vtd, lun, backing, available, client_uuid, client_slot] = target;
  ar("vtd", vtd);
  ar("lun", lun);
  ar("backing", backing);
  ar("available", available);
  ar("client_uuid", client_uuid);
  ar("client_slot", client_slot);
}

void archive(emu::Archive& ar, StoredHost& host) {
  auto& [slot, added, client_id, client_name, client_slot, targets] = host;
  ar("slot", slot);
  ar("added", added);
  ar("client_id", client_id);
  ar("client_name", client_name);
  ar("client_slot", client_slot);
  ar("targets", targets);
}

void archive(emu::Archive& ar, StoredVolume& volume) {
  auto& [name, size_mb, number, group, kind] = volume;
  ar("name", name);
  ar("size_mb", size_mb);
  ar("number", number);
  ar("group", group);
  ar("kind", kind);
}

void archive(emu::Archive& ar, StoredGroupDisk& disk) {
  auto& [name, partitions] = disk;
  ar("name", name);
  ar("partitions", partitions);
}

void archive(emu::Archive& ar, StoredGroup& group) {
  auto& [name, disks, partition_mb] = group;
  ar("name", name);
  ar("disks", disks);
  ar("partition_mb", partition_mb);
}

void archive(emu::Archive& ar, StoredBridge& bridge) {
  auto& [name, port, trunk_slots, ha_mode, control_slot] = bridge;
  ar("name", name);
  ar("port", port);
  ar("trunk_slots", trunk_slots);
  ar("ha_mode", ha_mode);
  ar("control_slot", control_slot);
}

void archive(emu::Archive& ar, StoredAggregation& aggregation) {
  auto& [name, ports] = aggregation;
  ar("name", name);
  ar("ports", ports);
}

void archive(emu::Archive& ar, StoredInterface& interface) {
  auto& [adapter, slot, address, netmask, gateway] = interface;
  ar("adapter", adapter);
  ar("slot", slot);
  ar("address", address);
  ar("netmask", netmask);
  ar("gateway", gateway);
}

void archive(emu::Archive& ar, StoredTcpip& tcpip) {
  auto& [interfaces, hostname, name_server, domain, known_address] = tcpip;
  ar("interfaces", interfaces);
  ar("hostname", hostname);
  ar("name_server", name_server);
  ar("domain", domain);
  ar("known_address", known_address);
}

void archive(emu::Archive& ar, Configuration& configuration) {
  auto& [reserve_policies, hosts, volumes, imported, attributes, bridges, license_accepted, level, committed_level, aggregations,
         address_slot, tcpip, names, groups] = configuration;
  const u16 version = ar.section("odm", 8);
  ar("reserve_policies", reserve_policies);
  if (version >= 3) {
    ar("hosts", hosts);
  } else {
    std::vector<UnboundHost> unbound;
    ar("hosts", unbound);
    for (UnboundHost& each : unbound) hosts.push_back(std::move(each.host));
  }
  if (version >= 7) {
    ar("volumes", volumes);
  } else if (version >= 4) {
    std::vector<LoneVolume> lone;
    ar("volumes", lone);
    for (LoneVolume& each : lone) volumes.push_back(std::move(each.volume));
  } else {
    std::vector<UnnumberedVolume> unnumbered;
    ar("volumes", unnumbered);
    for (UnnumberedVolume& each : unnumbered) {
      volumes.push_back(std::move(each.volume));
      volumes.back().number = static_cast<u32>(volumes.size());
    }
  }
  ar("imported", imported);
  ar("attributes", attributes);
  if (version >= 5) {
    ar("bridges", bridges);
  } else if (version >= 2) {
    std::vector<LoneBridge> lone;
    ar("bridges", lone);
    for (LoneBridge& each : lone) bridges.push_back(std::move(each.bridge));
  }
  if (version >= 4) ar("license_accepted", license_accepted);
  if (version >= 5) {
    ar("level", level);
    ar("committed_level", committed_level);
    ar("aggregations", aggregations);
    ar("address_slot", address_slot);
  }
  if (version >= 6) ar("tcpip", tcpip);
  if (version >= 7) ar("names", names);
  if (version >= 8) {
    ar("groups", groups);
  } else if (version == 7) {
    std::vector<NamesOfGroup> named;
    ar("groups", named);
    for (const NamesOfGroup& each : named) {
      groups.push_back({each.name, {}, 0});
      for (const std::string& disk : each.disks) groups.back().disks.push_back({disk, 0});
    }
  }
}

}  // namespace vios
