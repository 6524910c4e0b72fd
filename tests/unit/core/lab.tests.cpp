// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab.h"

#include "emu/core/lab_keys.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/support/places.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using support::Folder;
using support::text_of;

const fs::path source = support::checkout();
const std::string pair_file = (source / "images/labs/pair.toml").string();

// The pair with one thing changed, and what the reader says about it, without the file's name.
std::string complaint(const std::string& what, const std::string& instead) {
  Folder folder;
  std::string text = text_of(pair_file);
  const auto where = text.find(what);
  REQUIRE(where != std::string::npos);
  text.replace(where, what.size(), instead);
  const fs::path file = folder.path / "lab.toml";
  std::ofstream(file) << text;
  const auto lab = emu::read_lab(file.string());
  if (lab) return "";
  CHECK(lab.error().code == "lab");
  CHECK(lab.error().text.find('\n') == std::string::npos);
  const std::string prefix = file.string() + ":";
  REQUIRE(lab.error().text.substr(0, prefix.size()) == prefix);
  return lab.error().text.substr(prefix.size());
}

std::string line_of(const std::string& what) {
  const std::string text = text_of(pair_file);
  const auto where = text.find(what);
  REQUIRE(where != std::string::npos);
  return std::to_string(std::count(text.begin(), text.begin() + static_cast<long>(where), '\n') + 1);
}

}  // namespace

TEST_CASE("servers that a lab file generates are the same each time, and like others", "[lab]") {
  const Folder folder;
  const fs::path file = folder.path / "many.toml";
  const auto read = [&](const std::string& text) {
    std::ofstream(file) << text;
    return emu::read_lab(file.string());
  };
  const std::string many = "[[generate]]\nprefix = \"cec\"\nframes = 10\npartitions = 23\n";
  const auto lab = read(many);
  REQUIRE(lab);
  REQUIRE(lab->frames.size() == 10);
  CHECK(lab->frames[0].name == "cec01");
  CHECK(lab->frames[9].name == "cec10");
  CHECK(lab->frames[2].partitions.size() == 4);  // three, and the Virtual I/O Server
  CHECK(lab->frames[3].partitions.size() == 3);
  CHECK(lab->frames[3].partitions[1].name == "cec04-lp1");
  const auto again = read(many);
  REQUIRE(again);
  std::set<std::string> identities;
  for (size_t i = 0; i < 10; ++i) {
    CHECK(again->frames[i].serial_num == lab->frames[i].serial_num);
    CHECK(again->frames[i].partitions == lab->frames[i].partitions);
    identities.insert(lab->frames[i].serial_num);
    for (const emu::LparDefinition& lpar : lab->frames[i].partitions) identities.insert(lpar.uuid);
  }
  CHECK(identities.size() == 10 + 10 + 23);
  // Beside those that somebody has written.
  CHECK(read("[[frame]]\nname = \"other\"\n" + many)->frames.size() == 11);
  for (const char* wrong : {"[[generate]]\nframes = 0\n", "[[generate]]\nframes = 1001\n", "[[generate]]\npartitions = 1\n",
                            "[[generate]]\nframes = 2\npartitions = 501\n", "[[generate]]\nframes = 1\nprefix = \"a b\"\n",
                            "[[generate]]\nframes = 1\n[[generate]]\nframes = 1\n", "name = \"x\"\n"})
    CHECK_FALSE(read(wrong));
}

SCENARIO("the default lab says what it seems to say", "[lab]") {
  const auto lab = emu::read_lab(pair_file);
  REQUIRE(lab);
  CHECK(lab->name == "pair");
  CHECK(fs::path(lab->file).is_absolute());
  REQUIRE(lab->frames.size() == 2);
  const emu::FrameConfig& a = *lab->frame("frameA");
  CHECK(a.serial_num == "10DD4AC");
  REQUIRE(a.partitions.size() == 2);
  CHECK(a.partitions.back().auto_start == true);

  const emu::LparDefinition& vios = a.partitions[0];
  CHECK(vios.name == "viosA");
  CHECK(vios.env == emu::LparEnv::vioserver);
  CHECK(vios.msp);
  CHECK(vios.time_ref);
  const emu::LparDefinition& mobile = a.partitions[1];
  CHECK(mobile.name == "mobile");
  CHECK_FALSE(mobile.msp);
  CHECK(mobile.uuid.size() == 36);
  const emu::Profile& profile = mobile.profiles.at(0);
  CHECK(mobile.default_profile == profile.name);
  CHECK(profile.desired_mem == 256);
  CHECK(profile.max_procs == 2);

  THEN("its disk is served by the VIOS through a pair of adapters that name each other") {
    const auto client = std::ranges::find(profile.adapters, emu::AdapterKind::scsi_client, &emu::VirtualAdapter::kind);
    REQUIRE(client != profile.adapters.end());
    CHECK(client->slot == 2);
    CHECK(client->remote_lpar_name == "viosA");
    const auto& server_side = vios.profiles.at(0).adapters;
    const auto server = std::ranges::find(server_side, client->remote_slot, &emu::VirtualAdapter::slot);
    REQUIRE(server != server_side.end());
    CHECK(server->kind == emu::AdapterKind::scsi_server);
    CHECK(server->remote_lpar_id == 3);
    CHECK(server->remote_slot == 2);
    REQUIRE(a.vioses.at(0).mappings.size() == 1);
    CHECK(a.vioses[0].mappings[0].server_slot == server->slot);
    CHECK(a.vioses[0].mappings[0].vtd == "vtscsi0");
  }
  THEN("its network leads to the segment through a trunk adapter") {
    const auto ethernet = std::ranges::find(profile.adapters, emu::AdapterKind::ethernet, &emu::VirtualAdapter::kind);
    REQUIRE(ethernet != profile.adapters.end());
    CHECK(ethernet->slot == 3);
    CHECK(ethernet->mac_addr.size() == 12);
    REQUIRE(a.vioses[0].bridges.size() == 1);
    CHECK(a.vioses[0].bridges[0].segment == "lan0");
  }
  THEN("identities that are not given are the same at every reading, and different from each other") {
    const auto again = emu::read_lab(pair_file);
    CHECK(again->frames[0].partitions == lab->frames[0].partitions);
    CHECK(again->luns[0].udid == lab->luns[0].udid);
    CHECK(again->frames[0].partitions[0].uuid != again->frames[1].partitions[0].uuid);
    CHECK(lab->luns[0].pvid.size() == 16);
  }
}

