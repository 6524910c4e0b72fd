// SPDX-License-Identifier: GPL-2.0-or-later
// An inactive migration that takes the volumes of the source's server along.
#include <algorithm>

#include "emu/core/text.h"
#include "hmc/faults/faults.h"
#include "hmc/lpm/steps.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

const std::string move_it = "migrlpar -o m -m cec1 -t cec2 -p mobile -i local_storage=copy";

// `mobile` is off, and its disk is a logical volume.
struct Local : World {
  explicit Local(bool off = true) {
    if (off) {
      one.executing[3] = false;
      lpar(one).state = emu::LparState::not_activated;
      lpar(one).has_resources = false;
    }
    for (auto& [id, vios] : one.vioses)
      for (auto& host : vios.hosts)
        for (auto& target : host.targets) {
          target.udid.clear();
          target.backing = "lv" + std::to_string(id);
          vios.volumes = {{target.backing, 1, "rootvg", false}};
          one.volumes[target.backing] = Bytes(MiB);
          one.volumes[target.backing][5] = static_cast<u8>(id);
        }
    for (auto& [id, vios] : two.vioses) vios.pools = {{"rootvg", 100, false}};
  }
  void set(const std::string& line) {
    const auto made = emu::read_fault(emu::FaultOf::console, emu::words(line, ' '));
    REQUIRE(made);
    REQUIRE(console->faults().add(*made));
  }
};

}  // namespace

TEST_CASE("volumes of a partition that is off are copied, compared, and taken away from the source", "[lpm][storage]") {
  Local world;
  const auto before = world.one.volumes;
  REQUIRE_FALSE(before.empty());
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").text.find("HSCLF212") != std::string::npos);
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile -i local_storage=copy").code == 0);
  CHECK(world.hmc(move_it).text == "");
  CHECK(world.hosts(world.two));
  for (const auto& [name, content] : before) CHECK(world.two.volumes[name + "_copy"] == content);
  CHECK(world.one.volumes.empty());
  CHECK(world.trouble(false) == "");
}

TEST_CASE("a copy that is not the same is no reason to lose the volume", "[lpm][storage]") {
  Local world;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (name_of(request) == "HandOverInactive")
      for (auto& [name, content] : world.two.volumes) content[7] = 1;
    (void)frame;
  };
  const auto before = world.one.volumes;
  const Answer moved = world.hmc(move_it);
  CHECK(moved.text.find("HSCLF332 The copy of the volume lv") != std::string::npos);
  CHECK(moved.text.find("HSCLF303") != std::string::npos);
  CHECK(world.hosts(world.one));
  CHECK(world.one.volumes == before);
  CHECK(world.two.volumes.empty());
  CHECK(world.trouble(false) == "");
}

TEST_CASE("a partition that runs, or one for whose volumes there is no room, stays", "[lpm][storage]") {
  SECTION("it runs") {
    Local world(false);
    CHECK(world.hmc(move_it).text.find("HSCLF242") != std::string::npos);
    CHECK(world.hosts(world.one));
  }
  SECTION("there is no room") {
    Local world;
    for (auto& [id, vios] : world.two.vioses) vios.pools = {{"rootvg", 0, false}};
    CHECK(world.hmc(move_it).text.find("HSCLF241") != std::string::npos);
    CHECK(world.hosts(world.one));
  }
  SECTION("another word") {
    Local world;
    CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile -i local_storage=move").code != 0);
  }
}

TEST_CASE("wherever the copying ends, the volume is in one place once it is recovered", "[lpm][storage]") {
  const bool dies = GENERATE(false, true);
  for (u32 row = 0; row < hmc::steps().size(); ++row) {
    if (!hmc::applies(hmc::steps()[row].applies, false)) continue;
    Local world;
    const auto before = world.one.volumes;
    const std::string step = hmc::row_name(row);
    INFO("step " << step << (dies ? ", the console dies" : ""));
    if (dies) {
      world.fault = Fault::console_dies_after;
      world.fault_at = row + 1;
    } else {
      world.set("answer:HSCL05DF count=1 step=" + step);
    }
    if (world.hmc(move_it).code != 0) {
      if (dies) world.start_console();
      world.fault = Fault::none;
      (void)world.hmc("migrlpar -o r -m cec1 -p mobile");
    }
    const bool moved = world.hosts(world.two);
    CHECK(moved != world.hosts(world.one));
    CHECK((moved ? world.one.volumes : world.two.volumes).empty());
    CHECK((moved ? world.two.volumes : world.one.volumes).size() == before.size());
    CHECK(world.trouble(false) == "");
  }
}
