// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/heartbeats.h"

#include <chrono>
#include <thread>

#include "tests/support/catch.h"

using namespace emu;

TEST_CASE("a counter's beats are seen from outside, and only while somebody reads", "[frame]") {
  const HostClock clock;
  std::shared_ptr<GuestMemory> memory = std::move(*GuestMemory::create(MiB));
  frame::Heartbeats heartbeats(clock, [&](u32 lpar_id) { return lpar_id == 3 ? memory : nullptr; });
  const u64 began = clock.monotonic();
  const service::ReadHeartbeat ask{3, 0x2000, 50'000, began, 1'000'000};
  CHECK(heartbeats.read(ask).changes.empty());
  // Each value stands until it has been seen, however busy the host is.
  for (u64 i = 1; i <= 20; ++i) {
    REQUIRE(memory->write_be<u64>(0x2000, i));
    while (heartbeats.read(ask).value != i && clock.monotonic() - began < 20 * nanoseconds_per_second)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const service::Heartbeat beat = heartbeats.read(ask);
  CHECK(beat.value == 20);
  CHECK(beat.first_at >= began / 1'000'000 * 1'000'000);
  CHECK(beat.first_at % 1'000'000 == 0);
  u64 changes = 0;
  for (const u8 each : beat.changes) changes += each;
  CHECK((changes == 19 || changes == 20));                              // the first value may have been there when it began
  CHECK(heartbeats.read({4, 0x2000, 50'000, 0, 0}).changes.empty());    // no such partition
  CHECK(heartbeats.read({3, ~u64{0}, 0, 0, ~u64{0}}).changes.empty());  // no such address, no such times
  CHECK(heartbeats.read({3, 0x2004, 50'000, ~u64{0}, 1}).first_at % 100'000 == 0);  // crooked
}
