// SPDX-License-Identifier: GPL-2.0-or-later
// Commands that clients of a console send beside those of partitions and migrations.

#include <fmt/format.h>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/transcript.h"

using namespace world;

namespace {

u64 at(const World& world, u64 seconds_ago) { return world.clock.wall() - seconds_ago * emu::nanoseconds_per_second; }

}  // namespace

TEST_CASE("LEDs, levels of firmware and the master of a system", "[cli][service]") {
  World world;
  world.one.lpars[3].state = emu::LparState::not_activated;
  approved(
      "service_processor",
      transcript(world, {
                            "lsled -m cec1 -r sa -t phys",
                            "lsled -r sa -m cec1 -t virtualsys -F state",
                            "chled -m cec1 -r sa -t virtuallpar -o on -p mobile",
                            "chled -m cec1 -r sa -t phys -o on",
                            "lsled -m cec1 -r sa -t phys",
                            "lsled -m cec1 -r sa -t virtuallpar",
                            "lsled -m cec1 -r sa -t virtuallpar --filter lpar_names=mobile -F state",
                            "chled -m cec1 -r sa -t virtuallpar -o off --id 3",
                            "lsled -m cec1 -r sa -t virtuallpar --filter lpar_ids=3",
                            "chled -m cec1 -r sa -t phys -o blink",
                            "chled -m cec1 -r sa -t phys -o on -p mobile",
                            "chled -m cec1 -r sa -t virtuallpar -o on -p nobody",
                            "lsled -m cec1 -r sa",
                            "chled -m cec1 -r ident -o on",
                            "lsled -m cec1 -r ident",
                            "lsled -m cec2 -r ident",
                            "lslic -m cec1",
                            "lslic -m cec1 -t syspower -F ecnumber,activated_level",
                            "lslic -m cec1 -F activated_spname,activated_level,ecnumber",
                            "lslic -m cec1 -t power",
                            "updlic -o a -m cec1 -t sys -l 40 -r disk",
                            "lslic -m cec1 -t sys -F activated_level,installed_level,accepted_level,platform_ipl_level --header",
                            "updlic -o c -m cec1",
                            "updlic -o i -m cec1 -l EM320_045 -r disk",
                            "lslic -m cec1 -t sys -F activated_level,installed_level,accepted_level,platform_ipl_level",
                            "updlic -o r -m cec1",
                            "updlic -o r -m cec1",
                            "lslic -m cec1 -t sys -F activated_level,installed_level,accepted_level,platform_ipl_level",
                            "updlic -o a -m cec1 -l 01EM330_050 -r disk",
                            "updlic -o u -m cec1 -l 50 -r disk",
                            "updlic -o u -m cec1 -l 01EM330_050 -r disk",
                            "lslic -m cec1 -F ecnumber,installed_level,perm_ecnumber_primary,perm_level_primary",
                            "updlic -o a -m cec1 -l latest -r disk",
                            "updlic -o a -m cec1 -l latest -r ftp -h nim -u root --passwd secret -d /fw",
                            "updlic -o a -m cec1 -l forty -r disk",
                            "updlic -o o -m cec1",
                            "updlic -o c -m cec1",
                            "lslic -m cec1 -F update_control_primary",
                            "updlic -o h -m cec1",
                            "lscomgmt -m cec1",
                            "chcomgmt -m cec1 -o relmaster",
                            "chcomgmt -m cec1 -o setmaster -t norm --terms agree",
                            "lscomgmt -m cec1",
                            "chcomgmt -m cec1 -o setmaster -t norm --terms disagree",
                            "chcomgmt -m cec1 -o relcontroller",
                            "lscomgmt -m cec1 -F is_master,curr_master_mtms",
                            "lscomgmt",
                        }));
}

TEST_CASE("a level that starts the system anew waits until its partitions are down", "[cli][service]") {
  World world;
  CHECK(world.hmc("updlic -o a -m cec1 -l 40 -r disk").code == 0);
  CHECK(world.hmc("updlic -o d -m cec1").text.find("HSCLF0AA") == 0);
  CHECK(world.one.info.power == emu::SystemPower::operating);
  world.one.lpars[3].state = emu::LparState::not_activated;
  world.requests.clear();
  CHECK(world.hmc("updlic -o d -m cec1").code == 0);
  CHECK(world.requests == std::vector<std::string>{"cec1 PowerSystem", "cec1 PowerSystem"});
  CHECK(world.one.info.power == emu::SystemPower::operating);
}