TEST_CASE("a lab file with a mistake is refused with its line and one reason", "[lab]") {
  CHECK(complaint("size_mb = 64", "size_mbs = 64") == line_of("size_mb = 64") + ": a LUN has no key size_mbs");
  CHECK(complaint("luns = [\"mobile_root\"]", "luns = [\"root\"]") ==
        line_of("disks = [") + ": LUN mobile_root is not among the luns of VIOS viosA");
  CHECK(complaint("name = \"mobile_root\"", "name = \"root\"") == line_of("disks = [") + ": there is no LUN mobile_root");
  CHECK(complaint("id = 3", "id = 1") == line_of("id = 3") + ": partition id 1 is there twice");
  CHECK(complaint("name = \"mobile\"", "name = \"viosA\"") == line_of("name = \"mobile\"") + ": partition viosA is there twice");
  CHECK(complaint("name = \"frameB\"", "name = \"frameA\"") == line_of("name = \"frameB\"") + ": frame frameA is there twice");
  CHECK(complaint("10FFE0B", "10DD4AC") == line_of("10FFE0B") + ": serial number 9117-MMA*10DD4AC is there twice");
  CHECK(complaint("10.0.2.12", "10.0.2.11") == line_of("10.0.2.12") + ": IP address 10.0.2.11 is there twice");
  CHECK(complaint("10.0.2.12", "10.0.2.256") == line_of("10.0.2.12") + ": 10.0.2.256 is no IP address");
  for (const auto& [address, whose] : {std::pair{"10.0.2.0", "the network"},
                                       {"10.0.2.2", "the gateway"},
                                       {"10.0.2.3", "the name server"},
                                       {"10.0.2.4", "the HMC"},
                                       {"10.0.2.255", "broadcasts"}})
    CHECK(complaint("10.0.2.12", address) == line_of("10.0.2.12") + ": " + address + " is for " + whose + " on segment lan0");
  CHECK(complaint("desired_mem = 256", "desired_mem = 250") ==
        line_of("desired_mem") + ": desired_mem is 250 MiB, which is no multiple of the frame's LMB of 16 MiB");
  CHECK(complaint("desired_mem = 256", "desired_mem = 8192") == line_of("desired_mem") + ": the system has 4096 MiB of memory");
  CHECK(complaint("desired_mem = 256", "desired_mem = 256\n  max_mem = 128") ==
        line_of("desired_mem") + ": memory must grow from min_mem over desired_mem to max_mem");
  CHECK(complaint("memory_mb = 4096", "memory_mb = 4090") ==
        line_of("memory_mb") + ": memory_mb is no multiple of the LMB of 16 MiB");
  CHECK(complaint("lmb_mb = 16", "lmb_mb = 24") ==
        line_of("lmb_mb") + ": an LMB is of 16, 32, 64, 128 or 256 MiB, or 0 for that of its memory");
  CHECK(complaint("processors = 8", "processor = \"POWER9_base\"") ==
        line_of("processors") + ": a processor is POWER6, POWER7, POWER8 or POWER9");
  CHECK(complaint("processors = 8", "huge_page_mem_capable = false\nhuge_pages = 1")
            .ends_with("a frame that is not huge_page_mem_capable has no huge pages"));
  CHECK(complaint("processors = 8", "num_active_migrations_supported = 41") ==
        line_of("processors") + ": a frame supports 0 to 40 migrations at a time");
  CHECK(complaint("processors = 8", "micro_lpar_capable = false").ends_with("the system is not capable of shared processors"));
  CHECK(complaint("lmb_mb = 16", "lmb_mb = 16\nclock_drift_ppm = 100001").ends_with(": a clock drifts by at most 100000 ppm"));
  CHECK(complaint("lmb_mb = 16", "lmb_mb = 16\nclock_offset_ms = -315532800001")
            .ends_with("a clock is at most ten years ahead or behind"));
  CHECK(complaint("processors = 8", "processors = 0") == line_of("processors") + ": a frame has 1 to 256 processors");
  CHECK(complaint("segments = [\"lan0\"]", "segments = [\"lan1\"]") == line_of("segments = [") + ": there is no segment lan1");
  for (const std::string wrong : {"10.0.2.0", "10.0.2.0/29", "10.0.2/24", "10.0.2.0/24/1"})
    CHECK(complaint("10.0.2.0/24", wrong) == line_of("10.0.2.0/24") + ": " + wrong + " is no network such as 10.0.2.0/24");
  CHECK(complaint("vlans = [1]", "vlans = [0]") == line_of("vlans") + ": a VLAN is 1 to 4094");
  CHECK(complaint("vlans = [1]", "vlans = 1") == line_of("vlans") + ": a list in brackets is expected here");
  CHECK(complaint("desired_procs = 2", "desired_procs = -2") ==
        line_of("desired_procs") + ": -2 is out of range: 0 to 4294967295 is possible");
  CHECK(complaint("desired_procs = 2", "desired_procs = \"2\"") ==
        line_of("desired_procs") + ": a whole number is expected here");
  CHECK(complaint("boot_image = \"nomad\"", "boot_image = \"nowhere.elf\"").find("there is no file") != std::string::npos);
  CHECK(complaint("size_mb = 64", "image = \"nowhere.img\"").find("there is no file") != std::string::npos);
  CHECK(complaint("auto_start = true", "auto_start = yes").substr(0, 3) == line_of("auto_start") + ":");
  CHECK(complaint("auto_start = true", "[[frame.partition.adapter]]\n  kind = \"fibre\"\n  slot = 9") ==
        std::to_string(std::stoi(line_of("auto_start")) + 1) +
            ": fibre is no kind of adapter: serial, scsi_client, scsi_server, ethernet, vasi");
  CHECK(complaint("name = \"pair\"", "name = \"../pair\"") == line_of("name = \"pair\"") + ": \"../pair\" is no name for a lab");
  for (const char* name : {"\"\"", "\"p\\nq\"", "\"a name that is longer than a name may be\""})
    CHECK(complaint("auto_start = true", std::string("profile_name = ") + name).find(line_of("auto_start") + ": a name has") ==
          0);
  CHECK(complaint("id = 3", "") == line_of("[[frame.partition]]") + ": a partition needs an id of 1 to 254");
}

