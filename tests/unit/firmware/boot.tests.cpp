// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

SCENARIO("nomad boots to its prompt", "[boot]") {
  GIVEN("a partition with one processor, and one with two") {
    auto one = lpar(2, "mobile", {});
    auto two = lpar(3, "smp", {});
    give_processors(two.profiles[0], 2);
    World world({one, two});
    WHEN("they are activated") {
      auto status = world->activate(2, "", {});
      INFO((status ? "" : status.error().text));
      REQUIRE(status);
      REQUIRE(world->activate(3, "", {}));
      THEN("their shells answer") {
        const bool prompted = world.wait_for_output(2, "mobile# ");
        INFO(world.console(2));
        REQUIRE(prompted);
        const bool smp = world.wait_for_output(3, "smp# ");
        INFO(world.console(3));
        REQUIRE(smp);
        CHECK(world.status(2).state == LparState::running);
        CHECK(world.status(2).refcode.refcode.empty());
        world.type(2, "date\n");
        CHECK(world.wait_for_output(2, " UTC"));
        world.type(3, "prtconf\n");
        CHECK(world.wait_for_output(3, "Number Of Processors: 2"));
      }
    }
  }
}

SCENARIO("what is no boot image is refused with a sentence", "[boot]") {
  auto guest = lpar(2, "mobile", {});
  const std::string folder = std::filesystem::temp_directory_path().string() + "/";
  for (const std::string& image : {folder, folder + "nowhere.elf"}) {
    guest.profiles[0].boot_image = image;
    World world({guest});
    const auto status = world->activate(2, "", {});
    REQUIRE_FALSE(status);
    CHECK(status.error().text.find(image + " cannot be read") != std::string::npos);
    CHECK(world.status(2).state == LparState::error);
  }
}
