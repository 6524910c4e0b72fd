// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/dispatch_share.h"

#include "tests/support/catch.h"

using namespace firmware;

namespace {

constexpr u64 ms = emu::millisecond;

Sharer capped(u32 units, bool wants = true) { return {.units = units, .capped = true, .wants = wants}; }
Sharer uncapped(u32 units, u32 weight, u32 pool = 0) { return {.units = units, .weight = weight, .pool = pool, .wants = true}; }
Sharer idle(u32 units, u32 weight, u64 used = 0) { return {.units = units, .weight = weight, .used = used}; }
Sharer wide(u32 units, u32 weight, u32 at_once) { return {.units = units, .weight = weight, .at_once = at_once, .wants = true}; }

struct Row {
  const char* what;
  u64 units;
  std::vector<emu::ProcessorPool> pools;
  std::vector<Sharer> sharers;
  std::vector<u64> tenths;  // of a millisecond, rounded down, within a window of 10 ms
};

const emu::ProcessorPool one{3, "One", 100, 0};
const emu::ProcessorPool two{4, "Two", 200, 0};

}  // namespace

TEST_CASE("a window is divided by entitlement, and what is left by weight", "[share]") {
  const Row row = GENERATE(values<Row>({
      {"nobody", 200, {}, {}, {}},
      {"capped: what it is entitled to, whatever is left", 200, {}, {capped(20), capped(60)}, {20, 60}},
      {"more units than processors that run at once", 400, {}, {capped(150)}, {100}},
      {"alone and uncapped: its one processor, all the time", 200, {}, {uncapped(50, 128)}, {100}},
      {"but no more than there is", 80, {}, {uncapped(50, 128)}, {80}},
      {"more processors, more time", 400, {}, {wide(50, 128, 3)}, {300}},
      {"weight 0: as if it were capped", 200, {}, {uncapped(30, 0)}, {30}},
      {"by weight, beyond the entitlement", 100, {}, {uncapped(10, 64), uncapped(10, 192)}, {30, 70}},
      {"the greater entitlement stays", 100, {}, {uncapped(50, 100), uncapped(10, 100)}, {70, 30}},
      {"who has enough leaves the rest to the others",
       200,
       {},
       {uncapped(10, 250), uncapped(10, 50), uncapped(10, 50)},
       {100, 50, 50}},
      {"the capped one's time is its own", 100, {}, {capped(40), uncapped(10, 128)}, {40, 60}},
      {"unless it does not use it", 100, {}, {capped(40, false), uncapped(10, 128)}, {40, 100}},
      {"it may use a part", 100, {}, {idle(40, 128, 2 * ms), uncapped(10, 128)}, {40, 80}},
      {"who does not want gets the rest, should it want after all", 150, {}, {idle(20, 128), uncapped(10, 128)}, {70, 100}},
      {"a pool's maximum, and no more, though there is more", 400, {one}, {uncapped(10, 64, 3), uncapped(10, 192, 3)}, {30, 70}},
      {"of two pools", 400, {one, two}, {uncapped(10, 64, 3), uncapped(10, 192, 3), uncapped(10, 1, 4)}, {30, 70, 100}},
      {"what a pool may not take goes to the others",
       200,
       {one},
       {uncapped(10, 255, 3), uncapped(10, 255, 3), uncapped(10, 1)},
       {50, 50, 100}},
      {"entitlements beyond what the host has", 50, {}, {capped(60), uncapped(20, 128)}, {60, 20}},
      {"a pool that is none of them", 100, {}, {uncapped(10, 128, 700)}, {100}},
  }));
  INFO(row.what);
  std::vector<u64> tenths;
  // Fractions of a nanosecond are lost.
  for (const u64 share : dispatch_shares(row.sharers, row.units, row.pools)) tenths.push_back((share + 1000) / (ms / 10));
  CHECK(tenths == row.tenths);
}

TEST_CASE("what was too much in one window is less in the next, and what the host did not give is more", "[share]") {
  constexpr s64 window = 10'000'000;
  CHECK(carried_over(2'000'000, 2'500'000, true) == -500'000);
  CHECK(carried_over(2'000'000, 2'500'000, false) == -500'000);
  CHECK(carried_over(2'000'000, 1'500'000, true) == 500'000);
  CHECK(carried_over(2'000'000, 1'500'000, false) == 0);
  CHECK(carried_over(900 * window, 0, true) == 2 * window);
  CHECK(carried_over(0, u64{1} << 62, true) == -100 * window);
}
