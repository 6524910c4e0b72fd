// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/processor_shares.h"

#include "tests/support/catch.h"

using namespace firmware;

namespace {

constexpr u64 second = emu::nanoseconds_per_second;

emu::Capacity shared(u32 units, emu::SharingMode mode, u32 weight = 128, u32 pool = 0) {
  emu::Capacity has;
  has.desired_proc_units = units;
  has.sharing_mode = mode;
  has.uncap_weight = weight;
  has.shared_proc_pool = pool;
  return has;
}
emu::Capacity capped(u32 units) { return shared(units, emu::SharingMode::cap); }
emu::Capacity uncapped(u32 units, u32 weight, u32 pool = 0) { return shared(units, emu::SharingMode::uncap, weight, pool); }

// A partition whose guest would run all the time, or sleeps.
struct Guest {
  Guest(ProcessorShares& shares, const emu::Capacity& has)
      : member(shares.join(
            has, 1, [this] { return used; }, [this] { ++hurries; })) {}
  u64 used = 0;
  int hurries = 0;
  bool sleeps = false;
  u64 late = 0;  // how much later than it should it stops
  std::unique_ptr<ProcessorShares::Member> member;
};

// A host with so many processors, that goes on by the tenth of a millisecond.
struct Host {
  explicit Host(u32 processors) : shares(clock, processors) { shares.set_units(400); }
  void run(std::vector<Guest*> guests, u64 time) {
    constexpr u64 step = emu::millisecond / 10;
    for (u64 passed = 0; passed < time; passed += step) {
      for (Guest* guest : guests) {
        guest->member->idles(guest->sleeps);
        if (guest->sleeps) continue;
        const u64 may = guest->member->may_run(clock.monotonic());
        if (may) guest->used += std::min(may, step) + (may < step ? guest->late : 0);
      }
      clock.advance(step);
    }
  }
  emu::ManualClock clock;
  ProcessorShares shares;
};

}  // namespace

TEST_CASE("a capped partition gets its entitlement and no more, whoever else runs", "[share]") {
  Host host(2);
  Guest fifth(host.shares, capped(20)), most(host.shares, capped(60)), free(host.shares, uncapped(10, 128));
  most.late = 70'000;
  host.run({&fifth, &most, &free}, 10 * second);
  CHECK(fifth.used == Approx(2 * second).epsilon(0.01));
  CHECK(most.used == Approx(6 * second).epsilon(0.01));
  CHECK(free.used == Approx(10 * second).epsilon(0.01));
}

TEST_CASE("two uncapped partitions share what their pool has by weight, and one takes all of it when the other sleeps",
          "[share]") {
  Host host(2);
  host.shares.set_pools({{3, "Web", 100, 0}});
  Guest light(host.shares, uncapped(10, 64, 3)), heavy(host.shares, uncapped(10, 192, 3));
  host.run({&light, &heavy}, 10 * second);
  CHECK(light.used == Approx(3 * second).epsilon(0.02));
  CHECK(heavy.used == Approx(7 * second).epsilon(0.02));
  CHECK(host.shares.idle(3) < second / 20);
  CHECK(host.shares.idle(0) == Approx(30 * second).epsilon(0.01));

  heavy.sleeps = true;
  light.used = 0;
  host.run({&light, &heavy}, second);
  CHECK(light.used == Approx(1 * second).epsilon(0.03));
  CHECK(light.member->may_run(host.clock.monotonic()) == ProcessorShares::unlimited);

  // It wakes up: who had everything hears of it.
  const int before = light.hurries;
  heavy.sleeps = false;
  heavy.used = light.used = 0;
  host.run({&light, &heavy}, second);
  CHECK(light.hurries > before);
  CHECK(heavy.used == Approx(second * 7 / 10).epsilon(0.05));
}

TEST_CASE("dedicated processors are never held back, and are no part of the shared ones", "[share]") {
  Host host(4);
  emu::Capacity own;
  own.proc_mode = emu::ProcMode::ded;
  own.desired_procs = 3;
  Guest dedicated(host.shares, own), one(host.shares, uncapped(10, 128)), other(host.shares, uncapped(10, 128));
  host.run({&dedicated, &one, &other}, second);
  CHECK(dedicated.member->may_run(host.clock.monotonic()) == ProcessorShares::unlimited);
  CHECK(host.shares.units(0) == 100);
  CHECK(one.used == Approx(second / 2).epsilon(0.05));
  CHECK(other.used == Approx(second / 2).epsilon(0.05));
}

TEST_CASE("a share that is changed counts at once", "[share]") {
  Host host(2);
  Guest guest(host.shares, uncapped(10, 128));
  host.run({&guest}, second);
  CHECK(guest.used == Approx(second).epsilon(0.01));
  guest.used = 0;
  guest.member->has(capped(50));
  CHECK(guest.hurries == 1);
  host.run({&guest}, second);
  CHECK(guest.used == Approx(second / 2).epsilon(0.02));
  guest.member->has(uncapped(50, 1));
  CHECK(guest.member->may_run(host.clock.monotonic()) == ProcessorShares::unlimited);
}