TEST_CASE("the console is updated within its version, and forwards", "[cli][release]") {
  World world;
  world.release = emu::ConsoleRelease::v7r3_1;
  world.start_console();
  world.files = {{"V7R3.2", "V7R3.2\n"}, {"V7R7.9", " V7R7.9"}, {"V10", "V10R3 1060\n"}, {"other", "MH01234"}, {"empty", ""}};
  approved("updhmc", transcript(world, {
                                           "migrlpar -o v -m cec1 -t cec2 -p mobile",
                                           "updhmc",
                                           "updhmc -t disk",
                                           "updhmc -t tape -f V7R3.2",
                                           "updhmc -t s -h ftp.example.com -u anonymous -p ftp -f V7R3.2",
                                           "updhmc -t disk -f V7R3.2 -u me",
                                           "updhmc -t disk -f other",
                                           "updhmc -t disk -f empty",
                                           "updhmc -t disk -f nosuch",
                                           "updhmc -t disk -f V10 -r",
                                           "updhmc -t disk -f V7R3.2",
                                           "lshmc -v",
                                           "updhmc -t disk -f V7R3.2 -r",
                                           "lshmc -V",
                                           "updhmc -t disk -f V7R3.2 -r",
                                           "updhmc -t disk -f V7R7.9",
                                       }));
  world.start_console();
  CHECK(world.hmc("lshmc -V -F base_version").text == "V7R7.9.0\n");
}

TEST_CASE("two consoles that change a system's LEDs at once both change them", "[cli][service]") {
  World world;
  bool between = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (!std::holds_alternative<service::WriteServiceState>(request) || std::exchange(between, true)) return;
    frame.service_state.identify = true;  // another console was faster
  };
  CHECK(world.hmc("chled -m cec1 -r sa -t phys -o on").code == 0);
  CHECK(world.one.service_state.identify);
  CHECK(world.one.service_state.attention);
}

TEST_CASE("lpar_netboot", "[cli][netboot]") {
  World world;
  auto more = world.one.lpars[3].adapters[2];
  more.slot = 6;
  more.port_vlan_id = 7;
  more.mac_addr = "0A00000000F3";
  world.one.lpars[3].adapters.push_back(more);
  world.one.vioses[1].bridges[0].vlans = {1};
  const std::string test = "-D -s auto -d auto -G 10.0.2.2 -C 10.0.2.15 ";
  approved("lpar_netboot",
           transcript(world,
                      {
                          "lpar_netboot -M -n -t ent mobile normal cec1",
                          "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F state",
                          "lpar_netboot -A -M -n -f -t ent " + test + "-S 10.0.2.2 -K 255.255.255.0 mobile small cec1",
                          "lpar_netboot -M -n -v -x -t ent " + test + "-S 10.0.2.99 mobile normal cec1",
                          "lpar_netboot -M -n -t ent " + test + "-S 10.0.2.2 -V 7 -Y 0 mobile normal cec1",
                          "lpar_netboot -f -t ent -m 0a0000000003 " + test + "-S 10.0.2.2 -K 255.255.255.0 mobile normal cec1",
                          "lpar_netboot -v -f -t ent -l U9117.MMA.10DD4AC-V3-C6-T1 -s auto -d auto -g ip=10.0.2.15 mobile normal "
                          "cec1",
                          "lpar_netboot -f -A -t ent " + test + "-S 10.0.2.2 -B images/nomad.elf -y 2 -z 3 mobile normal cec1",
                          "lpar_netboot -f -t ent " + test + "-S 10.0.2.99 mobile normal cec1",
                          "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F state",
                          "lpar_netboot -t ent -m 42DAB -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -l U9117.MMA.10DD4AC-V3-C9-T1 -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -l U -m 0a0000000003 -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -A -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -a -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -a -B nomad.elf -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -y 0 -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent -S 10.0.2.2 -s auto -d auto mobile normal cec1",
                          "lpar_netboot -t ent mobile normal cec1",
                          "lpar_netboot -n -t ent -m 0a0000000003 mobile normal cec1",
                          "lpar_netboot -M -n -t ent mobile normal",
                          "lpar_netboot -M -n -t hfi-ent mobile normal cec1",
                          "lpar_netboot -M -t ent mobile normal cec1",
                          "lpar_netboot -M -n -t ent -D mobile normal cec1",
                          "lpar_netboot -M -n -t ent -D -s auto -d auto -S nim -G 10.0.2.2 -C 10.0.2.15 mobile normal cec1",
                          "lpar_netboot -M -n -t ent -D -s auto -d auto -S 10.0.2.2 -G 224.0.0.1 -C 10.0.2.15 mobile normal cec1",
                          "lpar_netboot -M -n -t ent " + test + "-S 10.0.2.2 -K 255.0.255.0 mobile normal cec1",
                          "lpar_netboot -M -n -t ent nobody normal cec1",
                          "lpar_netboot -M -n -t ent mobile nothing cec1",
                          "lpar_netboot -M -n -t ent mobile normal cec9",
                          "lpar_netboot -M -n -t ent S1_VIOS1 default cec1",
                      }));
  REQUIRE(world.one.netboots.size() == 3);
  CHECK(world.one.netboots[0].network.server == "10.0.2.2");
  CHECK(world.one.netboots[0].network.mask == "255.255.255.0");
  CHECK(world.one.netboots[1].network.slot == 6);
  CHECK(world.one.netboots[1].network.client.empty());
  CHECK(world.one.netboots[1].arguments == "ip=10.0.2.15");
  CHECK(world.one.netboots[2].network.slot == 2);
  CHECK(world.one.netboots[2].file == "images/nomad.elf");
  CHECK(world.one.netboots[2].bootp_retries == 2);
  CHECK(world.one.netboots[2].tftp_retries == 3);
  world.one.vterms[3] = 7;
  CHECK(world.hmc("lpar_netboot -M -n -t ent mobile normal cec1").text.find("HSCLF0A1") != std::string::npos);
  CHECK(world.hmc("lpar_netboot -M -n -f -t ent mobile normal cec1").code == 0);
  CHECK(world.one.vterms.empty());
}

