// SPDX-License-Identifier: GPL-2.0-or-later
// What commands print is held against approved texts.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/padmin.h"
#include "vios/backends/virtual_ethernet.h"

#include <algorithm>

#include <fmt/format.h>

using namespace test;

TEST_CASE("listing devices", "[vios][cli]") {
  Padmin padmin;
  for (const char* line : {"ioslevel",
                           "ioscli ioslevel",
                           "lsdev",
                           "lsdev -virtual",
                           "lsdev -type disk",
                           "lsdev -type adapter -field name physloc",
                           "lsdev -slots",
                           "lsdev -dev hdisk1 -attr",
                           "lsdev -dev hdisk1 -attr reserve_policy",
                           "lsdev -dev vioslpm0 -attr",
                           "lsdev -dev ent2 -attr",
                           "lsdev -dev vhost0 -child",
                           "lsdev -dev vtscsi0 -parent",
                           "lsdev -type disk -fmt : -field name status",
                           "lsdev -dev nobody",
                           "lsdev -type spaceship",
                           "lsdev -x",
                           "lsdev -vpd",
                           "lsdev -dev hdisk1 -vpd",
                           "lsdev -type ent4sea vent4sea -field NAME Description",
                           "lsdev -state defined",
                           "lsdev -plc U9117.MMA.10DD4AC-V1-C10",
                           "lsdev -plc U9117.MMA.10DD4AC-V1-C10 -child",
                           "lsdev -plc U1",
                           "lsdev -dev vhost0 -slot",
                           "lsdev -dev hdisk1 -slot",
                           "lsdev -dev hdisk1 -range reserve_policy",
                           "lsdev -dev hdisk1 -range queue_depth",
                           "lsdev -dev hdisk1 -range pvid",
                           "lsdev -dev hdisk1 -range colour",
                           "lsdev -dev rootvg -attr vgserial_id",
                           "lsdev -attr",
                           "lsdev -dev hdisk1 -type disk",
                           "lsdev stray"})
    padmin.run(line);
  approve("lsdev", padmin.transcript);
}

TEST_CASE("listing mappings", "[vios][cli]") {
  Padmin padmin;
  (void)padmin.partition.add_adapter(scsi_server(12, 4, 2));
  padmin.run("cfgdev");
  for (const char* line : {"lsmap -all",
                           "lsmap -vadapter vhost0",
                           "lsmap -all -fmt ,",
                           "lsmap -all -field svsa backing -fmt :",
                           "lsmap -vadapter vhost0 -field vtd lun",
                           "lsmap -all -net",
                           "lsmap -all -net -fmt ,",
                           "lsmap -all -npiv",
                           "lsmap -all -type lv",
                           "lsmap",
                           "lsmap -vadapter vhost9",
                           "lsmap -all -field colour",
                           "lsmap -vadapter vhost0 -field 'Backing device' VTD LUN -fmt :",
                           "lsmap -cpid 4",
                           "lsmap -all -cpid 9",
                           "lsmap -cpid four",
                           "lsmap -plc U9117.MMA.10DD4AC-V1-C10 -fmt ,",
                           "lsmap -plc U1",
                           "lsmap -all -vnic",
                           "lsmap -all -ams -fmt ,",
                           "lsmap -all -suspend",
                           "lsmap -all -npiv -field Name ClntName -fmt :",
                           "lsmap -vadapter vfchost0 -npiv",
                           "lsmap -clustername blue -all",
                           "lsmap -all -net -npiv",
                           "lsmap -all -type colour",
                           "lsmap -all -net -type disk"})
    padmin.run(line);
  approve("lsmap", padmin.transcript);
}

TEST_CASE("listing disks", "[vios][cli]") {
  Padmin padmin;
  for (const char* line :
       {"lspv", "lspv -size", "lspv -free", "lspv -avail", "lspv -size -fmt : -field name pvid size", "lspv -fmt ,",
        "lspv -free -size", "lspv -size hdisk1", "lspv -size nobody", "lspv hdisk1", "lspv -size hdisk1 hdisk2", "lspv hdisk0",
        "lspv -lv hdisk0", "lspv -free hdisk1", "lspv -lv", "lspv -clustername blue -sp pool", "lspv -sp pool"})
    padmin.run(line);
  approve("lspv", padmin.transcript);
}

