// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/lab_text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "emu/core/lab.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"

namespace {

using namespace emu::app::site;
namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>;

const std::string serial_adapters = "\"virtual_serial_adapters=0/server/1/any//any/1,1/server/1/any//any/1\"";

std::string profile(const std::string& name, const std::string& lpar, int id, const std::string& env, const std::string& more) {
  return "name=" + name + ",lpar_name=" + lpar + ",lpar_id=" + std::to_string(id) + ",lpar_env=" + env +
         ",all_resources=0,min_mem=1024,desired_mem=4096,max_mem=8192,mem_mode=ded,proc_mode=shared,min_proc_units=0.1,"
         "desired_proc_units=0.35,max_proc_units=2.0,min_procs=1,desired_procs=2,max_procs=4,sharing_mode=uncap,uncap_weight=200,"
         "lpar_io_pool_ids=none,max_virtual_slots=60," +
         serial_adapters + "," + more +
         ",boot_mode=norm,conn_monitoring=1,auto_start=0,work_group_id=none,redundant_err_path_reporting=0\n";
}

std::string host(const std::string& name, int lpar, int slot, int client, const std::string& targets) {
  return name + "          U9009.42A.7812345-V" + std::to_string(lpar) + "-C" + std::to_string(slot) +
         "                      0x0000000" + std::to_string(client) + "\n\n" + targets;
}
std::string target(const std::string& vtd, const std::string& lun, const std::string& backing, const std::string& place) {
  return "VTD                   " + vtd + "\nStatus                Available\nLUN                   " + lun +
         "\nBacking device        " + backing + "\nPhysloc               " + place + "\nMirrored              false\n\n";
}
const std::string lsmap_head =
    "SVSA            Physloc                                      Client Partition ID\n"
    "--------------- -------------------------------------------- ------------------\n";

// Two systems: one with two Virtual I/O Servers and two clients, one with nothing yet.
Files site() {
  Files files;
  files["sys"] =
      "name=prod-1,type_model=9009-42A,serial_num=7812345,ipaddr=10.1.1.1,state=Operating\n"
      "name=prod-2,type_model=9009-42A,serial_num=7854321,ipaddr=10.1.1.2,state=Operating\n";
  for (const std::string name : {"prod-1", "prod-2"}) {
    files[name + "/mem"] = "configurable_sys_mem=524288,curr_avail_sys_mem=262144,installed_sys_mem=524288,mem_region_size=256\n";
    files[name + "/proc"] = "configurable_sys_proc_units=20.0,curr_avail_sys_proc_units=10.0,installed_sys_proc_units=24.0\n";
  }
  files["prod-2/lpar"] = files["prod-2/prof"] = "No results were found.\n";
  files["prod-1/lpar"] =
      "name=vios1,lpar_id=1,lpar_env=vioserver,state=Running,default_profile=normal,rmc_ipaddr=10.9.0.11,time_ref=1,msp=1\n"
      "name=vios2,lpar_id=2,lpar_env=vioserver,state=Running,default_profile=normal,rmc_ipaddr=10.9.0.12,time_ref=0,msp=1\n"
      "name=db 01,lpar_id=5,lpar_env=aixlinux,state=Running,default_profile=normal,rmc_ipaddr=10.9.0.55,\"description=a "
      "\"\"b\"\", c\"\n"
      "name=old,lpar_id=6,lpar_env=os400,state=Not Activated,default_profile=normal,rmc_ipaddr=\n"
      "name=web,lpar_id=7,lpar_env=aixlinux,state=Not Activated,default_profile=normal,rmc_ipaddr=\n";
  files["prod-1/prof"] =
      profile(
          "normal", "vios1", 1, "vioserver",
          "\"io_slots=21010003/none/1,21010004/none/0\",\"virtual_scsi_adapters=11/server/5/db 01/2/0,12/server/7/web/2/0\","
          "\"virtual_eth_adapters=\"\"3/1/1/20,30/1/1/ETHERNET0\"\"\",\"virtual_fc_adapters=\"\"21/server/5/db 01/4//0\"\"\"") +
      profile("normal", "vios2", 2, "vioserver",
              "io_slots=none,\"virtual_scsi_adapters=11/server/5/db "
              "01/3/0,12/server/9/gone/2/0\",\"virtual_eth_adapters=\"\"3/1/1/20,30/2/1\"\"\"") +
      profile("normal", "db 01", 5, "aixlinux",
              "io_slots=none,\"virtual_scsi_adapters=2/client/1/vios1/11/1,3/client/2/vios2/11/1\",virtual_eth_adapters=5/0/1//0/"
              "0/ETHERNET0,"
              "lpar_proc_compat_mode=POWER10") +
      profile("normal", "web", 7, "aixlinux",
              "io_slots=none,virtual_scsi_adapters=2/client/1/vios1/12/1,virtual_eth_adapters=none") +
      profile("small", "web", 7, "aixlinux", "io_slots=none,virtual_scsi_adapters=none,virtual_eth_adapters=none");
  files["prod-1.eth"] =
      "lpar_name=db 01,lpar_id=5,slot_num=5,state=1,is_required=0,is_trunk=0,ieee_virtual_eth=0,port_vlan_id=1,"
      "vswitch=ETHERNET0,addl_vlan_ids=,mac_addr=FA1234567805\n";
  files["prod-1/vios1.lsmap"] =
      lsmap_head +
      host("vhost0", 1, 11, 5,
           target("db_root", "0x8100000000000000", "hdisk7", "U78D3.001.WZS01-P1-C7-T1-W500507680B1234-L6000000000000") +
               target("vtopt0", "0x8200000000000000", "/var/vio/VMLibrary/cd.iso", "")) +
      host("vhost1", 1, 12, 7, target("web_lv", "0x8100000000000000", "web_lv", ""));
  files["prod-1/vios2.lsmap"] = lsmap_head + host("vhost0", 2, 11, 5,
                                                  target("db_root", "0x8100000000000000", "hdisk3",
                                                         "U78D3.001.WZS01-P1-C6-T1-W500507680B1234-L6000000000000"));
  return files;
}

struct Saved {
  explicit Saved(const Files& files) {
    for (const auto& [name, text] : files) {
      fs::create_directories((folder.path / name).parent_path());
      std::ofstream(folder.path / name, std::ios::binary) << text;
    }
  }
  emu::Result<LabText> made(const std::string& guest = "") const {
    const Site found = TRY(read_folder(folder.path.string()));
    return lab_of(found, {"rehearsal", guest});
  }
  support::Folder folder;
};

std::string complaint(Files files) {
  const auto made = Saved(std::move(files)).made();
  if (!made) CHECK(made.error().code == "import");
  return made ? "" : made.error().text;
}

bool noted(const LabText& made, const std::string& what) {
  const bool told = std::ranges::any_of(made.notes, [&](const std::string& note) { return note.starts_with(what); });
  return told && made.text.find("#   " + what) != std::string::npos;
}

}  // namespace

