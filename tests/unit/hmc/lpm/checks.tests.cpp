// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/checks.h"

#include <set>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

// The codes that a validation prints, errors first.
std::vector<std::string> codes(World& world, const std::string& more = "") {
  const Answer answer = world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile -n new" + more);
  std::vector<std::string> found;
  for (size_t at = answer.text.find("HSCL"); at != answer.text.npos; at = answer.text.find("\nHSCL", at)) {
    if (answer.text[at] == '\n') ++at;
    found.push_back(answer.text.substr(at, answer.text.find(' ', at) - at));
  }
  CHECK(answer.code == (answer.text.starts_with("Errors:") ? 1 : 0));
  return found;
}

using Codes = std::vector<std::string>;

// Both adapters lead to the root disk.
void two_paths(World& w) { w.one.vioses[2].hosts[0].targets = w.one.vioses[1].hosts[0].targets; }

}  // namespace

namespace {

emu::VirtualAdapter adapter(emu::AdapterKind kind, bool required = false) {
  emu::VirtualAdapter made;
  made.kind = kind;
  made.slot = 6;
  made.required = required;
  return made;
}

// The one behind slot 4 of the client.
void require_server(World& w) {
  emu::VirtualAdapter server = adapter(emu::AdapterKind::scsi_server, true);
  server.slot = 20;
  server.remote_lpar_id = 3;
  server.remote_slot = 4;
  w.one.lpars[1].adapters.push_back(server);
}

// A second Ethernet adapter, in VLAN 2. On the source the one goes out through the first server, the other through the second; on the
// destination both servers carry both.
void two_ways(World& w) {
  emu::VirtualAdapter second = adapter(emu::AdapterKind::ethernet);
  second.port_vlan_id = 2;
  second.mac_addr = "0A0000000006";
  w.one.lpars[3].adapters.push_back(second);
  w.one.lpars[3].definition.current->adapters.push_back(second);
  w.one.vioses[2].bridges[0].vlans = {2};
  for (const u32 id : {1U, 2U}) w.two.vioses[id].bridges[0].vlans = {1, 2};
}

}  // namespace

// Each check: what is changed in a world where everything is fine, and the findings.
struct Case {
  const char* name;
  void (*change)(World&);
  Codes found;
  bool active = true;
  const char* more = "";
};