// Redbook 3.7, example 3-1.
TEST_CASE("root's shell shows the identifiers of disks as AIX has them", "[vios][cli]") {
  Padmin padmin;
  for (const char* line :
       {"oem_setup_env\nodmget -qattribute=unique_id CuAt\nexit\nodmget CuAt",
        "oem_setup_env\nodmget -q \"name=hdisk1 and attribute=pvid\" CuAt", "oem_setup_env\nodmget -q name=nobody CuAt",
        "oem_setup_env\nodmget -q colour=red CuAt", "oem_setup_env\nodmget PdAt", "oem_setup_env\nlsattr -El hdisk1",
        "oem_setup_env\nlsattr -E -l hdisk1 -a pvid -a reserve_policy", "oem_setup_env\nlsattr -El hdisk1 -a colour",
        "oem_setup_env\nlsattr -El hdisk9", "oem_setup_env\nlsattr -l hdisk1",
        "oem_setup_env\nchdev -l hdisk2 -a reserve_policy=single_path -P\nlsattr -El hdisk2 -a reserve_policy",
        "oem_setup_env\nchdev -l hdisk2", "oem_setup_env\nchdev -l \"hdisk2 -perm\" -a queue_depth=5",
        "oem_setup_env\nchdev -l hdisk2 -a \"-perm queue_depth=5\"", "oem_setup_env\nlsdev", "oem_setup_env lsattr",
        "oem_setup_env"})
    padmin.run(line);
  approve("root_shell", padmin.transcript);
}

// Redbook 3.7, step 3.
TEST_CASE("a disk without an identifier backs nothing until it has got one", "[vios][cli]") {
  Padmin padmin;
  padmin.devices.reset();
  vios::Setup setup = setup_of(padmin.folder, "cec1");
  setup.san.luns[1].has_udid = false;
  setup.san.luns[1].pvid = emu::no_pvid;
  padmin.devices = std::move(*vios::Devices::create(padmin.partition, std::move(setup), padmin.clock));
  for (const char* line :
       {"lspv", "lspv -free", "chkdev -dev hdisk2 -verbose", "lsdev -dev hdisk2 -attr unique_id", "lsdev -dev hdisk2 -attr pvid",
        "mkvdev -vdev hdisk2 -vadapter vhost0", "mkvdev -f -vdev hdisk2 -vadapter vhost0", "chdev -dev hdisk2 -attr pv=yes -perm",
        "lspv", "chkdev -dev hdisk2 -verbose", "lspv -free", "mkvdev -vdev hdisk2 -vadapter vhost0", "lsmap -all",
        "chkdev -dev hdisk2", "chdev -dev hdisk2 -attr pv=clear", "rmvdev -vdev hdisk2", "chdev -dev hdisk2 -attr pv=clear",
        "mkvdev -vdev hdisk2 -vadapter vhost0"})
    padmin.run(line);
  approve("identifiers", padmin.transcript);
}

TEST_CASE("making, changing and removing virtual devices", "[vios][cli]") {
  Padmin padmin;
  for (const char* line : {"mkvdev -vdev hdisk2 -vadapter vhost0 -dev mobile_data",
                           "mkvdev -vdev hdisk2 -vadapter vhost0",
                           "mkvdev -vdev hdisk0 -vadapter vhost0",
                           "mkvdev -vdev hdisk7 -vadapter vhost0",
                           "mkvdev -vdev hdisk2",
                           "mkvdev",
                           "mklv -lv paging rootvg 64M",
                           "mkvdev -vdev paging -vadapter vhost0",
                           "lsmap -all",
                           "lsmap -all -type lv -fmt :",
                           "chdev -dev hdisk2 -attr reserve_policy=single_path",
                           "rmvdev -vtd mobile_data",
                           "chdev -dev hdisk2 -attr reserve_policy=single_path",
                           "lsdev -dev hdisk2 -attr reserve_policy",
                           "chdev -dev hdisk2 -attr reserve_policy=maybe",
                           "chdev -dev hdisk2 -attr pv=yes -perm",
                           "chdev -dev hdisk2 -attr colour=red",
                           "chdev -dev nobody -attr a=b",
                           "chdev -dev hdisk2 -attr queue_depth=banana",
                           "chdev -dev hdisk2 -attr queue_depth=300",
                           "chdev -dev hdisk2",
                           "chdev -dev vioslpm0 -attr concurrency_lvl=4",
                           "lsdev -dev vioslpm0 -attr concurrency_lvl",
                           "chdev -dev vioslpm0 -attr concurrency_lvl=9",
                           "chdev -dev ent2 -attr ha_mode=auto",
                           "rmdev -dev vtscsi0 -ucfg",
                           "lsdev -dev vtscsi0",
                           "cfgdev -dev vtscsi0",
                           "lsdev -dev vtscsi0",
                           "rmdev -dev vhost0",
                           "rmdev -dev vhost0 -recursive",
                           "rmdev -dev hdisk0",
                           "rmvdev -vdev hdisk1",
                           "rmdev -dev ent2",
                           "lsmap -all -net",
                           "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1",
                           "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1",
                           "mkvdev -sea ent0 -vadapter ent1"})
    padmin.run(line);
  approve("changes", padmin.transcript);
}

