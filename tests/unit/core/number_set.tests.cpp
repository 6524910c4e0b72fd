// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/number_set.h"

#include <random>
#include <set>

#include "tests/support/catch.h"

using emu::NumberSet;

TEST_CASE("a set of numbers is what was added and not removed, in the fewest runs", "[numbers]") {
  std::mt19937 random(7);
  NumberSet numbers;
  std::set<u32> right;
  for (int i = 0; i < 4000; ++i) {
    const u32 number = random() % 64;
    if (random() % 2) {
      numbers.add(number);
      right.insert(number);
    } else {
      numbers.remove(number);
      right.erase(number);
    }
    REQUIRE(numbers.numbers() == std::vector<u32>(right.begin(), right.end()));
    REQUIRE(numbers.count() == right.size());
    REQUIRE(numbers.end() == (right.empty() ? 0 : *right.rbegin() + 1));
    for (u32 each = 0; each < 66; ++each) REQUIRE(numbers.contains(each) == right.contains(each));
    for (size_t run = 1; run < numbers.runs().size(); ++run)
      REQUIRE(numbers.runs()[run].first > numbers.runs()[run - 1].first + numbers.runs()[run - 1].count);
  }
}

TEST_CASE("a set of numbers that comes from elsewhere is one, or is refused", "[numbers]") {
  NumberSet numbers = NumberSet::below(5);
  numbers.remove(2);
  const auto back = emu::from_bytes<NumberSet>(emu::to_bytes(numbers));
  REQUIRE(back);
  CHECK(*back == numbers);

  struct Bad {
    std::vector<NumberSet::Run> runs;
  };
  for (const Bad& bad :
       {Bad{{{3, 0}}}, Bad{{{0, 3}, {3, 1}}}, Bad{{{0, 3}, {2, 4}}}, Bad{{{5, 1}, {1, 1}}}, Bad{{{~u32{0}, 2}}}}) {
    auto ar = emu::Archive::saving();
    ar.section("numbers", 1);
    auto runs = bad.runs;
    ar("runs", runs);
    CHECK_FALSE(emu::from_bytes<NumberSet>(ar.take()));
  }
}
