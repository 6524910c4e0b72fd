// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <thread>

#include "emu/core/text.h"
#include "hmc/faults/faults.h"
#include "hmc/lpm/steps.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

const std::string move_it = "migrlpar -o m -m cec1 -t cec2 -p mobile";
const std::string recover_it = "migrlpar -o r -m cec1 -p mobile";

void set(World& world, const std::string& line) {
  const auto fault = emu::read_fault(emu::FaultOf::console, emu::words(line, ' '));
  REQUIRE(fault);
  REQUIRE(world.console->faults().add(*fault));
}

void switch_off(World& world) {
  world.one.executing[3] = false;
  auto& lpar = world.one.lpars[3];
  lpar.state = emu::LparState::not_activated;
  lpar.has_resources = false;
}

std::string state(World& world) {
  return world.hmc("lslparmigr -r lpar -m cec1 --filter lpar_names=mobile -F migration_state").text;
}

}  // namespace

TEST_CASE("whichever step is made to fail, the partition has one owner, and a recovery leaves nothing", "[lpm][faults]") {
  const bool kept = GENERATE(false, true);
  const bool active = GENERATE(true, false);
  for (u32 row = 0; row < hmc::steps().size(); ++row) {
    if (!hmc::applies(hmc::steps()[row].applies, active)) continue;
    World world;
    if (!active) switch_off(world);
    const std::string step = hmc::row_name(row);
    INFO("step " << step << (kept ? ", not rolled back" : "") << (active ? "" : ", inactive"));
    set(world, "answer:HSCL05DF count=1 step=" + step);
    if (kept) set(world, "no-rollback count=1");
    const Answer moved = world.hmc(move_it);
    if (row >= hmc::first_row_after_start()) {
      CHECK(moved.code == 1);
      CHECK(moved.text.find("HSCLF305") != std::string::npos);
    } else if (kept) {
      CHECK(moved.code == 1);
      CHECK(moved.text.find("HSCLF315") != std::string::npos);
      // Before step 2 no system knows of it.
      CHECK(state(world) == (row == 0 ? "Not Migrating\n" : "Migration Failed\n"));
    } else if (moved.code != 0) {
      CHECK(moved.text.find("HSCLF303") != std::string::npos);
    }
    if (moved.code != 0) {
      const Answer recovered = world.hmc(recover_it);
      CHECK((recovered.code == 0 || recovered.text.find("HSCLF300") == 0 || recovered.text.find("HSCL8012") == 0));
    }
    CHECK(world.trouble(active) == "");
  }
}

TEST_CASE("a step is named by its number or its name, and its undo, too", "[lpm][faults]") {
  World world;
  const auto fault =
      emu::read_fault(emu::FaultOf::console,
                      std::vector<std::string>{"answer:HSCLA29A", "step=prepare the operating system", "count=1", "text=No."});
  REQUIRE(world.console->faults().add(*fault));
  set(world, "answer:HSCL05DF step=undo-2 count=1");
  const Answer moved = world.hmc(move_it);
  CHECK(moved.text.find("HSCLA29A No.\n") == 0);
  CHECK(moved.text.find("HSCLF304") != std::string::npos);
  CHECK(world.guest.heard == std::vector<std::string>{"check", "undo"});
  CHECK(world.hmc(recover_it).code == 0);
  CHECK(world.trouble() == "");
}

TEST_CASE("a request of a migration has no answer, or another one", "[lpm][faults]") {
  World world;
  SECTION("it is asked again") {
    set(world, "cut request=CreateShell count=2");
    CHECK(world.hmc(move_it).code == 0);
    CHECK(world.hosts(world.two));
  }
  SECTION("but not for ever") {
    set(world, "cut request=CreateShell count=3");
    CHECK(world.hmc(move_it).text.find("HSCLF303") != std::string::npos);
    CHECK(world.hosts(world.one));
  }
  SECTION("a frame that is silent in the passes ends them") {
    world.hold_passes = 1000;
    set(world, "cut request=QueryStream object=cec2");
    CHECK(world.hmc(move_it).text.find("HSCLF014") == 0);
    CHECK(world.hosts(world.one));
  }
  SECTION("only one system's") {
    set(world, "answer:HSCL05DF request=LockConfiguration object=cec2 count=1");
    CHECK(world.hmc(move_it).text.find("HSCL05DF") == 0);
    CHECK(std::ranges::count(world.requests, "cec1 LockConfiguration") > 0);
  }
  CHECK(world.trouble() == "");
}

TEST_CASE("an inactive migration that is slow shows its states, and is stopped while it is starting", "[lpm][faults]") {
  World world;
  switch_off(world);
  set(world, "delay:600000 step=6 move=inactive");
  set(world, "delay:600000 step=11 move=active");
  Answer stop{-1, ""};
  std::string seen;
  std::thread stopper;
  world.on_request = [&](Frame&, const service::Request& request) {
    if (stopper.joinable() || name_of(request) != "CreateShell") return;
    stopper = std::thread([&] {
      seen = state(world);
      stop = world.hmc("migrlpar -o s -m cec1 -p mobile");
    });
  };
  const Answer moved = world.hmc(move_it);
  REQUIRE(stopper.joinable());
  stopper.join();
  world.on_request = nullptr;
  CHECK(world.trouble(false) == "");
  // The stopper runs beside the migration, and may be late.
  if (stop.code == 0) {
    CHECK(seen == "Migration Starting\n");
    CHECK(moved.text.find("HSCLF302") == 0);
    CHECK(world.hosts(world.one));
  } else {
    CHECK(moved.code == 0);
  }
}

TEST_CASE("a fault of inactive migrations delays these, each step by as much as it says", "[lpm][faults]") {
  World world;
  const bool active = GENERATE(true, false);
  if (!active) switch_off(world);
  set(world, "delay:60000 step=6 move=inactive");
  set(world, "delay:60000 step=13.3 move=inactive");
  const u64 began = world.clock.monotonic();
  CHECK(world.hmc(move_it).code == 0);
  const u64 took = world.clock.monotonic() - began;
  CHECK((active ? took < 60'000'000'000 : took >= 120'000'000'000 && took < 180'000'000'000));
}

TEST_CASE("a link is cut, and a process is killed, where the fault says", "[lpm][faults]") {
  World world;
  std::vector<std::string> injected;
  world.instead = [&](Frame& frame, const service::Request& request) -> Result<hmc::Reply> {
    if (const auto* inject = std::get_if<service::InjectFault>(&request)) {
      injected.push_back(frame.link + ": " + emu::words_of(inject->fault));
      return hmc::Reply(service::FaultSet{1});
    }
    return Error{};
  };
  set(world, "cut step=7");
  set(world, "kill:destination step=5");
  set(world, "kill:source request=BeginPasses");
  CHECK(world.hmc(move_it).code == 0);
  CHECK(injected == std::vector<std::string>{"cec2: die-at:now", "cec1: cut-mover-link vios=S1_VIOS1", "cec1: die-at:now"});
}