TEST_CASE("all commands know what lsdev lists, and lsdev shows what they have done", "[vios][cli]") {
  Padmin padmin;
  padmin.run("mklv -lv paging rootvg 64M");
  std::vector<std::string> names;
  for (const vios::Device& each : padmin.devices->list()) names.push_back(each.name);
  const std::string before = padmin.run("lsdev -fmt :").output;
  for (const std::string& name : names) {
    INFO(name);
    const auto state = [&] { return padmin.run("lsdev -dev " + name + " -field status -fmt :"); };
    CHECK(padmin.run("lsdev -dev " + name + " -attr").exit_code == 0);
    CHECK(padmin.run("chdev -dev " + name + " -attr colour=red").output.find("0514-018") != std::string::npos);
    const std::string parent = padmin.devices->find(name)->parent;
    CHECK((parent.empty() || padmin.run("lsdev -dev " + parent).exit_code == 0));
    // Its state after -ucfg is Defined, and it is there again after cfgdev, under the same name.
    const auto unconfigured = padmin.run("rmdev -dev " + name + " -ucfg -recursive");
    if (unconfigured.exit_code == 0) {
      CHECK(unconfigured.output.ends_with(name + " Defined\n"));
      CHECK(state().output == "Defined\n");
      CHECK(padmin.run("cfgdev").exit_code == 0);
    } else {
      CHECK(unconfigured.output.find("0514-062") != std::string::npos);
    }
    CHECK(padmin.run("lsdev -fmt :").output == before);
    // After rmdev nobody knows it. What still stands behind it is found again.
    const std::string type = padmin.devices->find(name)->type;
    const auto removed = padmin.run("rmdev -dev " + name + " -recursive");
    if (removed.exit_code) {
      CHECK(removed.output.find("0514-062") != std::string::npos);
      CHECK(state().output.find("not found") == std::string::npos);
      continue;
    }
    CHECK(removed.output.ends_with(name + " deleted\n"));
    for (const std::string line : {"lsdev -dev ", "rmdev -dev ", "cfgdev -dev ", "chdev -attr a=b -dev "})
      CHECK(padmin.run(line + name).exit_code == 1);
    CHECK(padmin.run("lsdev").output.find("\n" + name + " ") == std::string::npos);
    padmin.run("cfgdev");
    if (name == "vhost0") padmin.run("mkvdev -vdev hdisk1 -vadapter vhost0");
    if (type == "vtd") padmin.run("mkvdev -vdev hdisk1 -vadapter vhost0");
    if (type == "sea") padmin.run("mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1");
    CHECK(padmin.run("lsdev -fmt :").output == before);
  }
  const auto known = [&](const std::string& name) { return std::ranges::count(names, name) > 0; };
  for (const char* name : {"vasi0", "vioslpm0", "vsa0", "fcs0", "fscsi0", "hdisk0", "vio0", "en2", "paging"}) CHECK(known(name));
}

TEST_CASE("a device's name holds nothing that would part or end a line", "[vios][cli]") {
  Padmin padmin;
  const std::string before = padmin.run("lsdev -fmt :").output;
  for (const char* name : {"'a,b'", "'a b'", "'a\nb'", "'-x'"}) {
    INFO(name);
    const auto mapped = padmin.run(fmt::format("mkvdev -vdev hdisk2 -vadapter vhost0 -dev {}", name));
    CHECK(mapped.output.find("is not a name") != std::string::npos);
    CHECK(padmin.run(fmt::format("mklv -lv {} rootvg 64M", name)).exit_code == 1);
    CHECK(padmin.run("lsdev -fmt :").output == before);
  }
}

