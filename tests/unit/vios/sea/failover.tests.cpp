// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/sea/failover.h"

#include "tests/support/catch.h"

#include <deque>
#include <random>

using vios::Failover;
using vios::HaMode;
using vios::SeaState;

namespace {

constexpr u64 tick = 10'000'000;
const emu::packet::Mac first_mac = {2, 0, 0, 0, 0, 1}, second_mac = {2, 0, 0, 0, 0, 2};

// Two of them, and the control channel between them.
struct Pair {
  u64 now = 1'000'000'000;
  Failover first, second;
  bool cut = false;
  bool first_hangs = false;

  explicit Pair(u32 second_priority = 2)
      : first(HaMode::automatic, 1, first_mac, now), second(HaMode::automatic, second_priority, second_mac, now) {}
  void pass(u64 time) {
    for (const u64 end = now + time; now < end; now += tick) {
      if (!first_hangs)
        for (const Bytes& packet : first.step(now))
          if (!cut) second.hear(packet, now);
      for (const Bytes& packet : second.step(now))
        if (!cut && !first_hangs) first.hear(packet, now);
    }
  }
  void begin() { pass(2 * Failover::patience); }
};

}  // namespace

TEST_CASE("of two shared Ethernet adapters the one with the lower number bridges", "[vios][sea][failover]") {
  Pair pair;
  CHECK(pair.first.state() == SeaState::limbo);
  CHECK(pair.second.state() == SeaState::limbo);
  pair.begin();
  CHECK(pair.first.state() == SeaState::primary);
  CHECK(pair.second.state() == SeaState::backup);
  CHECK(pair.second.counts().became_primary == 0);
  pair.pass(50 * Failover::patience);
  CHECK(pair.first.counts().became_primary == 1);
  CHECK(pair.second.counts().became_backup == 1);
  CHECK(pair.second.counts().keep_alive > 100);
}

TEST_CASE("one that is alone bridges after it has listened", "[vios][sea][failover]") {
  Pair pair;
  pair.cut = true;
  pair.pass(Failover::patience);
  CHECK(pair.first.state() == SeaState::limbo);
  pair.pass(tick);
  CHECK(pair.first.state() == SeaState::primary);
}

TEST_CASE("the other takes over when the primary is silent, hears farewell, or loses its cable", "[vios][sea][failover]") {
  Pair pair;
  pair.begin();
  SECTION("silent, and back again") {
    pair.first_hangs = true;
    pair.pass(Failover::patience + Failover::between_packets);
    CHECK(pair.second.state() == SeaState::primary);
    pair.first_hangs = false;  // it thinks that it still is the one
    pair.pass(3 * Failover::between_packets);
    CHECK(pair.first.state() == SeaState::primary);
    CHECK(pair.second.state() == SeaState::backup);
  }
  SECTION("farewell") {
    pair.second.hear(pair.first.farewell(), pair.now);
    pair.first_hangs = true;
    pair.pass(tick);
    CHECK(pair.second.state() == SeaState::primary);
    CHECK(pair.second.counts().limbo >= 1);
  }
  SECTION("the cable, and it is plugged in again") {
    pair.first.set_link(false, pair.now);
    pair.pass(2 * tick);
    CHECK(pair.first.state() == SeaState::limbo);
    CHECK(pair.second.state() == SeaState::primary);
    pair.first.set_link(true, pair.now);
    pair.pass(2 * Failover::between_packets);
    CHECK(pair.first.state() == SeaState::primary);
    CHECK(pair.second.state() == SeaState::backup);
    CHECK(pair.second.counts().recovery == 1);
    CHECK(pair.first.counts().notify == 1);
  }
  SECTION("the cable of the one that stands by changes nothing") {
    pair.second.set_link(false, pair.now);
    pair.pass(5 * tick);
    CHECK(pair.first.state() == SeaState::primary);
    CHECK(pair.second.state() == SeaState::limbo);
    pair.second.set_link(true, pair.now);
    pair.pass(Failover::between_packets);
    CHECK(pair.second.state() == SeaState::backup);
  }
}

TEST_CASE("standby yields to auto, and equal numbers are told apart", "[vios][sea][failover]") {
  Pair pair(1);
  pair.begin();
  CHECK(pair.first.state() == SeaState::primary);
  CHECK(pair.second.state() == SeaState::backup);
  pair.first.set_mode(HaMode::standby);
  pair.pass(3 * Failover::between_packets);
  CHECK(pair.first.state() == SeaState::backup);
  CHECK(pair.second.state() == SeaState::primary);
  pair.first.set_mode(HaMode::automatic);
  pair.pass(3 * Failover::between_packets);
  CHECK(pair.first.state() == SeaState::primary);
  CHECK(pair.second.state() == SeaState::backup);
}

TEST_CASE("a channel that is cut and mended ends with one primary", "[vios][sea][failover]") {
  Pair pair;
  pair.begin();
  pair.cut = true;
  pair.pass(2 * Failover::patience);
  CHECK(pair.second.state() == SeaState::primary);  // what the switch makes of two, its own test says
  pair.cut = false;
  pair.pass(3 * Failover::between_packets);
  CHECK(pair.first.state() == SeaState::primary);
  CHECK(pair.second.state() == SeaState::backup);
}

TEST_CASE("strange packets on the control channel are no partners", "[vios][sea][failover][fuzz]") {
  Failover alone(HaMode::automatic, 1, first_mac, 1);
  Failover other(HaMode::automatic, 2, second_mac, 1);
  const Bytes good = other.step(1'000'000'000).front();
  std::mt19937 random(5);
  for (int i = 0; i < 20'000; ++i) {
    Bytes packet = good;
    for (u32 n = 1 + random() % 4; n > 0; --n) packet[random() % 24] = static_cast<u8>(random());
    if (i % 5 == 0) packet.resize(random() % packet.size());
    alone.hear(packet, 2);
    alone.hear(alone.farewell(), 2);  // its own, which came back
  }
  CHECK(alone.counts().in < 20'000);
  (void)alone.step(10'000'000'000);
  CHECK(alone.state() == SeaState::primary);
}
