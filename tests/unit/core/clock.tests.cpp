// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/clock.h"

#include "tests/support/catch.h"

TEST_CASE("the host's clocks go forward", "[clock]") {
  const emu::HostClock clock;
  u64 last = clock.monotonic();
  for (int i = 0; i < 1000; ++i) {
    const u64 now = clock.monotonic();
    REQUIRE(now >= last);
    last = now;
  }
  CHECK(clock.wall() > 1'600'000'000 * emu::nanoseconds_per_second);
}

TEST_CASE("a test owns the time", "[clock]") {
  emu::ManualClock clock;
  const u64 wall = clock.wall();
  CHECK(clock.monotonic() == clock.monotonic());
  clock.advance(1500);
  CHECK(clock.monotonic() == 1500);
  CHECK(clock.wall() == wall + 1500);
}

TEST_CASE("ticks of the time base and nanoseconds convert without overflow, and never forward", "[clock]") {
  CHECK(emu::to_ticks(125) == 64);
  CHECK(emu::to_nanoseconds(64) == 125);
  CHECK(emu::to_ticks(1) == 0);
  CHECK(emu::to_ticks(2) == 1);
  const u64 century = u64{100} * 365 * 24 * 3600 * emu::nanoseconds_per_second;
  CHECK(emu::to_nanoseconds(emu::to_ticks(century)) <= century);
  CHECK(century - emu::to_nanoseconds(emu::to_ticks(century)) < 2);
  for (u64 t = 0; t < 1000; ++t) CHECK(emu::to_nanoseconds(emu::to_ticks(t)) <= t);
}
