// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/mover/entitlement.h"

#include "tests/support/catch.h"

using vios::Entitlement;
constexpr u64 ms = emu::millisecond;

// A mover that works whenever it may, for a millisecond at a time: how long it has worked within a second.
static u64 worked(u32 units) {
  Entitlement entitlement;
  u64 now = ms, used = 0;
  while (now < 1001 * ms) {
    if (const u64 wait = entitlement.wait(now, used, units)) {
      now += wait;
      continue;
    }
    now += ms;
    used += ms;
  }
  return used / ms;
}

TEST_CASE("a mover works for what its server is entitled to, and without a limit always", "[mover]") {
  CHECK(worked(0) == 1000);
  CHECK(worked(100) == 1000);
  for (const u32 units : {10U, 20U, 50U}) {
    INFO(units);
    CHECK(worked(units) >= units * 10 - 20);
    CHECK(worked(units) <= units * 10 + 20);
  }
}

TEST_CASE("time that a mover did not need is not saved for later", "[mover]") {
  Entitlement entitlement;
  CHECK(entitlement.wait(ms, 0, 10) == 0);
  CHECK(entitlement.wait(1000 * ms, 0, 10) == 0);
  // A window's share is one millisecond: of five that it took, four are too many.
  CHECK(entitlement.wait(1005 * ms, 5 * ms, 10) > 30 * ms);
}