TEST_CASE("a boot from the network that fails leaves the partition at Open Firmware", "[cli][netboot]") {
  World world;
  const std::string boot = "lpar_netboot -v -f -t ent -D -s auto -d auto -G 10.0.2.2 -C 10.0.2.15 -S 10.0.2.2 mobile normal cec1";
  const std::string state = "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F state";
  world.one.netboot = {service::NetworkBootPhase::failed, "BA010004", "No server has answered BOOTP."};
  std::string text = transcript(world, {boot, state});
  world.one.netboot = {service::NetworkBootPhase::failed, "BA010005", "The server refuses the file a: There is no such file."};
  text += transcript(world, {boot, state});
  world.one.netboot = {};
  text += transcript(world, {boot});
  approved("lpar_netboot_fails", text);
}

TEST_CASE("profile data is backed up, and comes back as far as it is asked for", "[cli][profdata]") {
  World world;
  const auto names = [&] { return world.hmc("lssyscfg -r prof -m cec1 --filter lpar_names=mobile -F name").text; };
  REQUIRE(world.hmc("bkprofdata -m cec1 -f before").code == 0);
  CHECK(world.hmc("bkprofdata -m cec1 -f before").text.find("HSCLF0B0") == 0);
  CHECK(world.hmc("bkprofdata -m cec1 -f /var/hsc/profiles/10DD4AC/before --force").code == 0);
  CHECK(world.hmc("bkprofdata -m cec1 -f /tmp/before").text.find("HSCLF0AE") == 0);
  CHECK(world.hmc("bkprofdata -m cec1").code == 1);

  // The console's process dies: what it has backed up is there.
  world.start_console();
  auto& profiles = world.one.lpars[3].definition.profiles;
  std::erase_if(profiles, [](const emu::Profile& each) { return each.name == "small"; });
  profiles[0].desired_mem = 64;
  emu::Profile later = profiles[0];
  later.name = "later";
  profiles.push_back(later);
  const auto current = world.one.lpars[3].definition.current;

  SECTION("what conflicts is as it is now") {
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 3 -f before").code == 0);
    CHECK(names() == "normal\nlater\nsmall\n");
    CHECK(profiles[0].desired_mem == 64);
  }
  SECTION("what conflicts is as in the backup") {
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 2 -f before").code == 0);
    CHECK(names() == "normal\nlater\nsmall\n");
    CHECK(profiles[0].desired_mem == 128);
  }
  SECTION("all is as in the backup, and what runs goes on with what it has") {
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 1 -f before").code == 0);
    CHECK(names() == "normal\nsmall\n");
    CHECK(profiles[0].desired_mem == 128);
    CHECK(world.one.lpars[3].definition.current == current);
  }
  SECTION("a partition that is new goes, unless it runs") {
    world.one.lpars[4] = world.one.lpars[3];
    world.one.lpars[4].definition.lpar_id = 4;
    world.one.lpars[4].definition.uuid = "NEW";
    world.one.lpars[4].definition.name = "fresh";
    world.requests.clear();
    CHECK(world.hmc("rstprofdata -m cec1 -l 1 -f before").text.find("HSCLF0B3") == 0);
    CHECK(world.requests.empty());
    world.one.lpars[4].state = emu::LparState::not_activated;
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 1 -f before").code == 0);
    CHECK_FALSE(world.one.lpars.contains(4));
  }
  SECTION("a partition that is gone is there again, without what it had") {
    world.one.lpars.erase(3);
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 2 -f before").code == 0);
    CHECK(world.one.lpars[3].definition.name == "mobile");
    CHECK_FALSE(world.one.lpars[3].definition.current);
  }
  SECTION("a partition that has moved is not there twice") {
    world.two.lpars[3] = world.one.lpars[3];
    world.one.lpars.erase(3);
    world.requests.clear();
    CHECK(world.hmc("rstprofdata -m cec1 -l 1 -f before").text.find("HSCLF0B1") == 0);
    CHECK(world.requests.empty());
  }
  SECTION("initialized, nothing is left") {
    CHECK(world.hmc("rstprofdata -m cec1 -l 4").text.find("HSCLF0B3") == 0);
    for (auto& [id, lpar] : world.one.lpars) lpar.state = emu::LparState::not_activated;
    CHECK(world.hmc("rstprofdata -m cec1 -l 4 -f before").code == 1);
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 4").code == 0);
    CHECK(world.one.lpars.empty());
    REQUIRE(world.hmc("rstprofdata -m cec1 -l 1 -f before").code == 0);
    CHECK(world.one.lpars.size() == 3);
  }
  SECTION("a backup is of one system, and can be removed") {
    CHECK(world.hmc("rstprofdata -m cec2 -l 1 -f before").text.find("HSCLF0AD") == 0);
    CHECK(world.hmc("rstprofdata -m cec1 -l 5 -f before").code == 1);
    CHECK(world.hmc("rmprofdata -m cec1 -f before").code == 0);
    CHECK(world.hmc("rmprofdata -m cec1 -f before").text.find("HSCLF0AD") == 0);
    CHECK(world.hmc("rstprofdata -m cec1 -l 1 -f before").text.find("HSCLF0AD") == 0);
  }
}

