// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/system_clock.h"

#include "firmware/native_partition.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

constexpr s64 second = static_cast<s64>(emu::nanoseconds_per_second);
constexpr s64 hour = 3600 * second;

s64 ahead(const emu::Clock& clock, u64 time) { return static_cast<s64>(time - clock.wall()); }

}  // namespace

TEST_CASE("a frame's clock is ahead by what its lab file says, and drifts from its first start on", "[clock]") {
  emu::FrameConfig config;
  config.clock_offset_ms = -180'000;
  config.clock_drift_ppm = 1000;
  const auto journal = std::move(*Journal::open(":memory:"));
  emu::ManualClock clock;
  {
    SystemClock system(config, *journal, clock);
    REQUIRE(system.start());
    CHECK(ahead(clock, system.real_time()) == -180 * second);
    CHECK(ahead(clock, system.time_of_day().at(clock.wall())) == -180 * second);
    const u64 ticks = system.time_base();
    clock.advance(100 * emu::nanoseconds_per_second);
    CHECK(ahead(clock, system.real_time()) == -180 * second + second / 10);
    CHECK(system.time_base() - ticks == emu::to_ticks(100 * emu::nanoseconds_per_second + second / 10));
    CHECK(system.host_nanoseconds(system.time_base() - ticks) == 100 * emu::nanoseconds_per_second);
  }
  clock.advance(100 * emu::nanoseconds_per_second);
  SystemClock again(config, *journal, clock);
  REQUIRE(again.start());
  CHECK(ahead(clock, again.real_time()) == -180 * second + second / 5);
}

TEST_CASE("a slow clock's ticks take longer on the host", "[clock]") {
  emu::FrameConfig config;
  config.clock_drift_ppm = -100'000;
  const auto journal = std::move(*Journal::open(":memory:"));
  emu::ManualClock clock;
  SystemClock system(config, *journal, clock);
  REQUIRE(system.start());
  CHECK(system.host_nanoseconds(emu::time_base_hz * 9 / 10) == emu::nanoseconds_per_second);
  const u64 before = system.time_base();
  clock.advance(system.host_nanoseconds(512'000) + 2);
  CHECK(system.time_base() >= before + 512'000);
}

TEST_CASE("the time reference partition that has run longest sets the system's time of day", "[clock]") {
  emu::LparDefinition first = vios(1, "vios1", {}), second_one = vios(2, "vios2", {}), third = vios(3, "vios3", {});
  first.time_ref = second_one.time_ref = true;
  World world({first, second_one, third});
  for (const u32 id : {2, 1, 3}) REQUIRE(world->activate(id, "", {}));
  const auto time_of = [&](u32 id) { return ahead(world.clock, world->native(id)->time_of_day()); };
  const auto set = [&](u32 id, s64 to) { return world->native(id)->set_time_of_day(world.clock.wall() + static_cast<u64>(to)); };
  const auto about = [](s64 is, s64 wanted) { return is > wanted - second && is < wanted + second; };
  const auto system_time = [&] { return world->system().time_of_day.ahead; };

  REQUIRE(set(1, hour));
  CHECK(about(time_of(1), hour));
  CHECK(system_time() == 0);  // it has run for a shorter time than vios2
  REQUIRE(set(3, 2 * hour));
  CHECK(system_time() == 0);  // it is no reference

  REQUIRE(set(2, 5 * hour));
  CHECK(about(system_time(), 5 * hour));
  CHECK(about(time_of(1), hour));
  CHECK(about(time_of(3), 2 * hour));

  // It is one no more, and that needs no restart: the next one in age is the authority now.
  emu::LparDefinition changed = world.status(2).definition;
  changed.time_ref = false;
  REQUIRE(world->define(changed));
  REQUIRE(set(2, 7 * hour));
  CHECK(about(system_time(), 5 * hour));
  REQUIRE(set(1, 3 * hour));
  CHECK(about(system_time(), 3 * hour));
  CHECK(about(time_of(2), 7 * hour));

  // Times of day outlive the partitions' activations and the process.
  world.hypervisor.reset();
  auto again = Hypervisor::create(world.config, *world.journal, *world.witness, world.clock);
  INFO((again ? "" : again.error().text));
  REQUIRE(again);
  world.hypervisor = std::move(*again);
  CHECK(about(system_time(), 3 * hour));
  for (const u32 id : {1, 2, 3}) REQUIRE(world->activate(id, "", {}));
  CHECK(about(time_of(1), 3 * hour));
  CHECK(about(time_of(2), 7 * hour));
  CHECK(about(time_of(3), 2 * hour));
}

TEST_CASE("a partition that never set its time keeps it when the system's is set", "[clock]") {
  emu::LparDefinition reference = vios(1, "vios1", {}), other = vios(2, "vios2", {});
  reference.time_ref = true;
  World world({reference, other});
  for (const u32 id : {1, 2}) REQUIRE(world->activate(id, "", {}));
  REQUIRE(world->native(1)->set_time_of_day(world.clock.wall() + static_cast<u64>(hour)));
  REQUIRE(world->power_off(2, false));
  REQUIRE(world.wait([&] { return world.status(2).state == LparState::not_activated; }));
  REQUIRE(world->activate(2, "", {}));
  CHECK(ahead(world.clock, world->native(2)->time_of_day()) < second);

  emu::LparDefinition later = vios(3, "vios3", {});
  REQUIRE(world->define(later));
  REQUIRE(world->activate(3, "", {}));
  CHECK(ahead(world.clock, world->native(3)->time_of_day()) > hour - second);
}

TEST_CASE("a partition that is off takes along how far its clock is ahead of its system's", "[clock]") {
  emu::LparDefinition one = lpar(2, "mobile", {});
  World source({one});
  World target({});
  REQUIRE(source.frame().keep_time(2, hour));
  CHECK(source->clock_ahead(2).value() == hour);
  const auto refused = source->put_clock_ahead(2, hour);
  CHECK_FALSE(refused);
  const auto shell = target->create_shell(9, with_current(one), false, "cec1");
  REQUIRE(shell);
  REQUIRE(target->put_clock_ahead(*shell, hour));
  CHECK(target->clock_ahead(*shell).value() == hour);
}
