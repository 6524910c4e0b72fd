// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

// Of four huge pages the file gives two to the pool. Nothing of it is touched.
struct Large : World {
  explicit Large(std::vector<emu::LparDefinition> lpars) : World({}) {
    config.memory_mb = 4 * emu::huge_page_mb;
    config.huge_pages = 2;
    config.partitions = std::move(lpars);
    hypervisor.reset();
    journal = std::move(*Journal::open(":memory:"));
    witness = std::move(*Witness::open(":memory:"));
    restart();
  }
  void restart() {
    hypervisor.reset();
    hypervisor = std::move(*Hypervisor::create(config, *journal, *witness, clock));
  }
};

emu::LparDefinition wishes(u32 id, const std::string& name, u32 least, u32 most) {
  emu::LparDefinition made = lpar(id, name, {});
  made.profiles[0].min_num_huge_pages = least;
  made.profiles[0].desired_num_huge_pages = made.profiles[0].max_num_huge_pages = most;
  made.profiles[0].boot_mode = "of";
  return made;
}

}  // namespace

TEST_CASE("the pool that is asked for is there at the next start, and is no memory for partitions", "[hugepages]") {
  Large world({});
  CHECK(world->system().huge_pages == 2);
  CHECK(world->system().requested_huge_pages == 2);
  CHECK(world->system().available_mem_mb == 2 * emu::huge_page_mb);
  REQUIRE(world->request_huge_pages(3));
  CHECK(world->system().huge_pages == 2);
  CHECK(world->system().requested_huge_pages == 3);
  CHECK_FALSE(world->request_huge_pages(4));
  CHECK_FALSE(world->request_huge_pages(~u32{0}));
  world.restart();
  CHECK(world->system().huge_pages == 3);
  CHECK(world->system().available_huge_pages == 3);
  CHECK(world->system().available_mem_mb == emu::huge_page_mb);
  REQUIRE(world->request_huge_pages(0));
  world.restart();
  CHECK(world->system().huge_pages == 0);
  CHECK(world->system().available_mem_mb == 4 * emu::huge_page_mb);
}

TEST_CASE("an activation takes huge pages that nobody has, and gives them back", "[hugepages]") {
  Large world({wishes(2, "one", 1, 2), wishes(3, "two", 1, 1)});
  REQUIRE(world->activate(3, "", ""));
  CHECK(world->system().available_huge_pages == 1);
  REQUIRE(world->activate(2, "", ""));
  CHECK(world.status(2).definition.current->desired_num_huge_pages == 1);
  CHECK(world->system().available_huge_pages == 0);
  REQUIRE(world->power_off(3, false));
  CHECK(world->system().available_huge_pages == 1);
  REQUIRE(world->power_off(2, false));
  REQUIRE(world->activate(2, "normal", ""));
  CHECK(world.status(2).definition.current->desired_num_huge_pages == 2);
  const auto refused = world->activate(3, "", "");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "HSCL03EC");
  CHECK(world->refcodes(3, 1)[0].refcode == "B2005109");
}

TEST_CASE("a partition with huge pages comes as long as it does not run", "[hugepages]") {
  Large world({});
  const emu::LparDefinition comes = with_current(wishes(2, "comes", 0, 1));
  CHECK(world->create_shell(7, comes, true, "cec2").error().code == "HSCLA218");
  CHECK(world->create_shell(7, comes, false, "cec2"));
  CHECK(world->system().available_huge_pages == 2);
}
