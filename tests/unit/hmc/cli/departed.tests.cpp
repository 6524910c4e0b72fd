// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

TEST_CASE("a system tells who has left it, by whom, and where it is now", "[lpm]") {
  World world;
  CHECK(world.hmc("lslparmigr -r departed -m cec1").text == "No results were found.\n");
  world.one.departed.all = {{"UUID-1", "shop", 4, emu::Departure::migrated, 1'174'000'000'000'000'000, world.two.mtms()},
                            {"UUID-2", "old", 5, emu::Departure::removed, 1'174'000'060'000'000'000, ""}};
  CHECK(world.hmc("lslparmigr -r departed -m cec1").text ==
        "name=shop,lpar_id=4,runnable_status=Not Runnable,not_runnable_set_by=Migrate,not_runnable_reason=It has migrated to "
        "another system,curr_sys_name=cec2,time_stamp=03/15/2007 23:06:40\n"
        "name=old,lpar_id=5,runnable_status=Not Runnable,not_runnable_set_by=Admin,not_runnable_reason=A command has removed "
        "it,curr_sys_name=none,time_stamp=03/15/2007 23:07:40\n");
}

TEST_CASE("a system in maintenance takes nobody in, and its own may leave", "[lpm]") {
  World world;
  CHECK(world.hmc("lssyscfg -r sys -m cec2 -F maintenance").text == "0\n");
  CHECK(world.hmc("chsyscfg -r sys -m cec2 -i maintenance=1").code == 0);
  CHECK(world.hmc("lssyscfg -r sys -m cec2 -F maintenance").text == "1\n");
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").text.find("HSCLF240") != std::string::npos);
  CHECK(world.hosts(world.one));
  CHECK(world.hmc("chsyscfg -r sys -m cec2 -i maintenance=0").code == 0);
  CHECK(world.hmc("chsyscfg -r sys -m cec1 -i maintenance=1").code == 0);
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").text == "");
  CHECK(world.hmc("chsyscfg -r sys -m cec1 -i maintenance=2").code != 0);
}

TEST_CASE("whether a partition may migrate while it runs is shown in one word", "[lpm]") {
  World world;
  const std::string status = "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F online_migration_status";
  CHECK(world.hmc(status).text == "Enabled\n");
  world.lpar(world.one).definition.migration_disabled = true;
  CHECK(world.hmc(status).text == "Disabled\n");
  world.lpar(world.one).definition.migration_disabled = false;
  world.one.info.active_lpar_mobility_capable = false;
  CHECK(world.hmc(status).text == "Disabled\n");
}