TEST_CASE("what is Defined is not used, and what is used stays", "[vios][cli]") {
  Padmin padmin;
  const auto says = [&](const std::string& line, const std::string& code) {
    const auto output = padmin.run(line);
    return output.exit_code == 1 && output.output.find(code) != std::string::npos;
  };
  CHECK(says("rmdev -dev hdisk0", "0514-062"));  // behind vtscsi0
  CHECK(says("rmdev -dev fcs0 -recursive", "0514-062"));
  CHECK(says("rmdev -dev fcs0", "0514-029"));
  CHECK(says("rmdev -dev vhost0 -ucfg", "0514-029"));
  CHECK(says("rmdev -dev ent0", "0514-062"));  // of ent2
  CHECK(says("rmdev -dev ent1 -ucfg", "0514-062"));
  CHECK(says("rmdev -dev hdisk0", "0514-062"));  // has rootvg
  padmin.run("rmdev -dev hdisk2 -ucfg");
  CHECK(says("mkvdev -vdev hdisk2 -vadapter vhost0", "0514-040"));
  CHECK(padmin.run("lspv -free").output.find("hdisk2") == std::string::npos);
  padmin.run("rmdev -dev ent2 -ucfg");
  CHECK(padmin.run("lsmap -all -net -field sea status -fmt :").output == "ent2:Defined\n");
  CHECK(padmin.devices->describe().bridges.empty());
  padmin.run("rmdev -dev ent0 -ucfg");
  CHECK(says("cfgdev -dev ent2", "0514-040"));
  padmin.run("rmdev -dev vhost0 -recursive -ucfg");
  CHECK(says("cfgdev -dev vtscsi0", "0514-029"));
  CHECK(padmin.devices->describe().hosts.empty());
  padmin.run("rmdev -dev vasi0");
  CHECK(padmin.devices->describe().vasi_slot == 0);
  padmin.run("cfgdev");
  CHECK(padmin.run("lsdev -state Defined -fmt :").output.empty());
  CHECK(padmin.devices->describe().bridges.size() == 1);
  CHECK(padmin.devices->describe().hosts.size() == 1);
  CHECK(padmin.devices->describe().vasi_slot == 2);
  CHECK(padmin.run("mkvdev -vdev hdisk2 -vadapter vhost0").exit_code == 0);
}

TEST_CASE("what a move needs of a server is busy to commands, and nothing else", "[vios][cli]") {
  Padmin padmin;
  const std::string busy = "0514-062 Cannot perform the requested function because the";
  const auto is_busy = [&](const std::string& line) {
    const auto output = padmin.run(line);
    return output.exit_code == 1 && output.output.find(busy) != std::string::npos;
  };
  const char* disk_commands[] = {"rmdev -dev vhost0 -recursive", "rmdev -dev vtscsi0",  "rmdev -dev vtscsi0 -ucfg",
                                 "rmvdev -vtd vtscsi0",          "rmvdev -vdev hdisk1", "mkvdev -vdev hdisk2 -vadapter vhost0"};
  emu::Hold hold;
  hold.vios_id = 1;
  SECTION("the adapter of the partition that moves, and what hangs on it") {
    hold.client_id = 3;
    padmin.partition.held = {hold};
    const std::string before = padmin.run("lsmap -all").output;
    for (const char* line : disk_commands) CHECK(is_busy(line));
    CHECK(padmin.run("lsmap -all").output == before);
  }
  SECTION("a disk that it will have here") {
    hold.disks = {padmin.devices->disk("hdisk2")->lun->udid()};
    padmin.partition.held = {hold};
    CHECK(is_busy("chdev -dev hdisk2 -attr reserve_policy=single_path"));
    CHECK(is_busy("chdev -dev hdisk2 -attr reserve_policy=single_path -perm"));
    CHECK(is_busy("mkvdev -f -vdev hdisk2 -vadapter vhost0"));
    CHECK_FALSE(is_busy("chdev -dev hdisk1 -attr queue_depth=10"));
  }
  SECTION("the network, and the mover's device") {
    hold.vlans = {1};
    hold.mover = true;
    padmin.partition.held = {hold};
    CHECK(is_busy("rmdev -dev ent2"));
    CHECK(is_busy("chdev -dev vioslpm0 -attr concurrency_lvl=4"));
  }
  SECTION("another partition's, on the same server") {
    hold.client_id = 4;
    hold.vlans = {2};
    padmin.partition.held = {hold};
    CHECK_FALSE(is_busy("rmdev -dev ent2"));
    CHECK_FALSE(is_busy("chdev -dev vioslpm0 -attr concurrency_lvl=4"));
    CHECK_FALSE(is_busy("rmdev -dev vhost0 -recursive"));
  }
}

