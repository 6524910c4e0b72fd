// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/log_limit.h"

#include <fmt/format.h>

#include "emu/core/clock.h"
#include "tests/support/catch.h"

TEST_CASE("a message that comes without end is written now and then, with how often it came", "[log]") {
  emu::LogLimit limit;
  const u64 second = emu::nanoseconds_per_second;
  u64 written = 0, left_out = 0, now = second;
  for (u32 i = 0; i < 100'000; ++i, now += second / 1000) {  // 100 s
    const auto verdict = limit.look_at(fmt::format("vhost0: login refused, reason {:#x}", i), now);
    written += verdict.write;
    left_out += verdict.left_out;
    CHECK(limit.over(now).empty());
  }
  CHECK(written >= 200);
  CHECK(written < 400);
  CHECK(limit.look_at("vhost0: disk 1 has gone", now).write);  // another kind is not disturbed
  const auto over = limit.over(now + 10 * second);
  REQUIRE(over.size() == 1);
  CHECK(over[0].kind == "# login refused, reason #");
  CHECK(written + left_out + over[0].lines == 100'000);
}

TEST_CASE("a burst is written whole, and a flood of ever new kinds is bounded", "[log]") {
  emu::LogLimit limit;
  for (u32 i = 0; i < 150; ++i) CHECK(limit.look_at("pass", 1).write);
  u32 written = 0;
  for (u32 i = 0; i < 5000; ++i) {
    std::string kind;
    for (u32 n = i; n; n /= 16) kind += static_cast<char>('a' + n % 16);
    written += limit.look_at(kind, 1).write;
  }
  CHECK(written < 800);
}
