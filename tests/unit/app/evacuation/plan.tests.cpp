// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/plan.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace emu::app::evacuation;

namespace {

std::string summary(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps)
    text += step.partition +
            (step.action == Action::move       ? ">" + step.to
             : step.action == Action::shutdown ? " off"
                                               : " stays") +
            " ";
  return text;
}

const std::vector<Room> two_rooms{{"B", 1000, 400, 10}, {"C", 900, 400, 10}};

}  // namespace

TEST_CASE("the largest goes first, each where most is left", "[evacuation]") {
  CHECK(summary(plan({{"small", true, 100, 10}, {"large", true, 500, 10}, {"middle", true, 300, 10}}, two_rooms, {})) ==
        "large>B middle>C small>C ");
}

TEST_CASE("who can go to one place only chooses first", "[evacuation]") {
  const std::vector<Guest> guests{{"any", true, 500, 10}, {"only_b", true, 500, 10, {{"C", "C has no such VLAN."}}}};
  CHECK(summary(plan(guests, {{"B", 600, 400, 10}, {"C", 500, 400, 10}}, {})) == "any>C only_b>B ");
}

TEST_CASE("memory, processing units and numbers of partitions are counted for all together", "[evacuation]") {
  SECTION("memory") {
    const auto steps = plan({{"a", true, 600, 10}, {"b", true, 600, 10}}, {{"B", 1000, 400, 10}}, {});
    CHECK(summary(steps) == "a>B b stays ");
    CHECK(steps[1].why == "B: It needs 600 MB of memory, and 400 MB are left beside those that go there before.");
  }
  SECTION("units") {
    const auto steps = plan({{"a", true, 1, 300}, {"b", true, 1, 200}}, {{"B", 1000, 400, 10}}, {});
    CHECK(summary(steps) == "a>B b stays ");
    CHECK(steps[1].why.find("2.0 processing units, and 1.0 are left") != std::string::npos);
  }
  SECTION("partitions") {
    CHECK(summary(plan({{"a", true, 1, 1}, {"b", true, 1, 1}}, {{"B", 1000, 400, 1}}, {})) == "a>B b stays ");
  }
  SECTION("one that is off takes nothing") {
    CHECK(summary(plan({{"a", false, 0, 0}, {"b", true, 1000, 400}}, {{"B", 1000, 400, 10}}, {})) == "b>B a>B ");
  }
}

TEST_CASE("some are shut down instead, and some stay apart", "[evacuation]") {
  const std::vector<Guest> guests{{"a", true, 10, 1}, {"b", true, 10, 1}, {"c", true, 10, 1}, {"d", true, 900, 1}};
  Wishes wishes;
  wishes.shutdown = {"d"};
  wishes.apart = {{"a", "b", "c"}};
  const auto steps = plan(guests, two_rooms, wishes);
  CHECK(summary(steps) == "d off a>B b>C c stays ");
  CHECK(steps[3].why == "B: a goes there, from which it is to stay apart. C: b goes there, from which it is to stay apart.");
}

TEST_CASE("what a validation has against each place is the reason why somebody stays", "[evacuation]") {
  const auto steps = plan({{"a", true, 10, 1, {{"B", "HSCL1 No."}, {"C", "HSCL2 Never."}}}}, two_rooms, {});
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].why == "B: HSCL1 No. C: HSCL2 Never.");
  CHECK(plan({}, two_rooms, {}).empty());
  CHECK(summary(plan({{"a", true, 10, 1}}, {}, {})) == "a stays ");
}
