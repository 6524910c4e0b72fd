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

namespace {

// Of 1000 MB and 4 processors each.
Room with_left(const std::string& system, u64 memory_mb, u32 units = 400) { return {system, memory_mb, units, 10, 1000, 400}; }
Guest at(const std::string& system, const std::string& name, u64 memory_mb, u32 units = 10) {
  return {name, memory_mb > 0, memory_mb, units, {}, system};
}
std::string ways(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) text += step.partition + ":" + step.from + ">" + step.to + " ";
  return text;
}

}  // namespace

TEST_CASE("systems are made equally full, with as few moves as make a difference", "[evacuation]") {
  const std::vector<Guest> guests{at("A", "a1", 300), at("A", "a2", 300), at("A", "a3", 200), at("B", "b1", 100)};
  CHECK(ways(balanced(guests, {with_left("A", 200), with_left("B", 900), with_left("C", 1000)}, {})) == "a1:A>C a3:A>B ");
  SECTION("nobody moves when nothing would be gained") {
    CHECK(balanced({at("A", "a", 500), at("B", "b", 500)}, {with_left("A", 500), with_left("B", 500)}, {}).empty());
    CHECK(balanced({at("A", "a", 500)}, {with_left("A", 500), with_left("B", 1000)}, {}).empty());
    CHECK(balanced({}, {}, {}).empty());
  }
  SECTION("processing units count as well") {
    const std::vector<Guest> busy{at("A", "a1", 10, 200), at("A", "a2", 10, 200)};
    CHECK(ways(balanced(busy, {with_left("A", 980, 0), with_left("B", 1000)}, {})) == "a1:A>B ");
  }
  SECTION("a validation has its say, and some stay apart") {
    Wishes wishes;
    wishes.judge = [](const Guest& guest, const std::string&) { return guest.name == "a1" ? "HSCL1 No." : ""; };
    CHECK(ways(balanced({at("A", "a1", 400), at("A", "a2", 300)}, {with_left("A", 300), with_left("B", 1000)}, wishes)) ==
          "a2:A>B ");
    wishes = {};
    wishes.apart = {{"a1", "b1"}, {"a2", "b1"}};
    CHECK(
        balanced({at("A", "a1", 400), at("A", "a2", 300), at("B", "b1", 10)}, {with_left("A", 300), with_left("B", 990)}, wishes)
            .empty());
  }
}

TEST_CASE("as many systems as can be are emptied, those with the least first", "[evacuation]") {
  const std::vector<Guest> guests{at("A", "a", 400), at("B", "b", 200), at("C", "c", 100), at("C", "off", 0)};
  std::vector<std::string> notes;
  CHECK(ways(consolidated(guests, {with_left("A", 600), with_left("B", 800), with_left("C", 900), with_left("D", 1000)}, {},
                          notes)) == "c:C>A off:C>A b:B>A ");
  CHECK(notes.empty());
  SECTION("all of one, or none") {
    notes.clear();
    const std::vector<Guest> large{at("A", "a", 700), at("B", "b1", 200), at("B", "b2", 200)};
    CHECK(consolidated(large, {with_left("A", 300), with_left("B", 600)}, {}, notes).empty());
    REQUIRE(notes.size() == 2);
    CHECK(notes[0] ==
          "B is not emptied, because b2 stays. A: It needs 200 MB of memory, and 100 MB are left beside those that go there "
          "before.");
  }
  SECTION("the last one keeps its partitions") {
    CHECK(consolidated({at("A", "a", 100)}, {with_left("A", 900), with_left("B", 1000)}, {}, notes).empty());
  }
}