TEST_CASE("each check finds what it is for, and nothing else is found", "[checks]") {
  const std::vector<Case> cases = {
      {"nothing", [](World&) {}, {}},
      {"not capable", [](World& w) { w.two.info.active_lpar_mobility_capable = false; }, {"HSCLF201"}},
      {"console too old",
       [](World& w) {
         w.release = emu::ConsoleRelease::v7r3_1;
         w.start_console();
       },
       {"HSCLF234"}},
      {"servers of the destination too old",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].ioslevel = "1.4.1.0";
       },
       {"HSCLF203", "HSCLF233", "HSCLF233", "HSCLA24E", "HSCLA24E", "HSCLF214"}},
      {"a server of the destination too old that another stands in for",
       [](World& w) { w.two.vioses[2].ioslevel = "1.4.1.0"; },
       {"HSCLA340"}},
      {"a server of the source too old", [](World& w) { w.one.vioses[1].ioslevel = "1.4.1.0"; }, {"HSCLF233"}},
      {"too many migrations", [](World& w) { w.one.info.num_active_migrations_in_progress = 40; }, {"HSCLF202"}},
      {"battery", [](World& w) { w.two.info.on_battery = true; }, {"HSCLF21E"}},
      {"stream of a newer program", [](World& w) { w.one.info.streams = w.two.info.streams + 1; }, {"HSCLF243"}},
      {"stream of an older program", [](World& w) { w.two.info.streams = w.one.info.streams + 1; }, {}},
      {"maintenance", [](World& w) { w.two.info.maintenance = true; }, {"HSCLF240"}},
      {"source in maintenance", [](World& w) { w.one.info.maintenance = true; }, {}},
      {"source on battery", [](World& w) { w.one.info.on_battery = true; }, {}},
      {"lmb", [](World& w) { w.two.info.lmb_mb = 32; }, {"HSCLF209"}},
      {"no msp", [](World& w) { w.two.lpars[1].definition.msp = w.two.lpars[2].definition.msp = false; }, {"HSCLF203"}},
      {"no vasi", [](World& w) { w.one.vioses[1].vasi_slot = w.one.vioses[2].vasi_slot = 0; }, {"HSCLF203"}},
      {"movers full",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.one.vioses[id].active_migrations = 4;
       },
       {"HSCLF311"}},
      {"no RMC", [](World& w) { w.guest.network = false; }, {"HSCLA246"}},
      {"no RMC to a VIOS",
       [](World& w) {
         w.two.vioses.erase(2);
         w.one.lpars[3].adapters.pop_back();
       },
       {"HSCLA246"}},
      {"service partition", [](World& w) { w.one.lpars[3].definition.service = true; }, {"HSCLF22D"}},
      {"service partition, inactive", [](World& w) { w.one.lpars[3].definition.service = true; }, {"HSCLF22D"}, false},
      {"another service partition", [](World& w) { w.one.lpars[1].definition.service = true; }, {}},
      {"state", [](World& w) { w.one.lpars[3].state = emu::LparState::open_firmware; }, {"HSCLF205"}},
      {"locked", [](World& w) { w.one.locks[3] = "somebody"; }, {"HSCL3205"}},
      {"name", [](World& w) { w.two.lpars[7].definition.name = "mobile"; }, {"HSCLF207"}},
      {"mac", [](World& w) { w.two.lpars[1].adapters[3].mac_addr = "0A0000000003"; }, {"HSCLF208"}},
      {"error path", [](World& w) { w.one.lpars[3].definition.current->redundant_err_path_reporting = true; }, {"HSCLF21A"}},
      {"workload group", [](World& w) { w.one.lpars[3].definition.current->work_group_id = "1"; }, {"HSCLF21B"}},
      {"bsr", [](World& w) { w.one.lpars[3].definition.current->bsr_arrays = 1; }, {"HSCLF217"}},
      {"bsr, inactive", [](World& w) { w.one.lpars[3].definition.current->bsr_arrays = 1; }, {}, false},
      {"huge pages", [](World& w) { w.one.lpars[3].definition.current->desired_num_huge_pages = 1; }, {"HSCLF218"}},
      {"huge pages, inactive",
       [](World& w) { w.one.lpars[3].definition.current->desired_num_huge_pages = 1; },
       {"HSCLF22E"},
       false},
      {"huge pages, inactive, of the pool of the destination",
       [](World& w) {
         w.one.info.installed_mem_mb = w.two.info.installed_mem_mb = 65536;
         w.two.info.available_huge_pages = 1;
         auto& current = *w.one.lpars[3].definition.current;
         current.desired_num_huge_pages = current.max_num_huge_pages = 1;
       },
       {},
       false},
      {"huge pages, inactive, and the pool of the destination has fewer",
       [](World& w) {
         w.one.info.installed_mem_mb = w.two.info.installed_mem_mb = 65536;
         w.two.info.available_huge_pages = 1;
         auto& current = *w.one.lpars[3].definition.current;
         current.desired_num_huge_pages = current.max_num_huge_pages = 2;
       },
       {"HSCLF22E"},
       false},
      {"physical I/O", [](World& w) { w.one.lpars[3].definition.current->io_slots = {"21010003/none/0"}; }, {"HSCLF216"}},
      {"required physical I/O, inactive",
       [](World& w) { w.one.lpars[3].definition.current->io_slots = {"21010003/none/1"}; },
       {"HSCLF216"},
       false},
      {"desired physical I/O, inactive",
       [](World& w) { w.one.lpars[3].definition.current->io_slots = {"21010003/none/0"}; },
       {"HSCLF223"},
       false},
      {"a logical host Ethernet adapter",
       [](World& w) { w.one.lpars[3].definition.current->lhea_logical_ports = {"23000000/1/0/1/none"}; },
       {"HSCLF236"}},
      {"a logical host Ethernet adapter, inactive",
       [](World& w) { w.one.lpars[3].definition.current->lhea_logical_ports = {"23000000/1/0/1/none"}; },
       {"HSCLF236"},
       false},
      {"a logical host Ethernet adapter in the profile alone",
       [](World& w) {
         w.one.lpars[3].definition.profiles[0].lhea_logical_ports = {"23000000/1/0/1/none", "23000000/1/1/2/none"};
       },
       {"HSCLF236"}},
      {"required serial",
       [](World& w) {
         emu::VirtualAdapter serial;
         serial.slot = 6;
         serial.required = true;
         w.one.lpars[3].adapters.push_back(serial);
       },
       {"HSCLF21C"}},
      {"required serial, inactive",
       [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::serial, true)); },
       {"HSCLF21C"},
       false},
      {"desired serial", [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::serial)); }, {"HSCLF21D"}},
      {"desired serial, inactive",
       [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::serial)); },
       {},
       false},
      {"the default serial adapters",
       [](World& w) { w.one.lpars[3].adapters[0].required = w.one.lpars[3].adapters[1].required = true; },
       {}},
      {"an adapter of a server",
       [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::scsi_server)); },
       {"HSCLF229"}},
      {"an adapter of a server, inactive",
       [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::scsi_server, true)); },
       {"HSCLF229"},
       false},
      {"vasi", [](World& w) { w.one.lpars[3].adapters.push_back(adapter(emu::AdapterKind::vasi)); }, {"HSCLF229"}},
      {"trunk", [](World& w) { w.one.lpars[3].adapters[2].is_trunk = true; }, {"HSCLF229"}},
      {"required server adapter", require_server, {"HSCLF228"}},
      {"required server adapter, inactive", require_server, {"HSCLF228"}, false},
      {"required server adapter of another client",
       [](World& w) {
         require_server(w);
         w.one.lpars[1].adapters.back().slot = 21;
       },
       {}},
      {"more processors than a partition of the destination may have",
       [](World& w) {
         w.one.lpars[3].definition.current->max_procs = 20;
         w.two.info.processors = 1;
       },
       {"HSCLF227"}},
      {"huge pages of a profile, which the destination does not have",
       [](World& w) {
         w.one.info.installed_mem_mb = 32768;
         auto& profile = w.one.lpars[3].definition.profiles[1];
         profile.desired_num_huge_pages = profile.max_num_huge_pages = 1;
       },
       {"HSCLF227"}},
      {"compat mode",
       [](World& w) { w.one.lpars[3].definition.current->lpar_proc_compat_mode = emu::CompatMode::power8; },
       {"HSCLF21F"}},
      {"compat mode of a newer server",
       [](World& w) {
         w.two.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8};
         w.one.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8, emu::CompatMode::power9};
         w.one.lpars[3].definition.current->lpar_proc_compat_mode = emu::CompatMode::power9;
       },
       {"HSCLF21F"}},
      {"an older compat mode, which both have",
       [](World& w) {
         w.two.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8};
         w.one.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8, emu::CompatMode::power9};
         w.one.lpars[3].definition.current->lpar_proc_compat_mode = emu::CompatMode::power8;
       },
       {}},
      {"the default of a newer server",
       [](World& w) {
         w.two.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8};
         w.one.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power8, emu::CompatMode::power9};
         w.one.info.default_mode = emu::CompatMode::power9;
         w.two.info.default_mode = emu::CompatMode::power8;
       },
       {"HSCLF21F"}},
      {"the default of an older server, which the newer one knows",
       [](World& w) {
         w.two.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power6, emu::CompatMode::power7};
         w.two.info.default_mode = emu::CompatMode::power7;
       },
       {}},
      {"the same to a server that knows no modes",
       [](World& w) {
         w.two.info.compat_modes = {emu::CompatMode::of_system};
         w.two.info.default_mode = emu::CompatMode::power7;
       },
       {"HSCLF21F"}},
      {"a server that knows no modes, with the same processors",
       [](World& w) { w.two.info.compat_modes = {emu::CompatMode::of_system}; },
       {}},
      {"barrier registers of a profile, on a server without any",
       [](World& w) {
         w.two.info.capabilities.bsr_capable = false;
         w.one.lpars[3].definition.profiles[1].bsr_arrays = 1;
       },
       {"HSCLF227"}},
      {"memory", [](World& w) { w.two.info.available_mem_mb = 112; }, {"HSCLF20A"}},
      {"memory for the page table", [](World& w) { w.two.info.available_mem_mb = 128; }, {"HSCLF20A"}},
      {"memory, exactly", [](World& w) { w.two.info.available_mem_mb = 144; }, {}},
      {"granularity",
       [](World& w) {
         w.one.lpars[3].definition.current->desired_mem = 144;
         w.one.info.lmb_mb = w.two.info.lmb_mb = 64;
       },
       {"HSCLF20B"}},
      {"processing units", [](World& w) { w.two.info.available_proc_units = 5; }, {"HSCLF20C"}},
      {"dedicated processors",
       [](World& w) {
         w.one.lpars[3].definition.current->proc_mode = emu::ProcMode::ded;
         w.two.info.available_proc_units = 50;
       },
       {"HSCLF20D"}},
      {"max partitions", [](World& w) { w.two.info.max_lpars = 2; }, {"HSCLF210"}},
      {"slots", [](World& w) { w.one.lpars[3].definition.current->max_virtual_slots = 5; }, {"HSCLF20E"}},
      {"slots of the VIOS",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].free_slots = 0;
       },
       {"HSCLF20F", "HSCLF20F", "HSCLA340"}},
      {"not served", [](World& w) { w.one.vioses[2].hosts.clear(); }, {"HSCLF222"}},
      {"logical volume",
       [](World& w) {
         w.one.vioses[2].hosts[0].targets[0] = {"vtscsi0", 1, "rootvg_lv", ""};
       },
       {"HSCLF212"}},
      {"internal disk",
       [](World& w) {
         w.one.vioses[2].hosts[0].targets[0] = {"vtscsi0", 1, "hdisk0", ""};
       },
       {"HSCLF213"}},
      {"reserve policy", [](World& w) { w.two.vioses[1].disks[1].reserve_policy = "single_path"; }, {"HSCLF211"}},
      {"reserved", [](World& w) { w.one.vioses[1].disks[1].reserved_by = "cec1/S1_VIOS1"; }, {"HSCLF211"}},
      {"in use by another partition of the destination",
       [](World& w) { w.two.vioses[2].disks[1].exported = true; },
       {"HSCLF225"}},
      {"two paths to one disk, two servers", two_paths, {}},
      {"two paths to one disk, one server",
       [](World& w) {
         two_paths(w);
         w.two.vioses[2].disks.resize(1);
       },
       {"HSCLF226", "HSCLA340"}},
      {"two paths to one disk, both asked of one server",
       two_paths,
       {"HSCLF226", "HSCLA340"},
       true,
       R"( -i "\"virtual_scsi_mappings=4/S2_VIOS1/1,5/S2_VIOS1/1\"")"},
      {"two paths to one disk through one server come to two",
       [](World& w) {
         two_paths(w);
         w.one.vioses[1].hosts.push_back(w.one.vioses[2].hosts[0]);
         w.one.vioses[1].hosts[1].slot = 21;
         w.one.vioses[2].hosts.clear();
         w.one.lpars[3].adapters[4].remote_lpar_id = 1;
       },
       {"HSCLA340"}},
      {"server adapter for any client",
       [](World& w) {
         w.one.vioses[1].hosts[0].client_id = 0;
         w.one.vioses[1].hosts[0].client_slot = 0;
       },
       {"HSCLF224"}},
      {"server adapter for any client, inactive",
       [](World& w) { w.one.vioses[1].hosts[0].client_id = w.one.vioses[1].hosts[0].client_slot = 65535; },
       {"HSCLF224"},
       false},
      {"server adapter for any client, in one slot", [](World& w) { w.one.vioses[1].hosts[0].client_id = 0; }, {"HSCLF224"}},
      {"server adapter for any adapter of the client",
       [](World& w) { w.one.vioses[2].hosts[0].client_slot = 65535; },
       {"HSCLF224"}},
      {"server adapter for any adapter of another client",
       [](World& w) {
         w.one.vioses[2].hosts.push_back({"vhost1", 21, 9, 0, {}});
       },
       {}},
      {"server adapter for any client, which this one does not name",
       [](World& w) {
         w.one.vioses[2].hosts.push_back({"vhost1", 21, 0, 0, {}});
       },
       {}},
      {"disk not visible",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].disks.resize(2);
       },
       {"HSCLA24E"}},
      {"only one VIOS sees the disks", [](World& w) { w.two.vioses[2].disks.resize(1); }, {"HSCLA340"}},
      {"vlan",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].bridges[0].vlans = {2};
       },
       {"HSCLF214"}},
      {"two ways to the network, and two servers for them", [](World& w) { two_ways(w); }, {}},
      {"two ways to the network, and one server",
       [](World& w) {
         two_ways(w);
         w.two.vioses[2].bridges[0].vlans = {9};
       },
       {"HSCLF235"}},
      {"two ways to the network, mapped to one server",
       [](World& w) { two_ways(w); },
       {"HSCLF235"},
       true,
       R"( -i "\"vlan_mappings=1/S2_VIOS2/2,2/S2_VIOS2/2\"")"},
      {"two adapters to the network through one server each way",
       [](World& w) {
         two_ways(w);
         for (u32 id : {1u, 2u}) w.one.vioses[id].bridges[0].vlans = {1, 2};
         w.two.vioses[2].bridges[0].vlans = {9};
       },
       {}},
      {"another switch",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].bridges[0].vswitch = "ETHERNET1";
       },
       {"HSCLF214"}},
      {"link down",
       [](World& w) {
         for (u32 id : {1u, 2u}) w.two.vioses[id].bridges[0].link_up = false;
       },
       {"HSCLF214"}},
      {"operating system", [](World& w) { w.guest.refuse = "check"; }, {"HSCLF30D"}},
      {"operating system, inactive", [](World& w) { w.guest.refuse = "check"; }, {}, false},
      {"unknown mover", [](World&) {}, {"HSCLF204"}, true, " -i dest_msp_name=nobody"},
      {"shared-processor pool by ID", [](World&) {}, {"HSCLF22B"}, true, " -i shared_proc_pool_id=64"},
      {"a pool without a maximum", [](World&) {}, {"HSCLF0C0"}, true, " -i shared_proc_pool_id=63"},
      {"a pool that is full",
       [](World& w) {
         emu::put_pool(w.two.info.processor_pools, {1, "Web", 100, 100});
       },
       {"HSCLF0C1"},
       true,
       " -i shared_proc_pool_name=Web"},
      {"a pool with room",
       [](World& w) {
         emu::put_pool(w.two.info.processor_pools, {1, "Web", 400, 0});
       },
       {},
       true,
       " -i shared_proc_pool_name=Web"},
      {"shared-processor pool by name", [](World&) {}, {"HSCLF22B"}, true, " -i shared_proc_pool_name=NoSuchPool"},
      {"shared-processor pool, inactive", [](World&) {}, {"HSCLF0C0"}, false, " -i shared_proc_pool_id=1"},
      {"another pool's name and ID",
       [](World&) {},
       {"HSCLF22B"},
       true,
       " -i shared_proc_pool_id=1,shared_proc_pool_name=DefaultPool"},
      {"the default pool", [](World&) {}, {}, true, " -i shared_proc_pool_id=0,shared_proc_pool_name=DefaultPool"},
      {"a pool for dedicated processors",
       [](World& w) { w.one.lpars[3].definition.current->proc_mode = emu::ProcMode::ded; },
       {"HSCLF22C"},
       true,
       " -i shared_proc_pool_id=0"},
      {"the ID of another partition", [](World&) {}, {"HSCLF22A"}, true, " -i dest_lpar_id=2"},
      {"the ID of nobody", [](World&) {}, {}, true, " -i dest_lpar_id=200"},
      {"a mover with another ID", [](World&) {}, {"HSCLF204"}, true, " -i dest_msps=S2_VIOS1/2"},
      {"a mover with another address", [](World&) {}, {"HSCLF204"}, true, " -i source_msps=S1_VIOS1/1/10.9.9.9"},
      {"a mover with its address",
       [](World& w) { w.two.lpars[1].definition.ip_address = "10.9.9.9"; },
       {},
       true,
       " -i dest_msps=S2_VIOS1/1/10.9.9.9,dest_msp_id=1"},
      {"two mappings of one adapter",
       [](World&) {},
       {"HSCLF221"},
       true,
       R"( -i "\"virtual_scsi_mappings=4/S2_VIOS1/1,4/S2_VIOS2/2\"")"},
      {"two mappings of one VLAN", [](World&) {}, {"HSCLF221"}, true, R"( -i "\"vlan_mappings=1/S2_VIOS1/1,1/S2_VIOS1/1\"")"},
      {"mapping with a slot that is none", [](World&) {}, {"HSCLF221"}, true, " -i virtual_scsi_mappings=4/S2_VIOS2/2/x"},
      {"mapping to nobody", [](World&) {}, {"HSCLF221"}, true, " -i virtual_scsi_mappings=4/nobody/1"},
      {"mapping of no adapter", [](World&) {}, {"HSCLF221"}, true, " -i virtual_scsi_mappings=9/S2_VIOS1/1"},
      {"mapping that fits", [](World&) {}, {}, true, " -i virtual_scsi_mappings=4/S2_VIOS2/2"},
      {"mapping that spoils the layout",
       [](World&) {},
       {"HSCLA340"},
       true,
       " -i virtual_scsi_mappings=4/S2_VIOS2/2,5/S2_VIOS2/2"},
  };
  for (const Case& c : cases) {
    World world;
    if (!c.active) {
      world.one.executing[3] = false;
      world.one.lpars[3].state = emu::LparState::not_activated;
      world.one.lpars[3].has_resources = false;
    }
    c.change(world);
    INFO(c.name);
    CHECK(codes(world, c.more) == c.found);
    CHECK(world.requests.empty());
  }
}

