// SPDX-License-Identifier: GPL-2.0-or-later
// Ways to disks and networks, and what a cut would break.
#include "emu/app/console/io_paths.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace emu;
using namespace emu::app::console;

namespace {

constexpr u32 mobile_id = 3;

service::LparInfo partition(const std::string& name, u32 id, LparEnv env) {
  service::LparInfo info;
  info.definition.name = name;
  info.definition.lpar_id = id;
  info.definition.env = env;
  info.state = LparState::running;
  return info;
}

service::ViosInfo server(u32 slot, const std::string& state) {
  service::ViosInfo info;
  service::ViosDisk root;
  root.name = "hdisk1";
  root.udid = "udid-root";
  root.on_san = root.exported = true;
  root.lun = "root";
  info.disks.push_back(root);
  info.hosts.push_back({"vhost0", slot, mobile_id, 0, {{"vtscsi0", 0x8100000000000000, "hdisk1", "udid-root"}}});
  info.bridges.push_back({"ent5", "lan0", {1}, true, "ETHERNET0", {{"ent0", true}}, state});
  return info;
}

// As images/labs/dual-vios.toml has it: one disk by two servers, and one adapter that either of two shared Ethernet adapters bridges.
FrameState two_servers() {
  FrameState frame;
  frame.connected = true;
  frame.system.name = "frameA";
  service::LparInfo mobile = partition("mobile", mobile_id, LparEnv::aixlinux);
  for (const u32 slot : {2U, 3U}) {
    VirtualAdapter scsi;
    scsi.kind = AdapterKind::scsi_client;
    scsi.slot = slot;
    scsi.remote_lpar_id = slot - 1;
    scsi.remote_slot = slot + 10;
    mobile.adapters.push_back(scsi);
  }
  VirtualAdapter ethernet;
  ethernet.kind = AdapterKind::ethernet;
  ethernet.slot = 4;
  mobile.adapters.push_back(ethernet);
  frame.lpars = {partition("vios1", 1, LparEnv::vioserver), partition("vios2", 2, LparEnv::vioserver), mobile};
  frame.servers = {{1, server(12, "PRIMARY")}, {2, server(13, "BACKUP")}};
  return frame;
}

IoPaths paths_of(const FrameState& frame) { return io_paths_of({std::make_shared<const FrameState>(frame)}); }

const IoPart& part(const IoPaths& paths, const std::string& name) {
  const auto known = std::ranges::find(paths.parts, name, [](const IoPart& each) { return name_of(each); });
  REQUIRE(known != paths.parts.end());
  return *known;
}

// Ways of partitions: servers have some of their own.
long uses(const FrameState& frame) {
  const IoPaths paths = paths_of(frame);
  return std::ranges::count(paths.ways, "mobile", &IoWay::partition);
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("with two servers nothing that is cut takes a disk or a network, but themselves", "[console]") {
  const IoPaths paths = paths_of(two_servers());
  REQUIRE(paths.ways.size() == 6);
  CHECK(broken_by(paths, nullptr, "frameA").empty());
  CHECK(broken_by(paths, &part(paths, "vios1"), "frameA") ==
        Words{"mobile keeps disk root, by vios2 alone.", "mobile keeps network lan0, by vios2 alone."});
  CHECK(broken_by(paths, &part(paths, "cable ent0 of vios2"), "frameA") == Words{"mobile keeps network lan0, by vios1 alone."});
  CHECK(broken_by(paths, &part(paths, "disk root"), "frameA") == Words{"mobile loses disk root."});
  CHECK(broken_by(paths, &part(paths, "network lan0"), "frameA") == Words{"mobile loses network lan0."});
  CHECK(broken_by(paths, &part(paths, "vios1"), "frameB").empty());
}

TEST_CASE("what is broken already counts as no way", "[console]") {
  FrameState frame = two_servers();
  frame.servers[1].bridges[0].cables[0].plugged = false;
  frame.lpars[1].state = LparState::not_activated;
  const IoPaths paths = paths_of(frame);
  CHECK(broken_by(paths, nullptr, "frameA") == Words{"mobile has no way to network lan0."});
  CHECK(broken_by(paths, &part(paths, "vios1"), "frameA") == Words{"mobile loses disk root."});
  CHECK(broken_by(paths, &part(paths, "vios2"), "frameA").empty());
}

TEST_CASE("an aggregation is a way as long as one of its cables is in", "[console]") {
  FrameState frame = two_servers();
  frame.lpars.erase(frame.lpars.begin() + 1);
  frame.servers.erase(2);
  frame.servers[1].bridges[0].cables.push_back({"ent1", true});
  CHECK(broken_by(paths_of(frame), &part(paths_of(frame), "cable ent0 of vios1"), "frameA").empty());
  frame.servers[1].bridges[0].cables[1].plugged = false;
  CHECK(broken_by(paths_of(frame), &part(paths_of(frame), "cable ent0 of vios1"), "frameA") ==
        Words{"mobile loses network lan0."});
}

TEST_CASE("adapters lead where their slot, partner, switch and VLANs say", "[console]") {
  FrameState frame = two_servers();
  VirtualAdapter& ethernet = frame.lpars[2].adapters[2];
  SECTION("another VLAN") {
    ethernet.port_vlan_id = 7;
    CHECK(uses(frame) == 2);
    ethernet.addl_vlan_ids = {1};
    CHECK(uses(frame) == 4);
  }
  SECTION("another switch") {
    ethernet.vswitch = "ETHERNET1";
    CHECK(uses(frame) == 2);
  }
  SECTION("a disabled adapter") {
    ethernet.disabled = true;
    CHECK(broken_by(paths_of(frame), nullptr, "frameA") == Words{"mobile has no way to network lan0."});
  }
  SECTION("a server adapter that serves somebody else, and one that serves anybody") {
    frame.servers[1].hosts[0].client_id = 9;
    CHECK(uses(frame) == 3);
    frame.servers[1].hosts[0].client_id = 65535;
    CHECK(uses(frame) == 4);
  }
}

TEST_CASE("a disk of the SAN is one for all servers, what lies inside a server is not", "[console]") {
  FrameState frame = two_servers();
  for (auto& [id, info] : frame.servers) info.hosts[0].targets[0] = {"vtscsi0", 0x8100000000000000, "lv_root", ""};
  const IoPaths paths = paths_of(frame);
  CHECK(broken_by(paths, &part(paths, "vios1"), "frameA") ==
        Words{"mobile loses disk lv_root of vios1.", "mobile keeps network lan0, by vios2 alone."});
}