TEST_CASE("two adapters cannot have one slot, nor one MAC address in a frame", "[lab]") {
  const std::string adapter = "[[frame.partition.adapter]]\n  kind = \"ethernet\"\n";
  CHECK(
      complaint("auto_start = true", adapter + "slot = 7\n" + adapter + "slot = 7\n").find("slot 7 of mobile is taken already") !=
      std::string::npos);
  CHECK(complaint("auto_start = true", adapter + "slot = 1\n").find("slot 1 of mobile is taken already") != std::string::npos);
  const std::string mac = "mac_addr = \"0aF400000001\"\n";
  CHECK(complaint("auto_start = true", adapter + "slot = 7\n" + mac + adapter + "slot = 8\n" + mac)
            .find("MAC address 0AF400000001 is there twice") != std::string::npos);
  CHECK(complaint("auto_start = true", adapter + "slot = 77\n").find("only 20 virtual slots") != std::string::npos);
}

TEST_CASE("a key that means nothing for the kind of an adapter is refused, not passed over", "[lab]") {
  const auto of_client = [](const std::string& lines) {
    return complaint("auto_start = true", "[[frame.partition.adapter]]\n" + lines);
  };
  const auto of_server = [](const std::string& lines) {
    return complaint("segments = [\"lan0\"]", "segments = [\"lan0\"]\n[[frame.vios.adapter]]\nslot = 9\n" + lines);
  };
  const auto says = [](const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; };
  CHECK(says(of_client("kind = \"serial\"\nslot = 9\nport_vlan_id = 7\n"), "a virtual serial adapter has no key port_vlan_id"));
  CHECK(says(of_client("kind = \"ethernet\"\nslot = 9\nremote_lpar = \"viosA\"\n"),
             "a virtual Ethernet adapter has no key remote_lpar"));
  CHECK(says(of_server("kind = \"vasi\"\nrequired = true\n"), "has no key required"));
  CHECK(says(of_server("kind = \"scsi_server\"\nmac_addr = \"0AF400000001\"\n"), "has no key mac_addr"));
}

