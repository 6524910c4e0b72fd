// SPDX-License-Identifier: GPL-2.0-or-later
// Shared-processor pools: listed, changed, and which one a partition is in.
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

std::string change(World& world, const std::string& what) { return world.hmc("chhwres -r procpool -m cec1 -o s " + what).text; }
std::string pools(World& world, const std::string& fields) {
  const std::string all = world.hmc("lshwres -r procpool -m cec1 -F " + fields).text;
  size_t end = 0;
  for (int line = 0; line < 3; ++line) end = all.find('\n', end) + 1;
  return all.substr(0, end);
}

}  // namespace

TEST_CASE("a system has 64 pools, and the default one has everybody", "[cli][pool]") {
  World world;
  const std::string all = world.hmc("lshwres -r procpool -m cec1").text;
  CHECK(std::ranges::count(all, '\n') == 64);
  CHECK(all.starts_with("name=DefaultPool,shared_proc_pool_id=0,\"lpar_names="));
  CHECK(all.find("name=SharedPool63,shared_proc_pool_id=63,max_pool_proc_units=0.0,curr_reserved_pool_proc_units=0.0,"
                 "pend_reserved_pool_proc_units=0.0,lpar_names=none,lpar_ids=none\n") != std::string::npos);
  CHECK(world.hmc("lshwres -r procpool -m cec1 --filter pool_names=SharedPool02 -F shared_proc_pool_id").text == "2\n");
  CHECK(world.hmc({"lshwres", "-r", "procpool", "-m", "cec1", "--filter", "\"pool_ids=0,63\"", "-F", "name"}).text ==
        "DefaultPool\nSharedPool63\n");
  for (const char* wrong :
       {"--filter lpar_names=mobile", "--filter pool_names=Nope", "--filter pool_ids=64", "--filter pool_ids=x",
        "--filter pool_ids=1,pool_names=SharedPool01", "--level lpar", "--rsubtype eth"}) {
    INFO(wrong);
    CHECK(world.hmc(std::string("lshwres -r procpool -m cec1 ") + wrong).code == 1);
  }
}

TEST_CASE("a pool gets a name, a maximum and a reserve, and a partition that runs goes into it", "[cli][pool]") {
  World world;
  REQUIRE(change(world, "--poolname SharedPool01 -a new_name=Web,max_pool_proc_units=2,reserved_pool_proc_units=0.5") == "");
  REQUIRE(change(world, "--id 3 -a shared_proc_pool_name=Web") == "");
  CHECK(pools(world, "name,max_pool_proc_units,curr_reserved_pool_proc_units,lpar_names").find("\nWeb,2.0,0.5,mobile\n") !=
        std::string::npos);
  CHECK(
      world
          .hmc("lshwres -r proc -m cec1 --level lpar --filter lpar_ids=3 -F curr_shared_proc_pool_id,curr_shared_proc_pool_name,"
               "pend_shared_proc_pool_id,pend_shared_proc_pool_name")
          .text == "1,Web,1,Web\n");
  CHECK(change(world, "-p mobile -a shared_proc_pool_id=0") == "");
  CHECK(world.lpar(world.one).definition.current->shared_proc_pool == 0);
}

TEST_CASE("what is no pool, no number and no attribute is refused, and nothing is asked of the system", "[cli][pool]") {
  World world;
  world.requests.clear();
  const std::pair<std::string, std::string> wrong[] = {
      {"--poolname Nope -a max_pool_proc_units=1", "HSCLF22B"},
      {"--poolid 64 -a max_pool_proc_units=1", "HSCLF22B"},
      {"--poolid x -a max_pool_proc_units=1", "HSCLF22B"},
      {"-p mobile -a shared_proc_pool_name=Nope", "HSCLF22B"},
      {"--poolid 1 -a max_pool_proc_units=much", "max_pool_proc_units"},
      {"--poolid 1 -a new_name=a;b", "new_name"},
      {"--poolid 1 -a new_name=fifteen_letters", "new_name"},
      {"--poolid 1 -a lpar_names=mobile", "lpar_names"},
      {"--poolid 1 -a name=Web", "name=Web"},
      {"--poolid 1 -a shared_proc_pool_id=2", "shared_proc_pool_id=2"},
      {"--poolid 1 -a colour=red", "colour"},
      {"--poolid 1 --poolname Web -a max_pool_proc_units=1", "--poolid"},
      {"--poolid 1 -p mobile -a max_pool_proc_units=1", "--poolid"},
      {"-a max_pool_proc_units=1", "--poolname"},
      {"-p mobile -a max_pool_proc_units=1", "max_pool_proc_units"},
      {"-p mobile -a shared_proc_pool_name=DefaultPool,shared_proc_pool_id=0", "shared_proc_pool_name"},
      {"-p nobody -a shared_proc_pool_id=0", "HSCL8012"},
      {"--poolid 1", "-a"}};
  for (const auto& [words, part] : wrong) {
    INFO(words);
    const Answer answer = world.hmc("chhwres -r procpool -m cec1 -o s " + words);
    CHECK(answer.code != 0);
    CHECK(answer.text.find(part) != std::string::npos);
  }
  CHECK(world.one.info.processor_pools.empty());
  world.lpar(world.one).state = emu::LparState::not_activated;
  CHECK(change(world, "-p mobile -a shared_proc_pool_id=0").find("HSCL05DF") == 0);
}

TEST_CASE("a profile names its pool or its number, and they agree", "[cli][pool]") {
  World world;
  emu::put_pool(world.one.info.processor_pools, {5, "Web", 200, 0});
  const auto set = [&](const std::string& data) {
    return world.hmc({"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=normal,lpar_name=mobile," + data}).text;
  };
  const auto& profile = world.lpar(world.one).definition.profiles[0];
  CHECK(set("shared_proc_pool_name=Web") == "");
  CHECK(profile.shared_proc_pool == 5);
  CHECK(world
            .hmc("lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names=normal -F "
                 "shared_proc_pool_id,shared_proc_pool_name")
            .text == "5,Web\n");
  CHECK(set("shared_proc_pool_id=5,shared_proc_pool_name=Web") == "");
  CHECK(set("shared_proc_pool_id=6,shared_proc_pool_name=Web") != "");
  CHECK(set("shared_proc_pool_name=Nope").find("HSCLF22B") == 0);
  CHECK(profile.shared_proc_pool == 5);
  CHECK(set("proc_mode=ded,sharing_mode=share_idle_procs") == "");
  CHECK(profile.shared_proc_pool == 0);
}
