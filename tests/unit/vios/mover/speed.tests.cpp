// SPDX-License-Identifier: GPL-2.0-or-later
// What a move costs, measured in one process: hidden, run by hand with the tag [bench]. Prints `name value unit`.
#include <cstdio>

#include "tests/support/catch.h"
#include "tests/unit/vios/mover/world.h"

using namespace mover_test;

namespace {

void fill(emu::GuestMemory& memory, u64 from) {
  Bytes block(MiB);
  u64 state = 1;
  for (size_t i = 0; i < block.size(); i += 8) {
    state = state * 6364136223846793005 + 1442695040888963407;
    emu::store_be(block.data() + i, state);
  }
  for (u64 at = from; at < memory.size() - 2 * MiB; at += MiB) (void)memory.write(at, block);
}

void report(TwoFrames& frames, const char* name) {
  const auto source = *frames.a.world->progress(TwoFrames::stream);
  const auto target = *frames.b.world->progress(TwoFrames::stream);
  const auto& first = source.passes.front();
  u64 passes = 0;
  for (const auto& pass : source.passes) passes += pass.nanoseconds;
  std::printf("%s.first_pass %.2f GiB/s\n", name,
              static_cast<double>(first.bytes) / static_cast<double>(first.nanoseconds) * 1e9 / static_cast<double>(GiB));
  std::printf("%s.passes %zu\n%s.passes_time %.1f ms\n", name, source.passes.size(), name, static_cast<double>(passes) / 1e6);
  std::printf("%s.suspended %.3f ms\n", name, static_cast<double>(target.resumed_at - source.suspended_at) / 1e6);
  std::printf("%s.residual %llu pages\n", name, static_cast<unsigned long long>(source.residual_pages));
  std::printf("%s.after_resume %.1f ms\n", name, static_cast<double>(target.completed_at - target.resumed_at) / 1e6);
  std::printf("%s.demand_paged %llu pages\n", name, static_cast<unsigned long long>(target.demand_paged));
  std::printf("%s.demand_p50 %.1f us\n%s.demand_p99 %.1f us\n", name, static_cast<double>(target.demand_p50_ns) / 1e3, name,
              static_cast<double>(target.demand_p99_ns) / 1e3);
}

void move(TwoFrames& frames, const char* name) {
  frames.prepare();
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  REQUIRE(frames.wait_for(frames.a, Phase::completed, 60));
  REQUIRE(frames.wait_for(frames.b, Phase::completed, 60));
  report(frames, name);
  CHECK(frames.field(frames.b, guest::errors) == 0);
  frames.finish();
}

}  // namespace

TEST_CASE("speed: 1 GiB, all of it in use, the guest idle", "[.][bench]") {
  TwoFrames frames(1024, 16);
  fill(*frames.a.world->memory(2), 32 * MiB);
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{2});
  move(frames, "idle_1g");
}

TEST_CASE("speed: 1 GiB, the guest writes 240 MiB as fast as it can", "[.][bench]") {
  TwoFrames frames(1024, 240);
  fill(*frames.a.world->memory(2), 300 * MiB);
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  move(frames, "busy_1g");
}

TEST_CASE("speed: 1 GiB, empty", "[.][bench]") {
  TwoFrames frames(1024, 16);
  move(frames, "empty_1g");
}