TEST_CASE("all findings come in one run", "[checks]") {
  World world;
  world.two.info.on_battery = true;
  world.two.info.available_mem_mb = 0;
  world.guest.refuse = "check";
  CHECK(codes(world) == Codes{"HSCLF21E", "HSCLF20A", "HSCLF30D"});
}

TEST_CASE("the same system, a Virtual I/O Server, no current profile", "[checks]") {
  World world;
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec1 -p mobile").text.find("HSCLF200") != std::string::npos);
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p S1_VIOS1").text.find("HSCLF215") != std::string::npos);
  world.kill(world.two);
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile").text.find("HSCLF014") != std::string::npos);
}

TEST_CASE("a profile that the migration overwrites is told, whoever named it", "[checks]") {
  World world;
  const auto said = [&](const std::string& option) { return world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile" + option).text; };
  CHECK(said("").find("HSCLA295") != std::string::npos);
  CHECK(said(" -n small").find("It replaces the profile small of") != std::string::npos);
  CHECK(said(" -n fresh").find("HSCLA295") == std::string::npos);
}

TEST_CASE("no check appears twice", "[checks]") {
  std::set<std::string_view> names;
  for (const hmc::Check& check : hmc::all_checks()) CHECK(names.insert(check.name).second);
}

TEST_CASE("what moves is what the partition has, whatever its profiles say meanwhile", "[checks][current]") {
  World world;
  emu::Profile& changed = world.one.lpars[3].definition.profiles[0];
  changed.bsr_arrays = 3;
  changed.desired_num_huge_pages = 1;
  changed.redundant_err_path_reporting = true;
  changed.work_group_id = "2";
  changed.io_slots = {"21010003/none/1"};
  changed.lpar_proc_compat_mode = emu::CompatMode::unknown;
  changed.proc_mode = emu::ProcMode::ded;
  changed.desired_procs = 60;
  changed.max_virtual_slots = 2;
  CHECK(codes(world, "").empty());

  SECTION("and it arrives so, in a profile of its own") {
    const emu::Current before = *world.one.lpars[3].definition.current;
    CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile -n moved").code == 0);
    const emu::LparDefinition& there = world.lpar(world.two).definition;
    REQUIRE(there.current);
    CHECK(static_cast<const emu::Capacity&>(*there.current) == before);
    CHECK(there.current->pending == before.pending);
    CHECK(there.current->bsr_arrays == 0);
    REQUIRE(there.profile("moved"));
    CHECK(there.profile("moved")->proc_mode == emu::ProcMode::shared);
    CHECK(there.profile("normal")->proc_mode == emu::ProcMode::ded);  // copied as it is
  }
  SECTION("even without the profile that it was activated with") {
    // Not while it is the default one.
    CHECK(world.hmc("rmsyscfg -r prof -m cec1 -p mobile -n normal").text.starts_with("HSCLF01E "));
    CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,default_profile=small").code == 0);
    CHECK(world.hmc("rmsyscfg -r prof -m cec1 -p mobile -n normal").code == 0);
    CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").code == 0);
    CHECK(world.lpar(world.two).definition.profile("normal")->desired_mem == 128);
  }
}
