// SPDX-License-Identifier: GPL-2.0-or-later
// Volume groups on disks of the SAN, which come and go.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"
#include "vios/cli/table.h"
#include "vios/devices.h"

#include <algorithm>
#include <filesystem>

namespace {

using namespace test;

// A server without a thread that sees one LUN of 64 MiB, hdisk1, and one of 96, hdisk2.
struct Server {
  Server() {
    setup.config.mappings.clear();
    setup.san.luns[0].size_mb = 64;
    setup.san.luns[1].size_mb = 96;
    restart();
  }
  void restart() {
    devices.reset();
    devices = std::move(*vios::Devices::create(partition, setup, clock));
  }
  void see(const std::vector<std::string>& names) {
    setup.san.seen = names;
    REQUIRE(devices->follow(setup.san));
  }
  // As `twinframe san remove` does it: hidden first.
  void remove(const std::string& name) {
    std::erase(setup.san.seen, name);
    std::erase_if(setup.san.luns, [&](const emu::LunConfig& each) { return each.name == name; });
    REQUIRE(devices->follow(setup.san));
    std::error_code failed;
    std::filesystem::remove(image(name), failed);
    REQUIRE(!failed);
  }
  void create(const std::string& name, u64 size_mb) {
    emu::LunConfig lun;
    lun.name = name;
    lun.size_mb = size_mb;
    lun.udid = "udid_of_" + name;
    setup.san.luns.push_back(lun);
    setup.san.seen.push_back(name);
    REQUIRE(devices->follow(setup.san));
    CHECK(code("cfgdev") == 0);
  }
  std::string image(const std::string& name) const { return folder.path() + "/luns/" + name + ".img"; }
  int code(const std::string& line) { return vios::cli::run(line, *devices).exit_code; }
  std::string text(const std::string& line) { return vios::cli::run(line, *devices).output; }
  bool says(const std::string& line, const std::string& part) { return text(line).find(part) != std::string::npos; }
  bool answers(const std::string& name) const { return devices->any_disk(name)->lun->online(); }

  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  emu::ManualClock clock;
  vios::Setup setup = setup_of(folder, "cec1");
  std::unique_ptr<vios::Devices> devices;
};

}  // namespace

TEST_CASE("volumes answer nothing while a disk that they lie on is hidden", "[vios][san]") {
  Server server;
  CHECK(server.code("mkvg -vg clients hdisk1 hdisk2") == 0);
  CHECK(server.code("mklv -lv near clients 20M") == 0);
  CHECK(server.code("mklv -lv both clients 80M") == 0);
  CHECK(server.code("mksp -fb files -sp clients -size 16M") == 0);
  CHECK(server.code("mkbdsp -sp files 4M -bd boot") == 0);
  const std::string file = "/var/vio/storagepools/files/boot";
  server.see({"data1"});
  CHECK(server.answers("near"));
  CHECK_FALSE(server.answers("both"));
  CHECK_FALSE(server.answers(file));
  CHECK(server.says("lsvg -pv clients -field pv_name pvstate -fmt :", "hdisk2:missing"));
  CHECK(server.says("lsvg clients -field totalpvs actpvs -fmt :", "2:1"));
  CHECK(server.says("lspv hdisk2 -field pvstate", "missing"));
  CHECK(server.says("mklv -lv more clients 4M", "0516-404"));  // it would lie there
  server.restart();
  CHECK(server.answers("near"));
  CHECK_FALSE(server.answers("both"));
  CHECK_FALSE(server.answers(file));
  server.see({"data1", "data2"});
  CHECK(server.answers("both"));
  CHECK(server.answers(file));
  CHECK(server.code("mklv -lv more clients 4M") == 0);
  server.setup.san.offline = {"data2"};
  server.see({"data1", "data2"});
  CHECK_FALSE(server.answers(file));
}