TEST_CASE("a physical slot of a lab has a connector, a bus of its own, and what belongs to its adapter", "[lab][slots]") {
  const auto slots = [](const std::string& lines) { return complaint("  [[frame.vios]]\n", lines + "  [[frame.vios]]\n"); };
  const std::string one = "[[frame.slot]]\ndrc_index = \"21010003\"\n";
  struct Wrong {
    std::string lines;
    std::string says;
  };
  const Wrong wrong[] = {
      {"[[frame.slot]]\n", "a slot lacks its key drc_index"},
      {"[[frame.slot]]\ndrc_index = \"2101000\"\n", "the connector of a slot has 8 hex digits"},
      {"[[frame.slot]]\ndrc_index = \"30000003\"\n", "the connector of a slot has 8 hex digits"},
      {"[[frame.slot]]\ndrc_index = \"21010000\"\n", "the connector of a slot has 8 hex digits"},
      {"[[frame.slot]]\ndrc_index = \"21/00003\"\n", "the connector of a slot has 8 hex digits"},
      {one + "[[frame.slot]]\ndrc_index = \"21020003\"\n", "slot on bus 3 is there twice"},
      {one + "location = \"U1-P1-C1\"\n[[frame.slot]]\ndrc_index = \"21010004\"\nlocation = \"U1-P1-C1\"\n", "is there twice"},
      {one + "location = \"nowhere\"\n", "a location code names unit, planar and connector"},
      {one + "description = \"a, b\"\n", "no commas or quotes"},
      {one + "adapter = \"tape\"\n", "one of empty, disk, network"},
      {one + "size_mb = 5\n", "size_mb belongs to an adapter of kind disk"},
      {one + "adapter = \"disk\"\nsegment = \"lan0\"\n", "segment belongs to an adapter of kind network"},
      {one + "adapter = \"disk\"\nsize_mb = 0\n", "a disk is of 1 MiB to 1 TiB"},
      {one + "adapter = \"disk\"\npath = \"nowhere.img\"\n", "there is no file"},
      {one + "adapter = \"disk\"\npath = \"/tmp\"\n", "there is no file /tmp"},
      {one + "adapter = \"disk\"\npath = \"" + pair_file + "\"\n", "does not look like a disk, and a guest would write over it"},
      {one + "adapter = \"disk\"\nis_disk = true\nsize_mb = 5\npath = \"" + pair_file + "\"\n", "bytes, which is less"},
      {one + "adapter = \"disk\"\nis_disk = true\n", "is_disk belongs to a path"},
      {one + "adapter = \"disk\"\nis_disk = true\npath = \"" + pair_file + "\"\n[[frame.slot]]\ndrc_index = \"21010004\"\n" +
           "adapter = \"disk\"\nis_disk = true\npath = \"" + pair_file + "\"\n",
       "is there twice"},
      {one + "adapter = \"disk\"\nimage = \"nowhere.img\"\n", "there is no file"},
      {one + "adapter = \"disk\"\nis_disk = true\npath = \"" + pair_file + "\"\nimage = \"" + pair_file + "\"\n",
       "a path or an image, not both"},
      {one + "image = \"" + pair_file + "\"\n", "image belongs to an adapter of kind disk"},
      {one + "adapter = \"network\"\n", "lacks its key segment"},
      {one + "adapter = \"network\"\nsegment = \"lan9\"\n", "there is no segment lan9"},
      {one + "adapter = \"network\"\nsegment = \"lan0\"\nmac_addr = \"0102\"\n", "a MAC address has 12 hex digits"},
  };
  for (const Wrong& each : wrong) {
    INFO(each.lines);
    const std::string said = slots(each.lines);
    INFO(said);
    CHECK(said.find(each.says) != std::string::npos);
  }
  const auto lab = emu::read_lab((source / "images/labs/physical.toml").string());
  // Without the images of Linux it cannot be read.
  if (!lab) return;
  const auto& frame = lab->frames.at(0);
  REQUIRE(frame.slots.size() == 3);
  CHECK(frame.slots[1].adapter == emu::SlotAdapter::network);
  CHECK(frame.slots[1].mac_addr.size() == 12);
  CHECK(frame.slots[2].description == "Empty slot");
}

TEST_CASE("a host Ethernet adapter of a lab has port groups by its kind", "[lab][hea]") {
  const auto adapters = [](const std::string& lines) { return complaint("  [[frame.vios]]\n", lines + "  [[frame.vios]]\n"); };
  const std::string one = "[[frame.hea]]\nports = [\"lan0\", \"lan0\"]\n";
  const std::pair<std::string, std::string> wrong[] = {
      {"[[frame.hea]]\n", "lacks its key ports"},
      {"[[frame.hea]]\nports = [\"lan0\"]\n", "two or four ports"},
      {"[[frame.hea]]\nports = [\"lan0\", \"lan9\"]\n", "there is no segment lan9"},
      {one + "speed = 100\n", "two or four ports"},
      {one + "mcs = 3\n", "1, 2, 4, 8 or 16"},
      {one + "adapter_id = \"21000000\"\n", "23 first"},
      {one + one, "is there twice"},
  };
  for (const auto& [lines, says] : wrong) {
    INFO(lines);
    const std::string said = adapters(lines);
    INFO(said);
    CHECK(said.find(says) != std::string::npos);
  }
  const auto lab = emu::read_lab((source / "images/labs/hea.toml").string());
  REQUIRE(lab);
  REQUIRE(lab->frames[0].heas.size() == 1);
  const emu::HostEthernet& adapter = lab->frames[0].heas[0];
  CHECK(adapter.groups == std::vector<emu::HeaGroup>{{1, 4, 4}, {2, 4, 4}});
  REQUIRE(adapter.ports.size() == 4);
  CHECK(adapter.ports[2].group == 2);
  CHECK(adapter.ports[2].id == 0);
  CHECK(adapter.ports[3].location == "U9117.MMA.10DD4AC-P1-T4");
  CHECK(emu::port_groups(2, 10000) == std::vector<u32>{1, 2});
}

TEST_CASE("a slot that only a profile names is there, and empty", "[lab][slots]") {
  std::string text = text_of(pair_file);
  const std::string what = "  auto_start = true\n";
  text.replace(text.find(what), what.size(), what + "  io_slots = [\"21010003/none/1\"]\n");
  const auto lab = emu::read_lab_text(text, pair_file);
  REQUIRE(lab);
  REQUIRE(lab->frames[0].slots.size() == 1);
  CHECK(lab->frames[0].slots[0].drc_index == 0x21010003);
  CHECK(lab->frames[0].slots[0].adapter == emu::SlotAdapter::empty);
  CHECK(lab->frames[0].slots[0].location == "U9117.MMA.10DD4AC-P1-C3");
  CHECK(lab->frames[1].slots.empty());
}

