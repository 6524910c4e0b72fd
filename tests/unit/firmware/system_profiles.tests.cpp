// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/system_profiles.h"

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

emu::LparDefinition with_profiles(u32 id, const std::string& name, const std::vector<std::string>& profiles) {
  emu::LparDefinition made = lpar(id, name, {});
  const emu::Profile like = made.profiles[0];
  for (const std::string& profile : profiles) {
    made.profiles.push_back(like);
    made.profiles.back().name = profile;
  }
  return made;
}

// Two partitions, a system profile of each of them, and one of both.
struct Both : World {
  Both() : World({with_profiles(2, "one", {"small"}), with_profiles(3, "two", {})}) {
    REQUIRE(hypervisor->write_system_profile({"both", {{3, "normal"}, {2, "small"}}}, ""));
    REQUIRE(hypervisor->write_system_profile({"one", {{2, "small"}}}, ""));
    REQUIRE(hypervisor->write_system_profile({"two", {{3, "normal"}}}, ""));
  }
  // What is there, and what a frame that starts again finds.
  void check(const std::vector<emu::SystemProfile>& wanted) {
    CHECK(hypervisor->system_profiles().profiles == wanted);
    hypervisor.reset();
    hypervisor = std::move(*Hypervisor::create(config, *journal, *witness, clock));
    CHECK(hypervisor->system_profiles().profiles == wanted);
  }
};

}  // namespace

TEST_CASE("a system profile is kept, replaced, renamed and removed, over restarts of its frame", "[sysprof]") {
  Both world;
  world.check({{"both", {{3, "normal"}, {2, "small"}}}, {"one", {{2, "small"}}}, {"two", {{3, "normal"}}}});
  CHECK(world->write_system_profile({"first", {{2, "normal"}}}, "one"));
  CHECK(world->remove_system_profile("two"));
  world.check({{"both", {{3, "normal"}, {2, "small"}}}, {"first", {{2, "normal"}}}});
  CHECK(world->remove_system_profile("two").error().code == "HSCLF020");
  CHECK(world->write_system_profile({"x", {{2, "normal"}}}, "one").error().code == "HSCLF020");
  CHECK(world->write_system_profile({"both", {{2, "normal"}}}, "").error().code == "HSCLF021");
  CHECK(world->write_system_profile({"both", {{2, "normal"}}}, "first").error().code == "HSCLF021");
  CHECK(world->write_system_profile({"x", {{2, "nothing"}}}, "").error().code == "HSCLF010");
  CHECK(world->write_system_profile({"x", {}}, "").error().code == "configuration");
  CHECK(world->write_system_profile({"x", {{2, "normal"}, {2, "small"}}}, "").error().code == "configuration");
  CHECK(world->write_system_profile({"a*b", {{2, "normal"}}}, "").error().code == "configuration");
  CHECK_FALSE(world->write_system_profile({"x", {{9, "normal"}}}, ""));
  world.check({{"both", {{3, "normal"}, {2, "small"}}}, {"first", {{2, "normal"}}}});
}

TEST_CASE("a partition that is removed leaves the system profiles, and one that was all of one takes it along", "[sysprof]") {
  Both world;
  REQUIRE(world->remove(2));
  world.check({{"both", {{3, "normal"}}}, {"two", {{3, "normal"}}}});
  // The next partition of this ID is in none.
  REQUIRE(world->define(with_profiles(2, "next", {"small"})));
  world.check({{"both", {{3, "normal"}}}, {"two", {{3, "normal"}}}});
}

TEST_CASE("a partition that is renamed stays in the system profiles", "[sysprof]") {
  Both world;
  emu::LparDefinition renamed = world.status(2).definition;
  renamed.name = "other";
  REQUIRE(world->define(renamed));
  world.check({{"both", {{3, "normal"}, {2, "small"}}}, {"one", {{2, "small"}}}, {"two", {{3, "normal"}}}});
}

TEST_CASE("a profile that is removed leaves the system profiles, and one that is renamed is called so there", "[sysprof]") {
  Both world;
  emu::LparDefinition renamed = world.status(3).definition;
  renamed.profiles[0].name = renamed.default_profile = "large";
  REQUIRE(world->define(renamed));
  world.check({{"both", {{3, "large"}, {2, "small"}}}, {"one", {{2, "small"}}}, {"two", {{3, "large"}}}});
  REQUIRE(world->remove_profile(2, "small"));
  world.check({{"both", {{3, "large"}}}, {"two", {{3, "large"}}}});
  emu::LparDefinition without = world.status(3).definition;
  without.profiles.push_back(without.profiles[0]);
  without.profiles[0].name = without.default_profile = "another";
  without.profiles[1].name = "third";
  REQUIRE(world->define(without));
  world.check({});
}

TEST_CASE("a partition that has moved away is in no system profile of its source", "[sysprof]") {
  Both world;
  const emu::LparDefinition moved = world.status(2).definition;
  REQUIRE(world->mark_migrating(7, 2, false, true, "cec2"));
  REQUIRE(world->hand_over_inactive(7, 2, "cec2"));
  REQUIRE(world.witness->start(moved.uuid, "cec2", 7));
  REQUIRE(world->finish_source(7));
  world.check({{"both", {{3, "normal"}}}, {"two", {{3, "normal"}}}});
}

TEST_CASE("a partition stays in the system profiles if its removal cannot be stored", "[sysprof]") {
  Both world;
  const auto stays = world->system_profiles();
  const auto fails = world.journal->together([&]() -> emu::Status {
    REQUIRE(world.journal->remove_lpar(2));
    REQUIRE(world.journal->put_blob(system_profiles_key, {}));
    return emu::Error{"journal", "No room."};
  });
  CHECK_FALSE(fails);
  CHECK(world.journal->lpars().size() == 2);
  world.check(stays.profiles);
}
