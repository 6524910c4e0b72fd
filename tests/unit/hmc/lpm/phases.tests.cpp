// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/move_phases.h"

#include "emu/core/text.h"
#include "hmc/faults/faults.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

void set(World& world, const std::string& line) {
  const auto fault = emu::read_fault(emu::FaultOf::console, emu::words(line, ' '));
  REQUIRE(fault);
  REQUIRE(world.console->faults().add(*fault));
}

const std::string move_it = "migrlpar -o m -m cec1 -t cec2 -p mobile";
const std::string phases =
    "lslparmigr -r lpar -m cec1 --filter lpar_names=mobile -F "
    "migration_phase,init_percent,copy_percent,io_quiesce_percent,frozen_percent";

}  // namespace

TEST_CASE("each step before the start of a partition is of a phase", "[lpm][phases]") {
  std::optional<hmc::MovePhase> last;
  for (u32 step = 1; step <= 11; ++step) {
    const auto phase = hmc::phase_of(step);
    REQUIRE(phase);
    CHECK((!last || *phase >= *last));
    last = phase;
  }
  CHECK_FALSE(hmc::phase_of(12));
}

TEST_CASE("a phase has its per cent", "[lpm][phases]") {
  hmc::MoveStatus move;
  const auto at = [&](u32 step, u32 percent) {
    move.step = step;
    move.percent = percent;
    return hmc::percents(move);
  };
  using Percents = std::array<u32, 4>;
  CHECK(at(1, 0) == Percents{0, 0, 0, 0});
  CHECK(at(4, 0) == Percents{50, 0, 0, 0});
  CHECK(at(7, 40) == Percents{100, 40, 0, 0});
  CHECK(at(7, 100) == Percents{100, 99, 0, 0});
  CHECK(at(8, 99) == Percents{100, 100, 0, 0});
  CHECK(at(10, 99) == Percents{100, 100, 100, 33});
  CHECK(at(13, 100) == Percents{100, 100, 100, 100});
}

TEST_CASE("a phase that takes too long is undone, and says which it is", "[lpm][phases]") {
  const auto [step, attribute, name] = GENERATE(table<std::string, std::string, std::string>({
      {"3", "init_time_limit", "Init"},
      {"7", "copy_time_limit", "Copy"},
      {"8", "io_quiesce_time_limit", "I/O Quiesce"},
      {"9", "frozen_time_limit", "Frozen"},
  }));
  World world;
  set(world, "delay:4000 count=1 step=" + step);
  INFO("step " << step);
  SECTION("as the operator has set it") {
    const Answer moved = world.hmc(move_it + " -i \"" + attribute + "=3\"");
    CHECK(moved.code == 1);
    CHECK(moved.text.find("HSCLF331 The phase " + name + " of the migration of partition mobile has taken longer") !=
          std::string::npos);
    CHECK(moved.text.find("HSCLF303") != std::string::npos);
    CHECK(world.hosts(world.one));
  }
  SECTION("or it does not, and goes on") {
    CHECK(world.hmc(move_it + " -i \"" + attribute + "=5\"").text == "");
    CHECK(world.hosts(world.two));
  }
  CHECK(world.trouble() == "");
}

TEST_CASE("the limits of phases are numbers of seconds", "[lpm][phases]") {
  World world;
  for (const std::string wrong : {"init_time_limit=0", "copy_time_limit=soon", "frozen_time_limit=86401"})
    CHECK(world.hmc(move_it + " -i \"" + wrong + "\"").code != 0);
  CHECK(world.hosts(world.one));
}

TEST_CASE("a migration that goes on shows its phase", "[lpm][phases]") {
  World world;
  CHECK(world.hmc(phases).text == "unavailable,unavailable,unavailable,unavailable,unavailable\n");
  std::string seen;
  world.on_request = [&](Frame&, const service::Request& request) {
    if (name_of(request) == "BeginPasses") seen = world.hmc(phases).text;
  };
  CHECK(world.hmc(move_it).code == 0);
  CHECK(seen == "Copy,100,0,0,0\n");
}
