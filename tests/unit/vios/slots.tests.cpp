// SPDX-License-Identifier: GPL-2.0-or-later
// Physical slots of a server: what is in them are its devices.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"

#include <filesystem>
#include <fstream>

namespace {

using namespace test;

constexpr u32 disk_slot = 0x21010003, port_slot = 0x21010004;

struct World {
  World() : partition(add_vios(frame)), setup(setup_of(folder, "cec1")) {
    std::ofstream(disk) << "";
    std::error_code failed;
    std::filesystem::resize_file(disk, 8 * MiB, failed);
    REQUIRE(!failed);
  }

  Folder folder;
  FakeFrame frame;
  FakePartition& partition;
  vios::Setup setup;
  std::string disk = folder.path() + "/slot.img";
  std::vector<vios::OwnedSlot> slots{{disk_slot, "U789D.001.DQDYKGK-P1-C3", "", disk},
                                     {port_slot, "U789D.001.DQDYKGK-P1-C4", "lan0", ""}};
};

std::string field(RunningVios& vios, const std::string& device, const std::string& name) {
  return vios->command("lsdev -dev " + device + " -field " + name + " -fmt :").output;
}

}  // namespace

TEST_CASE("what is in a server's physical slots are devices with the slots' locations", "[vios][slots]") {
  World world;
  world.setup.slots = world.slots;
  RunningVios vios(world.partition, world.setup);
  CHECK(field(vios, "ent1", "physloc") == "U789D.001.DQDYKGK-P1-C4-T1\n");
  CHECK(field(vios, "hdisk3", "physloc") == "U789D.001.DQDYKGK-P1-C3-T1-L0\n");  // behind those of the SAN
  CHECK(vios->command("lspv -size hdisk3").output == "8\n");
}

TEST_CASE("a slot that a server gets is a device after cfgdev, and is not taken away in use", "[vios][slots]") {
  World world;
  {
    RunningVios vios(world.partition, world.setup);
    REQUIRE(vios->follow(world.slots));
    CHECK(vios->command("lspv").output.find("hdisk3") == std::string::npos);
    CHECK(vios->release(disk_slot));  // nothing uses what is no device
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(vios->command("lspv -size hdisk3").output == "8\n");
    const auto busy = vios->release(disk_slot);
    REQUIRE_FALSE(busy);
    CHECK(busy.error().code == "HSCL2929");
    CHECK(vios->command("mkvdev -vdev hdisk3 -vadapter vhost0").exit_code == 0);
    CHECK(vios->command("rmdev -dev hdisk3").exit_code == 1);
  }
  // After a restart everything has the name that it had.
  world.setup.slots = world.slots;
  {
    RunningVios vios(world.partition, world.setup);
    CHECK(field(vios, "hdisk3", "physloc") == "U789D.001.DQDYKGK-P1-C3-T1-L0\n");
    CHECK(vios->command("lsmap -all").output.find("hdisk3") != std::string::npos);
    CHECK(vios->command("rmvdev -vdev hdisk3").exit_code == 0);
    CHECK(vios->command("rmdev -dev hdisk3").exit_code == 0);
    CHECK(vios->release(disk_slot));
    REQUIRE(vios->follow(std::vector<vios::OwnedSlot>{world.slots[1]}));
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(vios->command("lspv").output.find("hdisk3") == std::string::npos);
  }
}