TEST_CASE("a backup of a Virtual I/O Server gives it back its virtual target devices", "[cli][viosbk]") {
  World world;
  CHECK(world.hmc("lsviosbk").text == "No results were found.\n");
  REQUIRE(world.hmc("mkviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f monday").code == 0);
  CHECK(world.hmc("mkviosbk -t viosioconfig -m cec1 --id 1 -f monday").text.find("HSCLF0B9") == 0);
  CHECK(world.hmc("mkviosbk -t vios -m cec1 --id 1 -f all").text.find("HSCLF0B8") == 0);
  CHECK(world.hmc("mkviosbk -t viosioconfig -m cec1 -p mobile -f monday").text.find("HSCLF015") == 0);
  world.start_console();
  CHECK(world.hmc("lsviosbk --filter vios_uuids=VIOS-S1_VIOS1 -F name,type --header").text ==
        "name,type\nmonday.tar.gz,viosioconfig\n");
  CHECK(world.hmc("lsviosbk --filter vios_names=S1_VIOS2 -F name,type").text == "No results were found.\n");
  CHECK(world.hmc("lsviosbk --filter colour=red").code == 1);

  // Nothing is missing.
  CHECK(world.hmc("rstviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f monday").code == 0);
  CHECK(world.one.made_devices.empty());
  // The device is gone, and its disk has another name meanwhile.
  world.one.vioses[1].hosts[0].targets.clear();
  for (auto& disk : world.one.vioses[1].disks)
    if (disk.udid == "UDID-ROOT") disk.name = "hdisk7";
  CHECK(world.hmc("rstviosbk -t viosioconfig -m cec1 --uuid VIOS-S1_VIOS1 -f monday.tar.gz").code == 0);
  CHECK(world.one.made_devices == std::vector<std::string>{"mkvdev -vdev hdisk7 -vadapter vhost0 -dev vtscsi0"});
  world.one.vioses[1].hosts.clear();
  CHECK(world.hmc("rstviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f monday").text.find("HSCLF0BA") == 0);
  CHECK(world.hmc("rstviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f tuesday").text.find("HSCLF0B7") == 0);
  CHECK(world.hmc("rmviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f monday").code == 0);
  CHECK(world.hmc("lsviosbk").text == "No results were found.\n");
}

