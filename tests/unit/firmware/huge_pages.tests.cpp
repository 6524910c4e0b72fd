// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/devtree/tree.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

constexpr u64 h_enter = 8;
constexpr s64 h_parameter = -4;

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
  made.profiles[0].boot_mode = emu::BootMode::of;
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
  // The lab file gives the system less memory: what fits of it is there, and all of it when there is more again.
  world.config.memory_mb = 2 * emu::huge_page_mb;
  world.restart();
  CHECK(world->system().huge_pages == 1);
  CHECK(world->system().requested_huge_pages == 3);
  world.config.memory_mb = 4 * emu::huge_page_mb;
  world.restart();
  CHECK(world->system().huge_pages == 3);
  REQUIRE(world->request_huge_pages(0));
  world.restart();
  CHECK(world->system().huge_pages == 0);
  CHECK(world->system().available_mem_mb == 4 * emu::huge_page_mb);
}

TEST_CASE("an activation takes huge pages that nobody has, and gives them back", "[hugepages]") {
  Large world({wishes(2, "one", 1, 2), wishes(3, "two", 1, 1)});
  REQUIRE(world->activate(3, "", {}));
  CHECK(world->system().available_huge_pages == 1);
  REQUIRE(world->activate(2, "", {}));
  CHECK(world.status(2).definition.current->desired_num_huge_pages == 1);
  CHECK(world->system().available_huge_pages == 0);
  REQUIRE(world->power_off(3, false));
  CHECK(world->system().available_huge_pages == 1);
  REQUIRE(world->power_off(2, false));
  REQUIRE(world->activate(2, "normal", {}));
  CHECK(world.status(2).definition.current->desired_num_huge_pages == 2);
  const auto refused = world->activate(3, "", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "HSCL03EC");
  CHECK(world->refcodes(3, 1)[0].refcode == "B2005109");
}

TEST_CASE("a partition with huge pages comes as long as it does not run", "[hugepages]") {
  Large world({});
  const emu::LparDefinition comes = with_current(wishes(2, "comes", 0, 1));
  CHECK(world->create_shell(7, comes, true, "cec2").error().code == "HSCLF218");
  CHECK(world->create_shell(7, comes, false, "cec2"));
  CHECK(world->system().available_huge_pages == 2);
}

TEST_CASE("a guest is told of its huge pages, and enters them as such", "[hugepages]") {
  Large world({wishes(2, "one", 1, 2)});
  REQUIRE(world->activate(2, "", {}));
  const auto partition = world.partition(2);
  constexpr u64 page = emu::huge_page_mb * MiB;
  const devices::Node tree = devtree::build(*partition, {});
  std::vector<std::string> memory;
  for (const devices::Node& node : tree.children)
    if (node.name.starts_with("memory@")) memory.push_back(node.name + (node.property("ibm,expected#pages") ? " huge" : ""));
  CHECK(memory == std::vector<std::string>{"memory@0", "memory@400000000 huge", "memory@800000000 huge"});

  const auto enter = [&](u64 flags, u64 real, u64 lp) {
    const u64 v = u64{1} << 62 | u64{0x123} << 24 | 4 | 1;
    return guest_call(*partition, h_enter, {flags, 0, v, real | lp << 12 | 0x192});
  };
  CHECK(enter(0, page, 3) == 0);
  CHECK(enter(0, 2 * page, 3) == 0);
  CHECK(enter(0, 0, 3) == h_parameter);
  CHECK(enter(0, 3 * page, 3) == h_parameter);
  CHECK(enter(u64{1} << 15, page, 3) == h_parameter);
  CHECK(enter(u64{1} << 14, page, 3) == h_parameter);
  // As Linux does, whose linear mapping has all memory.
  CHECK(enter(0, page + 16 * MiB, 0) == 0);
  CHECK(enter(0, page - 16 * MiB, 0) == h_parameter);
}

TEST_CASE("a guest without huge pages is offered none", "[hugepages]") {
  Large world({wishes(2, "one", 0, 0)});
  REQUIRE(world->activate(2, "", {}));
  const devices::Node tree = devtree::build(*world.partition(2), {});
  for (const devices::Node& node : tree.children) CHECK_FALSE(node.property("ibm,expected#pages"));
  CHECK(guest_call(*world.partition(2), h_enter, {0, 0, u64{1} << 62 | 4 | 1, u64{3} << 12 | 0x192}) == h_parameter);
}
