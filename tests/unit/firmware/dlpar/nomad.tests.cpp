// SPDX-License-Identifier: GPL-2.0-or-later
// The toy guest with its connectors: what an operating system that takes part does, seen from the hypervisor.
#include "firmware/dlpar/connectors.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

// 128 MiB and a processor, which may become 192 MiB and four.
struct Nomad {
  Nomad() : world({definition()}) {
    REQUIRE(world->activate(2, "", {}));
    REQUIRE(world.wait_for_output(2, "guest# "));
  }
  std::shared_ptr<Partition> partition() { return world.partition(2); }  // after a restart it is another
  static emu::LparDefinition definition() {
    auto d = lpar(2, "guest", {ethernet(3, "02AABBCCDD02")});
    give_processors(d.profiles[0], 4);
    d.profiles[0].desired_procs = 1;
    d.profiles[0].desired_mem = 128;
    d.profiles[0].max_mem = 192;
    d.profiles[0].boot_arguments = "run=ticker";
    return d;
  }
  // A command of its shell; what it says.
  std::string run(const std::string& line) {
    const size_t before = world.console(2).size();
    world.type(2, line + "\n");
    std::string said;
    const bool ended = world.wait([&] {
      said = world.console(2).substr(before);
      return said.find("guest# ") != std::string::npos;
    });
    INFO(line << ": " << said);
    CHECK(ended);
    return said;
  }
  void promise(u32 mem, u32 procs) {
    emu::Capacity wanted = *world.status(2).definition.current;
    wanted.desired_mem = mem;
    wanted.desired_procs = procs;
    wanted.desired_proc_units = std::max(wanted.desired_proc_units, 20 * procs);
    REQUIRE(world->change_capacity(2, wanted));
  }
  size_t processors() {
    size_t count = 0;
    const auto guest = partition();
    guest->on_dispatcher([&] { count = guest->processors().size(); });
    return count;
  }
  u64 blocks() {
    u64 count = 0;
    const auto guest = partition();
    guest->on_dispatcher([&] { count = guest->memory_blocks().count(); });
    return count;
  }
  std::string slot() {
    std::string name;
    const auto guest = partition();
    guest->on_dispatcher([&] { name = guest->connectors().name_of(dlpar::index_of(dlpar::Kind::slot, 3)); });
    return name;
  }

  World world;
};

}  // namespace

TEST_CASE("nomad takes no more than it was promised, and gives it back", "[dlpar]") {
  Nomad nomad;
  using Catch::Contains;
  CHECK_THAT(nomad.run("drmgr -c mem -a -q 1"), Contains("returned -3") && Contains("DR_TOTAL_RESOURCES=0"));
  nomad.promise(192, 3);
  CHECK_THAT(nomad.run("drmgr -c mem -a -q 4"), Contains("DR_TOTAL_RESOURCES=4") && !Contains("status 1"));
  CHECK_THAT(nomad.run("mem"), Contains("total=196608 KiB"));
  CHECK_THAT(nomad.run("drmgr -c cpu -a -q 3"), Contains("DR_TOTAL_RESOURCES=2") && Contains("status 1"));
  CHECK(nomad.blocks() == 12);
  CHECK(nomad.processors() == 3);

  // What is current is there after a restart, too.
  nomad.world.type(2, "reboot\n");
  REQUIRE(nomad.world.wait_for_output(2, "nomad: 3 processors, 192 MiB"));
  REQUIRE(nomad.world.wait([&] {
    const std::string said = nomad.world.console(2);
    return said.find("guest# ", said.rfind("Welcome to nomad")) != std::string::npos;
  }));

  nomad.promise(128, 1);
  CHECK_THAT(nomad.run("drmgr -c cpu -r -q 3"), Contains("the last processor stays") && Contains("DR_TOTAL_RESOURCES=2"));
  CHECK_THAT(nomad.run("drmgr -c mem -r -q 4"), Contains("DR_TOTAL_RESOURCES=3"));
  CHECK(nomad.blocks() == 9);  // the run-time services lie in one of them
  CHECK(nomad.processors() == 1);
  nomad.run("ticker?");
  CHECK(nomad.world.wait_for_output(2, "verdict=OK"));
}

TEST_CASE("nomad gives up an adapter that nobody uses, and takes it again", "[dlpar]") {
  Nomad nomad;
  using Catch::Contains;
  const std::string slot = nomad.slot();
  const auto taken = [&] {
    bool is = false;
    const auto guest = nomad.partition();
    guest->on_dispatcher([&] { is = guest->connectors().slot_taken(3); });
    return is;
  };
  CHECK(taken());
  CHECK_THAT(nomad.run("lsslot -c slot"), Contains(slot) && Contains("ent0"));
  for (int i = 0; i < 3; ++i) {
    CHECK_THAT(nomad.run("drmgr -c slot -r -s " + slot), !Contains("status"));
    CHECK_FALSE(taken());
    CHECK_THAT(nomad.run("lsdev -Cc adapter"), !Contains("ent0"));
    CHECK_THAT(nomad.run("drmgr -c slot -a -s " + slot), !Contains("status"));
    CHECK(taken());
    CHECK_THAT(nomad.run("lsdev -Cc adapter"), Contains("ent0       Available"));
  }
  CHECK_THAT(nomad.run("drmgr -c slot -a -s " + slot), Contains("has its adapter already"));
  CHECK_THAT(nomad.run("drmgr -c slot -r -s nowhere"), Contains("there is no slot nowhere"));
  CHECK_THAT(nomad.run("run netd &"), Contains("["));
  REQUIRE(nomad.world.wait(
      [&] { return nomad.run("drmgr -c slot -r -s " + slot).find("device is busy (netd)") != std::string::npos; }));
}