TEST_CASE("a site's listings become a lab with the same partitions, profiles, adapters and mappings", "[site]") {
  const auto made = Saved(site()).made("nomad");
  REQUIRE(made);
  const auto lab = emu::read_lab_text(made->text, "site.toml");
  if (!lab) FAIL(lab.error().text << "\n" << made->text);
  CHECK(lab->name == "rehearsal");
  REQUIRE(lab->frames.size() == 2);
  const emu::FrameConfig& first = lab->frames[0];
  CHECK(first.mtms() == "9009-42A*7812345");
  CHECK(first.memory_mb == 524288);
  CHECK(first.lmb_mb == 256);
  CHECK(first.processors == 20);
  CHECK(first.inactive_processors == 4);
  CHECK(lab->frames[1].partitions.empty());
  REQUIRE(first.partitions.size() == 4);
  for (const emu::LparDefinition& lpar : first.partitions)
    if (lpar.env != emu::LparEnv::vioserver) CHECK(lpar.starts_with_system() == (lpar.lpar_id == 5));
  const emu::LparDefinition& db = first.partitions[2];
  CHECK(db.name == "db 01");
  CHECK(db.ip_address == "10.9.0.55");
  const emu::Profile& profile = db.profiles.at(0);
  CHECK(profile.desired_proc_units == 35);
  CHECK(profile.uncap_weight == 200);
  CHECK(profile.boot_arguments == "ip=10.9.0.55");
  REQUIRE(profile.adapters.size() == 5);
  CHECK(profile.adapters[2].remote_lpar_name == "vios1");
  CHECK(profile.adapters[2].remote_slot == 11);
  CHECK(profile.adapters[3].remote_lpar_id == 2);
  CHECK(profile.adapters[4].mac_addr == "FA1234567805");
  const emu::LparDefinition& web = first.partitions[3];
  REQUIRE(web.profiles.size() == 2);
  CHECK(web.profiles[1].name == "small");
  CHECK(web.profiles[1].adapters.size() == 2);
  // A disk with two paths, and a logical volume that one server has.
  REQUIRE(lab->luns.size() == 2);
  const emu::ViosConfig &one = first.vioses[0], &two = first.vioses[1];
  REQUIRE(one.mappings.size() == 2);
  CHECK(one.mappings[0].vtd == "db_root");
  CHECK(one.luns == std::vector<std::string>{"db_01_1", "web_1"});
  REQUIRE(two.mappings.size() == 1);
  CHECK(two.mappings[0].lun == one.mappings[0].lun);
  CHECK(two.luns == std::vector<std::string>{"db_01_1"});
  // Both are on one network.
  REQUIRE(lab->segments.size() == 1);
  CHECK(lab->segments[0].network == "10.9.0.0/24");
  CHECK(one.bridges.at(0).segment == two.bridges.at(0).segment);
  // The VASI that no profile shows is in the first free slot.
  CHECK(first.partitions[0].profiles[0].adapters[2].kind == emu::AdapterKind::vasi);
  CHECK(first.partitions[0].profiles[0].adapters[3].addl_vlan_ids == std::vector<u16>{20, 30});
}