TEST_CASE("an error that a partition shows is an event until somebody closes it", "[cli][events]") {
  World world;
  CHECK(world.hmc("lssvcevents -t hardware").text == "No results were found.\n");
  auto& codes = world.one.refcodes[3];
  codes.push_back({at(world, 100), "C2001010", ""});
  codes.push_back({at(world, 90), "B2001130", ""});
  codes.push_back({at(world, 80), "BA210000", ""});
  world.one.error_log =
      "---------------------------------------------------------------------------\n"
      "LABEL:          SC_DISK_ERR\nIDENTIFIER:     DCB47997\n\nDate/Time:       Thu Mar 15 23:00:00 2007\nClass:           "
      "Hardware\nType:            PERM\nResource Name:   hdisk1\n\nDescription\nDISK OPERATION ERROR\n\n"
      "---------------------------------------------------------------------------\n"
      "LABEL:          CLIENT_FAILURE\nIDENTIFIER:     B70A3C51\n\nDate/Time:       Thu Mar 15 23:00:00 2007\nClass:           "
      "Software\nType:            PERM\nResource Name:   vhost0\n\nDescription\nClient\n\n";
  world.two.error_log = "";
  const std::string brief = "lssvcevents -t hardware -F problem_num,refcode,status,lpar_name,duplicate_count,text";
  const std::string disk = "1,DCB47997,Open,S1_VIOS1,0,DISK OPERATION ERROR\n";
  CHECK(world.hmc(brief + " --filter status=open").text.find(disk) != std::string::npos);
  const std::string firmware = ",BA210000,Open,mobile,0,Platform firmware (0x83) reported an error.\n";
  CHECK(world.hmc(brief).text.find(firmware) != std::string::npos);
  CHECK(world.hmc(brief + " -m cec2").text == "No results were found.\n");
  CHECK(world.hmc(brief + " --filter refcodes=BA210000 -i 1").text == "No results were found.\n");
  // Asked again, nothing is new; seen again, it is a duplicate.
  const std::string before = world.hmc(brief).text;
  CHECK(world.hmc(brief).text == before);
  codes.push_back({at(world, 5), "BA210000", ""});
  CHECK(world.hmc(brief + " --filter refcodes=BA210000").text.find("Open,mobile,1,") != std::string::npos);

  world.one.service_state.attention = true;
  world.one.service_state.lpar_attention = {3};
  const std::string number = world.hmc("lssvcevents -t hardware --filter refcodes=BA210000 -F problem_num").text;
  const std::string close = "chsvcevent -o close -h hmc -p " + number.substr(0, number.size() - 1);
  CHECK(world.hmc(close + " -c repaired").code == 0);
  CHECK(world.hmc(close).text.find("HSCLF0BD") == 0);
  CHECK(world.one.service_state.lpar_attention.empty());
  CHECK(world.one.service_state.attention);  // the disk's event is open still
  CHECK(world.hmc(brief + " --filter status=closed").text.find("BA210000,Closed") != std::string::npos);
  CHECK(world.hmc("chsvcevent -o closeall").code == 0);
  CHECK_FALSE(world.one.service_state.attention);
  world.start_console();
  CHECK(world.hmc("lssvcevents -t hardware --filter status=Open").text == "No results were found.\n");
  // A new one after it was closed is an event of its own.
  codes.push_back({at(world, 1), "BA210000", ""});
  CHECK(world.hmc("lssvcevents -t hardware --filter status=Open -F refcode,duplicate_count").text == "BA210000,0\n");
  CHECK(world.hmc("chsvcevent -o close -h hmc -p 99").text.find("HSCLF0BC") == 0);
  CHECK(world.hmc("chsvcevent -o close -h other -p 1").code == 1);
  CHECK(world.hmc("lssvcevents -t hardware --filter colour=red").code == 1);
}