TEST_CASE("trunks of a lab through which packets would circle are refused, and so is half a pair", "[lab]") {
  const auto with = [](const std::string& lines) {
    return complaint("segments = [\"lan0\"]", "segments = [\"lan0\"]\n" + lines);
  };
  const auto says = [](const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; };
  const std::string trunk = "[[frame.vios.adapter]]\nkind = \"ethernet\"\nslot = 9\nis_trunk = true\n";
  const std::string plain = "[[frame.vios.adapter]]\nkind = \"ethernet\"\nslot = 8\n";
  const std::string bridge = "[[frame.vios.bridge]]\ntrunk_slot = 9\nsegment = \"lan0\"\n";
  CHECK(says(with(trunk + "trunk_priority = 2\n"), "trunk adapters of VLAN 1 on switch ETHERNET0"));
  CHECK(says(with(trunk + "port_vlan_id = 7\naddl_vlan_ids = [1]\n"), "trunk adapters of VLAN 1 on switch ETHERNET0"));
  const std::string other = "[[frame.vios]]\nname = \"other\"\nid = 9\n";
  CHECK(says(complaint("segments = [\"lan0\"]", trunk + other + trunk), "has a trunk adapter of VLAN 1 with trunk_priority 1"));
  CHECK(says(with(trunk + "port_vlan_id = 7\n" + bridge + "ha_mode = \"sharing\"\n"), "ha_mode is auto, standby or disabled"));
  CHECK(says(with(trunk + "port_vlan_id = 7\n" + bridge + "ha_mode = \"auto\"\n"), "ctl_chan"));
  CHECK(says(with(trunk + "port_vlan_id = 7\n" + bridge + "ctl_chan = 9\n"), "ctl_chan"));
  CHECK(says(with("address_slot = 9\n" + trunk + "port_vlan_id = 7\n"), "address_slot"));
  CHECK(says(with("ports = [\"lan7\"]\n"), "there is no segment lan7"));
}

TEST_CASE("servers of a frame that bridge a segment get priorities in their order", "[lab]") {
  const Folder folder;
  std::string text = text_of(pair_file);
  const std::string what = "segments = [\"lan0\"]\n";
  text.insert(text.find(what) + what.size(), "[[frame.vios]]\nname = \"other\"\nid = 9\n" + what);
  const fs::path file = folder.path / "lab.toml";
  std::ofstream(file) << text;
  const auto lab = emu::read_lab(file.string());
  REQUIRE(lab);
  std::vector<u32> priorities;
  for (const auto& partition : lab->frames[0].partitions)
    for (const auto& adapter : partition.profiles[0].adapters)
      if (adapter.is_trunk) priorities.push_back(adapter.trunk_priority);
  CHECK(priorities == std::vector<u32>{1, 2});
}

TEST_CASE("a partner of a lab that can never be one is refused", "[lab]") {
  const auto of_client = [](const std::string& lines) {
    return complaint("auto_start = true", "[[frame.partition.adapter]]\nkind = \"scsi_client\"\nslot = 9\n" + lines);
  };
  const auto of_server = [](const std::string& kind, const std::string& lines) {
    return complaint("segments = [\"lan0\"]",
                     "segments = [\"lan0\"]\n[[frame.vios.adapter]]\nslot = 9\nkind = \"" + kind + "\"\n" + lines);
  };
  const auto says = [](const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; };
  CHECK(says(of_client(""), "names one partition and one slot, not any"));
  CHECK(says(of_client("remote_lpar = \"viosA\"\n"), "names one partition and one slot, not any"));
  CHECK(says(of_client("remote_lpar = \"mobile\"\nremote_slot = 9\n"), "mobile is no VIOS"));
  CHECK(says(of_server("scsi_server", "remote_lpar = \"viosA\"\nremote_slot = 9\n"), "a partition is not its own partner"));
  CHECK(says(of_server("scsi_client", "remote_lpar = \"viosA\"\nremote_slot = 9\n"),
             "no Virtual I/O Server has virtual SCSI client"));
  // mobile's slot 2 has a server adapter by its disks.
  CHECK(says(of_server("scsi_server", "remote_lpar = \"mobile\"\nremote_slot = 2\n"), "for slot 2 of mobile is there twice"));
  const std::string twice = "remote_lpar = \"mobile\"\nremote_slot = 7\n";
  CHECK(says(of_server("scsi_server", twice + "[[frame.vios.adapter]]\nslot = 10\nkind = \"scsi_server\"\n" + twice),
             "is a server of slot 7 of partition 3 already"));
}

TEST_CASE("what a lab names twice, and what would not stand in a line of a listing, is refused", "[lab]") {
  CHECK(complaint("disks = [\"mobile_root\"]", "disks = [\"mobile_root\", \"mobile_root\"]") ==
        line_of("disks = [") + ": LUN mobile_root is there twice");
  CHECK(complaint("auto_start = true", "served_by = [\"viosA\", \"viosA\"]") ==
        line_of("auto_start") + ": VIOS viosA is there twice");
  CHECK(complaint("segments = [\"lan0\"]", "segments = [\"lan0\", \"lan0\"]") ==
        line_of("segments = [") + ": segment lan0 is there twice");
  CHECK(complaint("segments = [\"lan0\"]",
                  "segments = [\"lan0\"]\n[[frame.vios.mapping]]\nserver_slot = 11\nlun = \"mobile_root\"\n")
            .find(": LUN mobile_root is mapped already on VIOS viosA") != std::string::npos);
  CHECK(complaint("type_model = \"9117-MMA\"", "type_model = \"9117-MMA\"\nfirmware = \"new\"")
            .find(": new is no level of firmware") != std::string::npos);
  CHECK(complaint("segments = [\"lan0\"]", "segments = [\"lan0\"]\nlevel = \"2.1\"").find(": 2.1 is no level of a VIOS") !=
        std::string::npos);
  for (const char* text : {"\"a,b\"", "\"a\\nb\"", "\"\"", "\"a b\""}) {
    INFO(text);
    CHECK(complaint("type_model = \"9117-MMA\"", std::string("type_model = ") + text)
              .starts_with(line_of("type_model") + ": a machine type and model has 4"));
    if (text != std::string("\"\""))
      CHECK(complaint("size_mb = 64", std::string("size_mb = 64\nudid = ") + text).find(": a unique device identifier") !=
            std::string::npos);
    if (text != std::string("\"\""))
      CHECK(complaint("segments = [\"lan0\"]", std::string("segments = [\"lan0\"]\n[[frame.vios.adapter]]\nslot = 9\n"
                                                           "kind = \"scsi_server\"\n[[frame.vios.mapping]]\nserver_slot = 9\n"
                                                           "lun = \"mobile_root\"\nvtd = ") +
                                                   text)
                .find(": a virtual target device's name") != std::string::npos);
  }
}