TEST_CASE("what a lab cannot have of a site is told and counted", "[site]") {
  const auto made = Saved(site()).made();
  REQUIRE(made);
  for (const std::string what :
       {"virtual_fc_adapters of profiles, not taken over: 1, the first: normal of vios1 of prod-1",
        "io_slots, claimed by name only: their partition cannot move: 2",
        "partitions of os400, left out: 1, the first: old of prod-1", "description of partitions, not taken over: 1",
        "lpar_proc_compat_mode POWER10, which is default here: 1", "virtual optical devices",
        "logical volumes and files, which are LUNs here that their server alone sees: 1",
        "trunk adapters of servers without lsmap -net", "virtual SCSI server adapters whose client is not there"})
    CHECK(noted(*made, what));
  CHECK(made->text.find("auto_start") == std::string::npos);
  CHECK(emu::read_lab_text(made->text, "site.toml"));
}

TEST_CASE("without lsmap each server adapter has a disk, and both paths lead to it", "[site]") {
  Files files = site();
  files.erase("prod-1/vios1.lsmap");
  files.erase("prod-1/vios2.lsmap");
  const auto made = Saved(files).made();
  REQUIRE(made);
  CHECK(noted(*made, "virtual SCSI server adapters of servers without lsmap, with one disk behind each: 3"));
  const auto lab = emu::read_lab_text(made->text, "site.toml");
  REQUIRE(lab);
  CHECK(lab->luns.size() == 2);
}

