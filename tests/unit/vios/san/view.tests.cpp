// SPDX-License-Identifier: GPL-2.0-or-later
// What the SAN shows a server changes while it runs, and while it does not.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"

#include <algorithm>
#include <filesystem>

namespace {

using namespace test;

struct World {
  World() : partition(add_vios(frame)), setup(setup_of(folder, "cec1")) {}

  vios::SanView view() const { return setup.san; }
  static bool lists(vios::VirtualIoServer& server, const std::string& command, const std::string& disk) {
    return server.command(command).output.find(disk) != std::string::npos;
  }

  Folder folder;
  FakeFrame frame;
  FakePartition& partition;
  vios::Setup setup;
};

}  // namespace

TEST_CASE("a disk that the SAN shows to a server that runs is a device after cfgdev", "[vios][san]") {
  World world;
  vios::SanView later = world.view();
  world.setup.san.seen = {"data1"};
  RunningVios vios(world.partition, world.setup);
  CHECK_FALSE(World::lists(*vios, "lspv", "hdisk2"));
  REQUIRE(vios->follow(later));
  CHECK_FALSE(World::lists(*vios, "lspv", "hdisk2"));
  CHECK(vios->command("cfgdev").exit_code == 0);
  CHECK(World::lists(*vios, "lspv", "hdisk2"));
  CHECK(vios->describe()->disks.size() == 3);
}

TEST_CASE("a disk that the SAN shows no more answers nothing, and keeps its name until rmdev", "[vios][san]") {
  World world;
  vios::SanView less = world.view();
  less.seen = {"data2"};
  {
    RunningVios vios(world.partition, world.setup);
    REQUIRE(vios->follow(less));
    CHECK(vios->describe()->disks.size() == 2);  // nobody can count on it
    CHECK(World::lists(*vios, "errlog", "DE3B8540"));
    CHECK(vios->command("rmdev -dev hdisk1").exit_code == 1);  // a client has it
  }
  world.setup.san = less;
  {
    RunningVios vios(world.partition, world.setup);
    CHECK(vios->command("lsdev -dev hdisk1 -field status").output.find("Defined") != std::string::npos);
    CHECK(vios->command("lsdev -dev hdisk2 -field status").output.find("Available") != std::string::npos);
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(vios->command("lsdev -dev hdisk1 -field status").output.find("Defined") != std::string::npos);
    CHECK(vios->command("rmvdev -vdev hdisk1").exit_code == 0);
    CHECK(vios->command("rmdev -dev hdisk1").exit_code == 0);
    CHECK_FALSE(World::lists(*vios, "lsdev", "hdisk1"));
    // Shown again, it is found as a new one is: by the lowest name that is free.
    less.seen = {"data2", "data1"};
    REQUIRE(vios->follow(less));
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(World::lists(*vios, "lspv", "hdisk1"));
  }
}

TEST_CASE("a LUN that was made larger is so after cfgdev, and after a restart", "[vios][san]") {
  World world;
  {
    RunningVios vios(world.partition, world.setup);
    std::error_code failed;
    std::filesystem::resize_file(world.folder.path() + "/luns/data2.img", 16 * MiB, failed);
    REQUIRE(!failed);
    CHECK(vios->command("lspv -size hdisk2").output == "8\n");
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(vios->command("lspv -size hdisk2").output == "16\n");
  }
  world.setup.san.luns[1].size_mb = 16;
  RunningVios vios(world.partition, world.setup);
  CHECK(vios->command("lspv -size hdisk2").output == "16\n");
}

TEST_CASE("another disk of the same name is not the one that is gone", "[vios][san]") {
  World world;
  RunningVios vios(world.partition, world.setup);
  // Removed and made again while the server had it open.
  std::error_code failed;
  std::filesystem::remove(world.folder.path() + "/luns/data2.img", failed);
  REQUIRE(!failed);
  vios::SanView later = world.view();
  later.luns[1].udid = "200B75AMYW1100999210790003IBMfcp";
  REQUIRE(vios->follow(later));
  CHECK(vios->command("cfgdev").exit_code == 0);
  const auto info = vios->describe();
  REQUIRE(info);
  const auto again = std::ranges::find(info->disks, later.luns[1].udid, &emu::service::ViosDisk::udid);
  REQUIRE(again != info->disks.end());
  CHECK(again->name == "hdisk3");
}

TEST_CASE("a single LUN goes offline, and its neighbour does not", "[vios][san]") {
  World world;
  RunningVios vios(world.partition, world.setup);
  vios::SanView view = world.view();
  view.offline = {"data2"};
  REQUIRE(vios->follow(view));
  CHECK(vios->describe()->disks[1].online);
  CHECK_FALSE(vios->describe()->disks[2].online);
  // A subsystem that comes back does not bring it with it.
  REQUIRE(vios->set_offline({"ds2"}));
  REQUIRE(vios->set_offline({}));
  CHECK_FALSE(vios->describe()->disks[2].online);
  view.offline.clear();
  REQUIRE(vios->follow(view));
  CHECK(vios->describe()->disks[2].online);
}

TEST_CASE("a disk that rmdev has taken away and that is hidden then is forgotten", "[vios][san]") {
  World world;
  vios::SanView less = world.view();
  less.seen = {"data1"};
  {
    RunningVios vios(world.partition, world.setup);
    CHECK(vios->command("chdev -dev hdisk2 -attr queue_depth=40").exit_code == 0);
    CHECK(vios->command("rmdev -dev hdisk2").exit_code == 0);
    REQUIRE(vios->follow(less));
    CHECK(vios->command("cfgdev").exit_code == 0);
    REQUIRE(vios->follow(world.view()));
    CHECK_FALSE(World::lists(*vios, "lsdev", "hdisk2"));
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(World::lists(*vios, "lspv", "hdisk2"));  // its name was free
    CHECK(World::lists(*vios, "lsdev -dev hdisk2 -attr queue_depth", "20"));
    CHECK(vios->command("rmdev -dev hdisk2").exit_code == 0);
    REQUIRE(vios->follow(less));
  }
  world.setup.san = less;
  RunningVios vios(world.partition, world.setup);
  CHECK_FALSE(World::lists(*vios, "lsdev", "hdisk2"));  // nor is it there after a restart
}

TEST_CASE("a LUN that answers nobody is not found by cfgdev", "[vios][san]") {
  World world;
  vios::SanView view = world.view();
  world.setup.san.seen = {"data1"};
  RunningVios vios(world.partition, world.setup);
  view.offline = {"data2"};
  REQUIRE(vios->follow(view));
  CHECK(vios->command("cfgdev").exit_code == 0);
  CHECK_FALSE(World::lists(*vios, "lsdev", "hdisk2"));
  view.offline.clear();
  REQUIRE(vios->follow(view));
  CHECK(vios->command("cfgdev").exit_code == 0);
  CHECK(World::lists(*vios, "lspv", "hdisk2"));
}