SCENARIO("a lab can say everything itself", "[lab]") {
  Folder folder;
  std::ofstream(folder.path / "own.img") << "image";
  std::ofstream(folder.path / "kernel.elf") << "elf";
  const fs::path file = folder.path / "own.toml";
  std::ofstream(file) << R"(
[[lun]]
name = "rootvg"
path = "own.img"
udid = "20:0A"
pvid = "00c0de0000000001"
[[segment]]
name = "net"
  [[segment.forward]]
  host_port = 2222
  guest_address = "10.0.2.15"
  guest_port = 22
[[frame]]
name = "one"
  [[frame.vios]]
  name = "v1"
  id = 1
  luns = ["rootvg"]
  vasi = false
    [[frame.vios.adapter]]
    kind = "scsi_server"
    slot = 21
    remote_lpar = "client"
    remote_slot = 5
    [[frame.vios.adapter]]
    kind = "ethernet"
    slot = 9
    is_trunk = true
    [[frame.vios.bridge]]
    trunk_slot = 9
    segment = "net"
    [[frame.vios.mapping]]
    server_slot = 21
    lun = "rootvg"
    vtd = "client_root"
  [[frame.partition]]
  name = "client"
  id = 2
  uuid = "46ab5a2c-0ee4-4c3b-8a9c-4c1fa6f5e2d1"
  profile_name = "normal"
  min_mem = 128
  desired_mem = 256
  max_mem = 512
  boot_image = "kernel.elf"
    [[frame.partition.adapter]]
    kind = "scsi_client"
    slot = 5
    remote_lpar = "v1"
    remote_slot = 21
    [[frame.partition.profile]]
    name = "small"
    desired_mem = 128
    proc_mode = "ded"
)";
  const auto lab = emu::read_lab(file.string());
  if (!lab) FAIL(lab.error().text);
  CHECK(lab->name == "own");
  CHECK(lab->luns[0].path == (folder.path / "own.img").string());
  CHECK(lab->segments[0].forwards[0].host_port == 2222);
  const emu::FrameConfig& frame = lab->frames[0];
  CHECK(frame.serial_num.size() == 7);
  CHECK(frame.vioses[0].mappings[0].vtd == "client_root");
  CHECK(frame.vioses[0].bridges[0].trunk_slot == 9);
  const emu::LparDefinition& client = frame.partitions[1];
  CHECK(client.uuid == "46AB5A2C-0EE4-4C3B-8A9C-4C1FA6F5E2D1");
  CHECK(client.default_profile == "normal");
  CHECK(client.profile("normal")->max_mem == 512);
  CHECK(client.profile("normal")->boot_image == (folder.path / "kernel.elf").string());
  const emu::Profile* small = client.profile("small");
  REQUIRE(small);
  CHECK(small->max_mem == 512);
  CHECK(small->proc_mode == emu::ProcMode::ded);
  CHECK(small->adapters == client.profile("normal")->adapters);
}

TEST_CASE("a file that is not there, or no TOML, is one line", "[lab]") {
  CHECK(emu::read_lab("/nowhere/lab.toml").error().text == "/nowhere/lab.toml:1: the file cannot be read");
  const std::string text = complaint("name = \"pair\"", "name = \"pair");
  CHECK(text.substr(0, text.find(':')) == line_of("name = \"pair\""));
}

TEST_CASE("no lab file, however damaged, is more than refused", "[lab]") {
  Folder folder;
  const std::string text = text_of(pair_file);
  for (size_t i = 0; i < text.size(); i += 7) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    if (i % 3 == 0) damaged.resize(i);
    const fs::path file = folder.path / "damaged.toml";
    std::ofstream(file, std::ios::binary) << damaged;
    const auto lab = emu::read_lab(file.string());
    if (!lab) CHECK(lab.error().text.rfind(file.string() + ":", 0) == 0);
  }
}

TEST_CASE("a partner in a lab file is a name, an ID, or any", "[lab]") {
  Folder folder;
  const auto partner = [&](const std::string& lines) -> std::pair<std::string, std::string> {
    const auto file = folder.path / "partner.toml";
    std::ofstream(file) << "[[frame]]\nname = \"one\"\n[[frame.vios]]\nname = \"v1\"\nid = 1\n[[frame.vios.adapter]]\n"
                           "kind = \"scsi_server\"\nslot = 21\n"
                        << lines << "\n[[frame.partition]]\nname = \"client\"\nid = 2\n";
    const auto lab = emu::read_lab(file.string());
    if (!lab) return {"error", lab.error().text};
    for (const auto& adapter : lab->frames[0].partitions[0].profile("default")->adapters)
      if (adapter.slot == 21)
        return {std::to_string(adapter.remote_lpar_id) + adapter.remote_lpar_name, std::to_string(adapter.remote_slot)};
    return {};
  };
  using Pair = std::pair<std::string, std::string>;
  CHECK(partner("") == Pair{"0", "0"});
  for (const char* any : {"\"any\"", "0", "65535", "\"0\"", "\"65535\""})
    CHECK(partner(std::string("remote_lpar = ") + any + "\nremote_slot = " + any) == Pair{"0", "0"});
  CHECK(partner("remote_lpar = \"client\"\nremote_slot = 2") == Pair{"2client", "2"});
  CHECK(partner("remote_lpar = 2\nremote_slot = \"2\"") == Pair{"2client", "2"});
  CHECK(partner("remote_lpar = 7").first == "error");
  CHECK(partner("remote_slot = \"some\"").first == "error");
  CHECK(partner("remote_slot = 70000").first == "error");
  CHECK(partner("remote_slot = true").first == "error");
}

