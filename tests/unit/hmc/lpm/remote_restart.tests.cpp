// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

const std::string restart_it = "rrstartlpar -o restart -m cec1 -t cec2 -p mobile";

void make_capable(World& world) { world.lpar(world.one).definition.simplified_remote_restart_capable = true; }

bool runs_on_two(World& world) {
  for (const auto& [id, lpar] : world.two.lpars)
    if (lpar.definition.name == "mobile") return world.two.executing[id] && lpar.state == emu::LparState::running;
  return false;
}

}  // namespace

TEST_CASE("a partition of a system that is dead starts on another one", "[lpm][restart]") {
  World world;
  make_capable(world);
  world.one.nvram[3] = {1, 2, 3};
  world.kill(world.one);
  const Answer validated = world.hmc("rrstartlpar -o validate -m cec1 -t cec2 -p mobile");
  CHECK(validated.text.starts_with("Warnings:\nHSCLA295 "));
  CHECK(validated.code == 0);
  CHECK(world.hosts(world.one));
  CHECK_FALSE(world.hosts(world.two));

  const Answer restarted = world.hmc(restart_it);
  CHECK(restarted.text == "");
  CHECK(restarted.code == 0);
  CHECK(world.trouble() == "");
  CHECK(runs_on_two(world));
  CHECK_FALSE(world.hosts(world.one));
  CHECK(world.one.vioses[1].hosts.empty());
  CHECK(world.two.nvram[world.lpar(world.two).definition.lpar_id] == Bytes{1, 2, 3});
  CHECK(world.lpar(world.two).definition.curr_profile() == "normal");
  CHECK(world.one.dead);
  CHECK_FALSE(world.one.remains);

  SECTION("once") {
    const Answer again = world.hmc(restart_it);
    CHECK(again.code == 1);
    CHECK(again.text.substr(0, 8) == "HSCLF183");
    CHECK(runs_on_two(world));
  }
  SECTION("and its former system does not have it when it comes back") {
    world.restart(world.one);
    CHECK(world.trouble() == "");
    CHECK(world.hmc("rrstartlpar -o cleanup -m cec1 -p mobile").text.substr(0, 8) == "HSCLF183");
  }
}

TEST_CASE("only what is dead, and may be restarted, is restarted elsewhere", "[lpm][restart]") {
  World world;
  const auto code_of = [&](const std::string& line) { return world.hmc(line).text.substr(0, 8); };
  CHECK(code_of(restart_it) == "HSCLF182");
  CHECK(world.hmc("rrstartlpar -o restart -m cec1 -p mobile").text.find("-t") != std::string::npos);
  CHECK(world.hmc("rrstartlpar -o recover -m cec1 -t cec2 -p mobile").text.find("-t") != std::string::npos);
  CHECK(world.hmc("rrstartlpar -o restart -m cec1 -t cec2 -p mobile --vlanbridge 2").text.find("--vlanbridge") !=
        std::string::npos);
  CHECK(code_of("rrstartlpar -o restart -m cec9 -t cec2 -p mobile") == "HSCL8018");
  world.kill(world.one);
  CHECK(code_of(restart_it) == "HSCLF184");
  CHECK(code_of("rrstartlpar -o restart -m cec1 -t cec2 -p nobody") == "HSCL8012");
  CHECK(code_of("rrstartlpar -o cleanup -m cec1 -p mobile") == "HSCLF014");
  CHECK(code_of("rrstartlpar -o cancel -m cec1 -p mobile") == "HSCLF014");
  make_capable(world);
  world.fencing->fails = true;
  CHECK(code_of(restart_it) == "HSCLF186");
  CHECK_FALSE(world.hosts(world.two));
}

TEST_CASE("a system that hangs is ended first, and others that may run there are not forgotten", "[lpm][restart]") {
  World world;
  make_capable(world);
  world.one.dead = true;  // it does not answer, and goes on
  world.fencing->hangs["cec1"] = {"mobile", "other"};
  const Answer refused = world.hmc(restart_it);
  CHECK(refused.text.substr(0, 8) == "HSCLF181");
  CHECK(refused.text.find("other partitions: other.") != std::string::npos);
  CHECK(world.hmc("rrstartlpar -o validate -m cec1 -t cec2 -p mobile --force").text.find("HSCLF188") != std::string::npos);
  CHECK(world.one.executing[3]);
  CHECK(world.hmc(restart_it + " --force").text == "");
  CHECK(world.trouble() == "");
  CHECK(runs_on_two(world));
}

TEST_CASE("whoever dies during a remote restart, it can be done again, and there is one owner", "[lpm][restart]") {
  for (const Fault fault : {Fault::console_dies_before, Fault::console_dies_after, Fault::refuse}) {
    for (u32 at = 1; at < 60; ++at) {
      World world;
      make_capable(world);
      world.kill(world.one);
      world.fault = fault;
      world.fault_at = at;
      (void)world.hmc(restart_it);
      const bool reached = world.requests.size() >= at;
      world.fault = Fault::none;
      if (fault != Fault::refuse) {
        world.one.remains = false;
        world.start_console();
      }
      Answer answer;
      for (int attempt = 0; attempt < 4 && !runs_on_two(world); ++attempt) {
        answer = world.hmc(restart_it);
        // Where it belongs already: what is left of the restart is finished there, and it is started.
        if (!runs_on_two(world)) (void)world.hmc("migrlpar -o r -m cec2 -p mobile");
        if (!runs_on_two(world)) (void)world.hmc("chsysstate -r lpar -m cec2 -o on -n mobile");
      }
      INFO("fault " << static_cast<int>(fault) << " at " << at << ": " << answer.text);
      CHECK(runs_on_two(world));
      world.restart(world.one);
      (void)world.hmc("migrlpar -o r -m cec1 -p mobile");
      (void)world.hmc("migrlpar -o r -m cec2 -p mobile");
      CHECK(world.trouble() == "");
      if (!reached) break;
    }
  }
}