TEST_CASE("a partition that fails is an event though nobody asks", "[cli][events]") {
  World world;
  CHECK(world.hmc("lssyscfg -r sys -F name").code == 0);  // the console knows its systems
  auto& mobile = world.one.lpars[3];
  mobile.state = emu::LparState::error;
  mobile.refcode = {world.clock.wall(), "B7000103", ""};
  mobile.trouble = "The operating system gave up.";
  world.console->heartbeat();
  mobile.state = emu::LparState::not_activated;
  mobile.refcode = {};
  CHECK(world.hmc("lssvcevents -t hardware -F refcode,lpar_name,text").text == "B7000103,mobile,The operating system gave up.\n");
}

TEST_CASE("what clients list", "[cli]") {
  World world;
  world.one.lpars[2].has_resources = false;
  world.one.lpars[1].definition.current->adapters[3].addl_vlan_ids = {5, 6};
  world.one.lpars[1].adapters[3].addl_vlan_ids = {5, 6};
  world.one.info.virtual_procs = 3;
  approved(
      "for_clients",
      transcript(world, {
                            "lsmemopt -m cec1 -r lpar -o currscore",
                            "lsmemopt -m cec1 -r lpar -o currscore --filter lpar_names=mobile",
                            "lsmemopt -m cec1 -r lpar -o calcscore --filter lpar_names=mobile",
                            "lsmemopt -m cec1 -r sys -o currscore",
                            "lsmemopt -m cec1 -r sys -o calcscore -p mobile -x S1_VIOS1,S1_VIOS2",
                            "lsmemopt -m cec1 -r sys -o calcscore -p nobody",
                            "lsmemopt -m cec1 -r resgroup -o currscore --gid all",
                            "lsmemopt -m cec1",
                            "lshmcldap -r config",
                            "lshmcldap -r user --filter names=x",
                            "lshmcldap -r colour",
                            "lssyscfg -r frame -F name,serial_num",
                            "lssyscfg -r cage -e rack",
                            "lssyscfg -r lpar -e rack",
                            "lssysconn -r hmc",
                            "lssysconn -r frame",
                            "lshmc -V -F base_version",
                            "lshmc -V -F --header",
                            "lshmc -V -F colour",
                            "lshmc -v -F vpd",
                            "lshmc -r",
                            "lshmc -l",
                            "lshmc -h",
                            "lshmc --netroute",
                            "lshmc -V -v",
                            "lsrefcode -r lpar -m cec1 --filter lpar_names=mobile -F refcode,word2,word3,word9",
                            "lshwres -r virtualio --rsubtype vnetwork -m cec1",
                            "lshwres -r virtualio --rsubtype vnetwork -m cec1 --filter vlans=5 -F vnetwork",
                            "lshwres -r virtualio --rsubtype eth --level lpar -m cec1 --filter vlans=6 -F lpar_name,slot_num",
                            "lshwres -r virtualio --rsubtype eth --level lpar -m cec1 --filter vlans=77 -F lpar_name",
                            "lshwres -r virtualio --rsubtype scsi --level lpar -m cec1 --filter vlans=6",
                            "lshwres -r virtualio --rsubtype vswitch -m cec1 --filter vswitches=other",
                            "lshwres -r proc -m cec1 --level sys -F curr_sys_virtual_procs",
                            "lslparutil -r config",
                            "lslparutil -r lpar -m cec1 -n 1",
                            "chlparutil -r config -m cec1 -s 60",
                            "lslparutil -r config -m cec1 -F sample_rate",
                            "chlparutil -r config -s 7",
                            "lslparutil -r all -n 2 -m cec1 -F time --filter event_types=utility_cod_proc_usage",
                            "lslparutil -r lpar -m cec1 -F colour",
                            "lslparutil -r lpar -m cec1 --startmonth 2",
                            "pedbg -c",
                            "monhmc -r colour -n 0",
                        }));
  CHECK(world.hmc("monhmc -r mem -n 0").text.starts_with("Mem:  "));
  CHECK(world.hmc("monhmc -r disk -n 0").text.find("\n/dev/") != std::string::npos);
  CHECK(world.hmc("monhmc -r proc -n 0").text.starts_with("Cpu0  : "));
  CHECK(world.hmc("pedbg -c -q 4").text.find("cec1 9117-MMA*10DD4AC Operating") != std::string::npos);
}