TEST_CASE("a lab has one console, or those that its file names", "[lab]") {
  CHECK(emu::read_lab(pair_file)->consoles.size() == 1);
  // Instead of the pair's own.
  const auto with = [](const std::string& consoles) { return complaint("[[hmc]]\nversion = \"V7R3.2\"", consoles); };
  CHECK(with("[[hmc]]\nname = \"localhost\"\n").ends_with("localhost is an address, and no name for a console"));
  CHECK(with("[[hmc]]\nname = \"127.9.9.9\"\n").ends_with("127.9.9.9 is an address, and no name for a console"));
  CHECK(with("[[hmc]]\nframes = []\n").ends_with("a console manages a server at least; without this key it manages all"));
  CHECK(with("[[hmc]]\nframes = [\"frameA\", \"frameA\"]\n").ends_with("frame frameA is there twice"));
  CHECK(with("[[hmc]]\nname = \"hmc1\"\n[[hmc]]\nname = \"hmc2\"\nframes = [\"frameB\"]\n") == "");
  CHECK(with("[[hmc]]\nname = \"hmc1\"\n[[hmc]]\nname = \"hmc1\"\n").ends_with("console hmc1 is there twice"));
  CHECK(with("[[hmc]]\nname = \"x\"\nframes = [\"frameC\"]\n").ends_with("there is no frame frameC"));
  CHECK(with("[[hmc]]\nname = \"x\"\nip = \"10.0.0.1\"\n").ends_with("10.0.0.1 is no address of this host alone (127.x.y.z)"));
  CHECK(with("[[hmc]]\nip = \"127.1.1.1\"\n[[hmc]]\nname = \"b\"\nip = \"127.1.1.1\"\n").ends_with("is there twice"));
  std::string five;
  for (const char* name : {"a", "b", "c", "d", "e"}) five += std::string("[[hmc]]\nname = \"") + name + "\"\n";
  CHECK(with(five).ends_with("a lab has up to 4 consoles"));
  // A second console has a place in each network; so has no partition there.
  CHECK(complaint("ip_address = \"10.0.2.15\"", "ip_address = \"10.0.2.254\"") == "");
  CHECK(complaint("name = \"frameA\"", "name = \"hmc\"").find("hmc is the name of a console's process") != std::string::npos);
}

TEST_CASE("a lab file's faults are those of the table, and bad ones are refused with their line", "[lab][faults]") {
  const auto with = [](const std::string& lines) {
    return complaint("[[hmc]]\nversion = \"V7R3.2\"", "[[fault]]\n" + lines + "\n[[hmc]]");
  };
  const std::string line = line_of("[[hmc]]");
  const auto at = [&](int more, const std::string& reason) { return std::to_string(std::stoi(line) + more) + ": " + reason; };
  CHECK(with("where = \"frameA\"\nwhat = \"cut-mover-link\"\nvios = \"viosA\"") == "");
  CHECK(with("where = \"hmc\"\nwhat = \"answer:HSCL3205\"\ncommand = \"migrlpar\"\ncount = 2\nprobability = 50") == "");
  CHECK(with("where = \"hmc\"\nwhat = \"answer\"\ncode = \"HSCL3205\"\ndelay_ms = 10\njitter_ms = 5\nskip = 1") == "");
  CHECK(with("where = \"hmc-hmc\"\nwhat = \"delay\"\ndelay_ms = 3000\nstep = \"any\"\nmove = \"inactive\"") == "");
  CHECK(with("where = \"frameA\"\nwhat = \"slow-mover\"\nbytes_per_second = 20000000000") == "");
  CHECK(with("what = \"cut-mover-link\"") == at(0, "a fault lacks its key where"));
  CHECK(with("where = \"frameC\"\nwhat = \"cut-mover-link\"") ==
        at(1, "there is no frame or console frameC: a frame's name, hmc, or hmc-NAME"));
  CHECK(with("where = \"frameA\"\nwhat = \"earthquake\"") == at(2, "there is no fault earthquake of a frame"));
  CHECK(with("where = \"frameA\"\nwhat = \"cut-mover-link\"\ncolour = \"red\"") == at(3, "a fault has no key colour"));
  CHECK(with("where = \"frameA\"\nwhat = \"cut-mover-link\"\ncount = 1") == at(2, "cut-mover-link has no count"));
  CHECK(with("where = \"frameA\"\nwhat = \"cut-mover-link\"\nvios = \"mobile\"") ==
        at(3, "frameA has no Virtual I/O Server mobile"));
  CHECK(with("where = \"hmc\"\nwhat = \"delay:10\"\nprobability = 0") == at(2, "a probability is 1 to 100 percent"));
  CHECK(with("where = \"hmc\"\nwhat = \"delay:10\"\ncount = 0") == at(3, "0 is no count of a fault: number"));
  CHECK(with("where = \"hmc\"\nwhat = \"delay:10\"\ncount = true") == at(3, "a text in quotes is expected here"));
  CHECK(with("where = \"hmc\"\nwhat = \"delay:10\"\ncount = -1").find("out of range") != std::string::npos);
}

