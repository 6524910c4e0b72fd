// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/console_lock.h"

#include "tests/support/catch.h"

using firmware::ConsoleLock;

namespace {

struct Station {
  std::unique_ptr<firmware::Journal> journal = std::move(*firmware::Journal::open(":memory:"));
  emu::HostClock clock;
  ConsoleLock lock{*journal, clock, "cec1"};
};

}  // namespace

TEST_CASE("a system is locked by one console, and the other one is told which", "[firmware][lock]") {
  Station station;
  ConsoleLock& lock = station.lock;
  CHECK(lock.admits(0));
  const auto first = lock.take("hmc1", false);
  REQUIRE(first);
  CHECK(lock.now().holder == "hmc1");
  const auto second = lock.take("hmc2", false);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == "HSCLF040");
  CHECK_THAT(second.error().text, Catch::Contains("cec1") && Catch::Contains("hmc1"));
  CHECK(lock.admits(*first));
  CHECK(lock.admits(0).error().code == "HSCLF040");
  CHECK(lock.admits(*first + 1).error().code == "HSCLF040");
  REQUIRE(lock.give_back(*first, false));
  CHECK(lock.now().holder.empty());
  CHECK(lock.admits(0));
  CHECK(lock.take("hmc2", false));
}

TEST_CASE("who has lost a lock, and does not know, changes nothing any more", "[firmware][lock]") {
  Station station;
  ConsoleLock& lock = station.lock;
  const u64 first = *lock.take("hmc1", false);
  SECTION("it was taken by another console") {
    const u64 second = *lock.take("hmc2", true);
    CHECK(second > first);
    CHECK(lock.admits(first).error().code == "HSCLF040");
    REQUIRE(lock.give_back(first, false));  // nobody's any more
    CHECK(lock.now().holder == "hmc2");
    CHECK(lock.admits(second));
  }
  SECTION("it was broken, and nobody has it") {
    REQUIRE(lock.give_back(0, true));
    CHECK(lock.admits(first).error().code == "HSCLF041");
    CHECK(lock.admits(0));
  }
  SECTION("it was taken again by a later process of the same console") {
    const u64 again = *lock.take("hmc1", false);
    CHECK_FALSE(lock.admits(first));
    CHECK(lock.admits(again));
  }
}

TEST_CASE("a lock outlives the process of its system", "[firmware][lock]") {
  Station station;
  const u64 epoch = *station.lock.take("hmc1", false);
  ConsoleLock later(*station.journal, station.clock, "cec1");
  REQUIRE(later.restore());
  CHECK(later.now().holder == "hmc1");
  CHECK(later.admits(epoch));
  REQUIRE(later.give_back(epoch, false));
  CHECK(*later.take("hmc2", false) > epoch);
}

TEST_CASE("a console without a name, or with one that steers a terminal, gets no lock", "[firmware][lock]") {
  Station station;
  CHECK_FALSE(station.lock.take("", false));
  CHECK_FALSE(station.lock.take("hmc\x1b[2J", false));
  CHECK_FALSE(station.lock.take(std::string(300, 'h'), true));
}