TEST_CASE("the error log", "[vios][cli]") {
  Padmin padmin;
  padmin.run("errlog");
  padmin.devices->errors().record("6CB10B8D", 'I', 'S', "", "Client partition suspend issued");
  padmin.devices->errors().record("3EB09F5A", 'I', 'S', "Migration", "Migration completed successfully");
  padmin.clock.advance(86'400 * emu::nanoseconds_per_second);
  REQUIRE(padmin.devices->ethernet().set_cables(false, ""));
  padmin.clock.advance(120 * emu::nanoseconds_per_second);
  padmin.devices->errors().record("427E17BD", 'P', 'S', "Migration", "Migration aborted: MSP-MSP connection down");
  for (const char* line : {"errlog", "errlog -ls", "errlog -seq 2", "errlog -seq 9", "errlog -rm 1", "errlog"}) padmin.run(line);
  // It is there after a restart, and numbers go on.
  emu::ManualClock clock;
  vios::ErrorLog again(fmt::format("{}/cec1.vios1.errlog", padmin.folder.path()), clock);
  REQUIRE(again.entries().size() == 2);
  again.record("0B41DD00", 'I', 'H', "ent4", "ADAPTER FAILURE");
  CHECK(again.entries().front().sequence == 5);
  for (const char* line : {"errlog -rm 0", "errlog", "errlog -rm soon"}) padmin.run(line);
  approve("errlog", padmin.transcript);
}

TEST_CASE("the license, the names of the system, and what was typed", "[vios][cli]") {
  Padmin padmin;
  padmin.run("license");
  padmin.run("license -view");
  padmin.run("license -accept -lang de_DE");
  padmin.run("license -accept");
  padmin.clock.advance(60 * emu::nanoseconds_per_second);
  padmin.run("license -accept");  // the first time counts
  padmin.restart();
  for (const char* line : {"license", "license -accept -view", "license -lang C", "license please", "hostname", "hostname other",
                           "uname", "uname -a", "uname -L -u -M", "uname -x", "oem_platform_level", "lsgcl"})
    padmin.run(line);
  approve("names", padmin.transcript);
}

TEST_CASE("the command log stays short, and no line of it steers a terminal", "[vios][cli]") {
  Padmin padmin;
  padmin.run("lsdev '\x1b[2J\n'");
  const std::string log = padmin.run("lsgcl").output;
  CHECK(log.find('\x1b') == std::string::npos);
  CHECK(std::ranges::count(log, '\n') == 2);
  for (int i = 0; i < 2000; ++i) padmin.run("help " + std::string(900, 'x'));
  const std::string kept = padmin.run("lsgcl").output;
  CHECK(kept.size() < 300'000);
  CHECK(kept.starts_with("Mar 29 2007, 14:47:00 padmin   help xxx"));
  padmin.restart();
  CHECK(padmin.run("lsgcl").output == kept + "Mar 29 2007, 14:47:00 padmin   lsgcl\n");
}

TEST_CASE("help knows every command, and each has a usage", "[vios][cli]") {
  Padmin padmin;
  padmin.run("help");
  for (const vios::cli::Command* each : vios::cli::commands()) padmin.run(fmt::format("help {}", each->name));
  for (const char* line : {"help nothing", "nosuchcommand", "", "ioscli"}) padmin.run(line);
  approve("help", padmin.transcript);
  CHECK(std::ranges::is_sorted(vios::cli::commands(), {}, [](const auto* each) { return each->name; }));
}