TEST_CASE("outputs that are missing, broken or somebody else's make no lab", "[site]") {
  const auto without = [](const std::string& name) {
    Files files = site();
    files.erase(name);
    return complaint(files);
  };
  const auto with = [](const std::string& name, const std::string& text) {
    Files files = site();
    files[name] = text;
    return complaint(files);
  };
  const auto has = [](const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos && text.find('\n') == std::string::npos && text.size() < 400;
  };
  CHECK(has(without("sys"), "lssyscfg -r sys"));
  CHECK(has(without("prod-1/lpar"), "There is no output of lssyscfg -r lpar of prod-1."));
  CHECK(has(without("prod-1/prof"), "There is no output of lssyscfg -r prof of prod-1."));
  CHECK(has(without("prod-2/mem"), "There is no output of lshwres -r mem --level sys of prod-2."));
  CHECK(has(without("prod-2/proc"), "There is no output of lshwres -r proc --level sys of prod-2."));
  CHECK(has(with("prod-1/lpar", "HSCL8018 The managed system was not found.\n"), "prod-1/lpar:1"));
  CHECK(has(with("prod-1/prof", "name=\"x\n"), "prod-1/prof:1"));
  CHECK(has(with("notes.txt", "call Ann first\n"), "notes.txt:1"));
  CHECK(has(with("notes.txt", std::string("\0\x1B[2J\xFF\n", 7)), "notes.txt:1"));
  CHECK(has(with("prod-3/more", "lpar_name=a,lpar_id=1,curr_mem=1\n"), "whose listing it is"));
  CHECK(has(with("prod-1-again", site()["prod-1/prof"]), "two listings of lssyscfg -r prof of prod-1"));
  CHECK(has(with("sys2", site()["sys"]), "prod-1 is there twice"));
  CHECK(has(with("prod-1/other", "lpar_name=a,lpar_id=1,colour=red\n"), "none of those"));
  CHECK(has(with("prod-1/mem", "configurable_sys_mem=many,mem_region_size=256\n"), "configurable_sys_mem is no number"));
  CHECK(has(with("prod-1/vios1.lsmap", lsmap_head + "vhost0 nowhere 0x1\n"), "prod-1/vios1.lsmap:3"));
  CHECK(has(with("prod-1/long", std::string(300'000, 'a')), "prod-1/long:1"));
  CHECK(has(with("prod-1/large", std::string((16 << 20) + 1, '\n')), "is too large"));
  std::string ids = site()["prod-1/lpar"];
  CHECK(has(with("prod-1/lpar", ids + ids), "partition 1 is there twice"));
  const std::string prof = site()["prod-1/prof"];
  for (const auto& [what, instead] :
       {std::pair{"desired_mem=4096", "desired_mem=-1"}, std::pair{"min_proc_units=0.1", "min_proc_units=1.2.3"},
        std::pair{"11/server/5/db 01/2/0", "11/server"}, std::pair{"5/0/1//0/0/ETHERNET0", "5/0/99999//0/0"},
        std::pair{"max_virtual_slots=60", "max_virtual_slots="}}) {
    std::string changed = prof;
    changed.replace(changed.find(what), std::string(what).size(), instead);
    CHECK(has(with("prod-1/prof", changed), "is not as lssyscfg -r prof has it"));
  }
}

TEST_CASE("a site of any shape is refused or made into a lab, and ends nothing", "[site][hostile]") {
  const Files whole = site();
  u32 random = 1;
  const auto next = [&](size_t below) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % below;
  };
  for (int round = 0; round < 60; ++round) {
    Files files = whole;
    for (int change = 0; change < 3; ++change) {
      auto file = files.begin();
      std::advance(file, static_cast<std::ptrdiff_t>(next(files.size())));
      std::string& text = file->second;
      if (text.empty()) continue;
      const size_t at = next(text.size());
      switch (next(3)) {
        case 0:
          text[at] = "0,/\"=\n-"[next(7)];
          break;
        case 1:
          text.erase(at, next(12));
          break;
        default:
          text.insert(at, text.substr(next(text.size()), next(40)));
      }
    }
    const auto made = Saved(files).made("nomad");
    if (made) (void)emu::read_lab_text(made->text, "site.toml");
  }
}
