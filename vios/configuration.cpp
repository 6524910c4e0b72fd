// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/configuration.h"

namespace vios {

void archive(emu::Archive& ar, StoredTarget& target) {
  auto& [vtd, lun, backing, available] = target;
  ar("vtd", vtd);
  ar("lun", lun);
  ar("backing", backing);
  ar("available", available);
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
  auto& [name, size_mb] = volume;
  ar("name", name);
  ar("size_mb", size_mb);
}

void archive(emu::Archive& ar, StoredBridge& bridge) {
  auto& [name, port, trunk_slots] = bridge;
  ar("name", name);
  ar("port", port);
  ar("trunk_slots", trunk_slots);
}

void archive(emu::Archive& ar, Configuration& configuration) {
  auto& [reserve_policies, hosts, volumes, imported, attributes, bridges] = configuration;
  const u16 version = ar.section("odm", 2);
  ar("reserve_policies", reserve_policies);
  ar("hosts", hosts);
  ar("volumes", volumes);
  ar("imported", imported);
  ar("attributes", attributes);
  if (version >= 2) ar("bridges", bridges);
}

}  // namespace vios