TEST_CASE("no other disk takes the place of one that a volume group has lost", "[vios][san]") {
  Server server;
  CHECK(server.code("mkvg -vg clients hdisk2") == 0);
  CHECK(server.code("mklv -lv data clients 20M") == 0);
  server.remove("data2");
  server.restart();
  CHECK_FALSE(server.answers("data"));
  CHECK(server.says("lsdev -dev hdisk2 -field status", "Defined"));
  CHECK(server.says("lsvg -pv clients -field pv_name pvstate totalpps -fmt :", "hdisk2:missing:23"));
  CHECK(server.says("lsvg -lv clients -field lvname pvs -fmt :", "data:1"));
  server.create("data3", 96);
  CHECK(server.says("lspv", "hdisk3"));
  CHECK(server.says("lsdev -dev hdisk2 -field status", "Defined"));
  CHECK(server.code("mklv -lv hdisk2 rootvg 64M") == 1);
  CHECK(server.code("rmdev -dev hdisk2") == 1);
  CHECK(server.code("mkvdev -vdev hdisk2 -vadapter vhost0") == 1);
  // It ends as any other does.
  CHECK(server.code("reducevg clients hdisk2") == 1);
  CHECK(server.says("rmlv data", "on physical volume hdisk2 will be destroyed"));
  CHECK(server.code("rmlv -f data") == 0);
  CHECK(server.code("reducevg clients hdisk2") == 0);
  CHECK_FALSE(server.says("lsdev", "hdisk2"));
  server.create("data4", 96);
  CHECK(server.says("lspv", "hdisk2"));
}

TEST_CASE("a volume group's partitions keep their size", "[vios][san]") {
  Server server;
  CHECK(server.code("mkvg -vg clients hdisk1") == 0);
  CHECK(server.code("mklv -lv data clients 60M") == 0);
  server.create("large", 8192);
  CHECK(server.says("extendvg clients hdisk3", "0516-1162"));
  CHECK(server.says("lsvg clients -field ppsize usedpps freepps -fmt :", "4 megabyte(s):15 (60 megabytes):0 (0 megabytes)"));
  CHECK(server.code("extendvg clients hdisk2") == 0);
  // Neither does a disk that grows change them.
  std::error_code failed;
  std::filesystem::resize_file(server.image("data2"), 16384 * MiB, failed);
  REQUIRE(!failed);
  CHECK(server.code("cfgdev") == 0);
  CHECK(server.says("lsvg clients -field ppsize totalpps -fmt :", "4 megabyte(s):1030"));
  CHECK(server.code("mkvg -vg others hdisk3") == 0);
  CHECK(server.says("lsvg others -field ppsize -fmt :", "16 megabyte(s)"));
}

TEST_CASE("only a disk that is Available joins a volume group", "[vios][san]") {
  Server server;
  CHECK(server.code("rmdev -dev hdisk1 -ucfg") == 0);
  CHECK(server.code("mkvg -vg clients hdisk1") == 1);
  CHECK(server.code("cfgdev") == 0);
  CHECK(server.code("mkvg -vg clients hdisk1") == 0);
}

TEST_CASE("a volume never takes another disk's file", "[vios][san]") {
  Server server;
  const auto bytes = [&](const std::string& name) {
    std::error_code ignored;
    return std::filesystem::file_size(server.image(name), ignored);
  };
  server.create("cec1.vios1.paging", 24);
  CHECK(server.says("mklv -lv paging rootvg 64M", "choose a different name"));
  CHECK(bytes("cec1.vios1.paging") == 24 * MiB);
  CHECK(server.code("mksp -fb one -size 64M") == 0);
  CHECK(server.code("mksp -fb one.two -size 64M") == 0);
  CHECK(server.code("mkbdsp -sp one.two 8M -bd three") == 0);
  CHECK(server.says("mkbdsp -sp one 16M -bd two.three", "choose a different name"));
  CHECK(server.code("mklv -lv one.two.three rootvg 64M") == 1);
  CHECK(bytes("cec1.vios1.one.two.three") == 8 * MiB);
}