TEST_CASE("a segment's boot server has an address of its own, a folder, and clients", "[lab][netboot]") {
  const Folder folder;
  const std::string lan = "network = \"10.0.2.0/24\"\n";
  const auto server = [&](const std::string& keys) { return complaint(lan, lan + "[[segment.boot_server]]\n" + keys); };
  const std::string there = "folder = \"" + folder.path.string() + "\"\n";
  const std::string client = "[[segment.boot_server.client]]\n";
  CHECK(server("address = \"10.0.2.5\"\n") == "");
  CHECK(server("address = \"10.0.2.5\"\n" + there + client +
               "ip_address = \"10.0.2.15\"\nmac_addr = \"0A0000000303\"\nfile = \"a/b\"\ngateway = \"10.0.2.2\"\n") == "");
  CHECK_THAT(server("address = \"10.0.3.5\"\n"), Catch::Contains("10.0.3.5 is not in the network 10.0.2.0/24"));
  CHECK_THAT(server("address = \"10.0.2.2\"\n"), Catch::Contains("10.0.2.2 is for the gateway on segment lan0"));
  CHECK_THAT(server("address = \"10.0.2.11\"\n"), Catch::Contains("10.0.2.11"));  // a Virtual I/O Server's
  CHECK_THAT(server("address = \"nim\"\n"), Catch::Contains("nim is no IP address"));
  CHECK_THAT(server(there), Catch::Contains("address"));
  CHECK_THAT(server("address = \"10.0.2.5\"\nfolder = \"nowhere\"\n"), Catch::Contains("there is no folder"));
  const std::string right = "address = \"10.0.2.5\"\n" + client + "ip_address = \"10.0.2.15\"\n";
  CHECK_THAT(server(right), Catch::Contains("file"));
  CHECK_THAT(server(right + "file = \"a\"\nmac_addr = \"0a:00\"\n"), Catch::Contains("12 hex digits"));
  CHECK_THAT(server(right + "file = \"" + std::string(128, 'a') + "\"\n"), Catch::Contains("1 to 127 characters"));
  CHECK_THAT(server(right + "file = \"a\"\n" + client + "ip_address = \"10.0.2.15\"\nfile = \"b\"\n"),
             Catch::Contains("10.0.2.15"));
}

TEST_CASE("docs/labs.md lists the keys that the reader knows", "[lab][docs]") {
  support::approved_end_of_page(source / "docs/labs.md", "emu/core/lab/keys.h", emu::lab_keys_as_markdown());
}

TEST_CASE("packages are read, and what is wrong with them is said with its line", "[lab]") {
  const std::string package = "[[package]]\npartition = \"mobile\"\nframes = [\"frameA\", \"frameB\"]\n";
  const auto read = [&](const std::string& more) { return emu::read_lab_text(text_of(pair_file) + more, "pair.toml"); };
  const auto lab = read(package + "watch = \"program\"\nprogram = \"bank\"\n");
  REQUIRE(lab);
  CHECK_FALSE(read("")->frames[0].partitions.back().simplified_remote_restart_capable);
  CHECK(lab->frames[0].partitions.back().simplified_remote_restart_capable);
  const auto wrong = [&](const std::string& more) {
    const auto refused = read(more);
    return refused ? std::string("well") : refused.error().text.substr(refused.error().text.find(": ") + 2);
  };
  CHECK(wrong(package + package) == "package mobile is there twice");
  CHECK(wrong("[[package]]\npartition = \"viosA\"\nframes = [\"frameA\", \"frameB\"]\n") ==
        "one server has to have a partition viosA");
  CHECK(wrong("[[package]]\npartition = \"mobile\"\nframes = [\"frameA\"]\n") == "a package has two servers at least");
  CHECK(wrong("[[package]]\npartition = \"mobile\"\nframes = [\"frameA\", \"frameC\"]\n") == "there is no frame frameC");
  CHECK(wrong("[[package]]\npartition = \"mobile\"\nframes = [\"frameA\", \"frameA\"]\n") == "frame frameA is there twice");
  CHECK(wrong(package + "watch = \"program\"\n") == "program goes with watch = \"program\", and that with a program");
  CHECK(wrong(package + "program = \"bank\"\n") == "program goes with watch = \"program\", and that with a program");
  CHECK(wrong(package + "watch = \"port\"\nport = 22\n") == "no forward leads to TCP port 22 of 10.0.2.15");
  CHECK(wrong(package + "interval_ms = 99\n") == "interval_ms is 100 to 600000");
  CHECK(wrong(package + "misses = 0\n") == "misses is 1 to 1000");
  CHECK(wrong(package + "hangs = 3\n") == "a package has no key hangs");
}

TEST_CASE("the folders of a lab follow the user's settings, and are the user's own", "[lab]") {
  Folder folder;
  setenv("XDG_STATE_HOME", (folder.path / "state").c_str(), 1);
  setenv("XDG_RUNTIME_DIR", (folder.path / "run").c_str(), 1);
  const auto made = emu::lab_folders("pair");
  REQUIRE(made);
  const emu::LabFolders folders = *made;
  CHECK(folders.state == (folder.path / "state/twinframe/pair").string());
  CHECK(folders.runtime == (folder.path / "run/twinframe/pair").string());
  CHECK((fs::status(folders.runtime).permissions() & fs::perms::all) == fs::perms::owner_all);
  unsetenv("XDG_STATE_HOME");
  unsetenv("XDG_RUNTIME_DIR");
}
