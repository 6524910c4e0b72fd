// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/vasi_messages.h"
#include "emu/link/mover_link.h"
#include "firmware/hcall_numbers.h"
#include "tests/support/catch.h"
#include "tests/unit/vios/mover/world.h"

using namespace mover_test;

TEST_CASE("a partition moves while it writes, and notices nothing", "[move]") {
  TwoFrames frames;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  frames.prepare();
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  REQUIRE(frames.wait_for(frames.a, Phase::completed));
  REQUIRE(frames.wait_for(frames.b, Phase::completed));

  const auto source = *frames.a.world->progress(TwoFrames::stream);
  const auto target = *frames.b.world->progress(TwoFrames::stream);
  CHECK_FALSE(source.passes.empty());
  CHECK(source.residual_pages == target.residual_pages);
  CHECK(target.resumed_at > source.suspended_at);
  WARN("suspended for " << (target.resumed_at - source.suspended_at) / 1000 << " us; residual " << target.residual_pages
                        << ", waited for " << target.demand_paged << ", median " << target.demand_p50_ns / 1000 << " us");
  CHECK(frames.runs(frames.b));
  CHECK(frames.field(frames.b, guest::resumed) == 1);
  CHECK(frames.field(frames.b, guest::refused) == 0);
  CHECK(frames.field(frames.b, guest::errors) == 0);
  CHECK(frames.a.logged("6CB10B8D", 1));
  CHECK(frames.a.logged("3EB09F5A", 1));
  CHECK(frames.b.logged("3EB09F5A", 1));

  // After the point of no return nothing leads back.
  CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
  CHECK_FALSE(frames.b.world->remove_shell(TwoFrames::stream));
  CHECK_FALSE(frames.a.world->stop_stream(TwoFrames::stream));
  frames.finish();
  CHECK(frames.a.world.status(2).definition.lpar_id == 0);
  CHECK(frames.b.world.status(2).state == firmware::LparState::running);
  CHECK(frames.b.world.status(2).migration_stream == 0);
  CHECK(frames.a.world->verdicts().empty());
  CHECK(frames.b.world->verdicts().empty());
  // Every page once more, now here.
  const u64 sweep = frames.field(frames.b, 4 * MiB);
  CHECK(frames.b.world.wait([&] { return frames.field(frames.b, 4 * MiB) > sweep + 2; }));
  CHECK(frames.field(frames.b, guest::errors) == 0);
}

TEST_CASE("a link that is cut before the suspension leaves the partition where it was", "[move][rollback]") {
  TwoFrames frames;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  frames.prepare();
  const auto when = GENERATE(Phase::opened, Phase::passes, Phase::suspending);
  if (when == Phase::opened) {
    frames.b.mover->cut(true);
  } else {
    // A slow link, so that there is time to cut it; the guest does not know of the stream yet, so it does not suspend.
    frames.a.mover->limit_rate(when == Phase::passes ? 20 * 1000 * 1000 : 0);
    REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {.max_passes = 2}));
    REQUIRE(frames.wait_for(frames.a, when));
    frames.b.mover->cut(true);
  }
  CHECK(frames.wait_for(frames.a, Phase::aborted));
  CHECK(frames.wait_for(frames.b, Phase::aborted));
  CHECK(frames.a.world->progress(TwoFrames::stream)->error_text == "MSP-MSP connection down.");
  CHECK(frames.a.world.wait([&] { return frames.a.errors.count("427E17BD") == 1; }));
  frames.tell_guest(TwoFrames::stream);  // it sees Aborted, at least once
  CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("an operator stops a move before the suspension, and not after", "[move][rollback]") {
  TwoFrames frames;
  frames.prepare();
  frames.a.mover->limit_rate(20 * 1000 * 1000);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  REQUIRE(frames.wait_for(frames.a, Phase::passes));
  CHECK(frames.a.world->stop_stream(TwoFrames::stream));
  CHECK(frames.phase(frames.a) == Phase::aborted);
  CHECK(frames.wait_for(frames.b, Phase::aborted));
  CHECK_THAT(frames.b.world->progress(TwoFrames::stream)->error_text, Catch::Contains("stopped by the operator"));
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("a link that is cut after the hand-over: a partition whose pages come over it waits for them, and gets them",
          "[move][recovery]") {
  TwoFrames frames;
  frames.pages_by_link = true;
  frames.resume_early();
  frames.b.mover->cut(true);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  REQUIRE(frames.phase(frames.b) == Phase::resumed);
  REQUIRE(frames.wait_for(frames.a, Phase::resumed));
  const u64 stuck = frames.field(frames.b, guest::counter);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(frames.field(frames.b, guest::counter) == stuck);
  CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
  CHECK_FALSE(frames.a.world->finish_source(TwoFrames::stream));
  SECTION("the link comes back") {
    frames.a.mover->limit_rate(0);
    frames.b.mover->cut(false);
    CHECK(frames.wait_for(frames.a, Phase::completed));
    CHECK(frames.wait_for(frames.b, Phase::completed));
    CHECK(frames.runs(frames.b));
    CHECK(frames.field(frames.b, guest::errors) == 0);
    frames.finish();
  }
  SECTION("the source is given up: the partition is the destination's, without its state") {
    CHECK(frames.b.world->finish_target(TwoFrames::stream, true));
    CHECK(frames.b.world.wait([&] { return !frames.b.world.partition(2); }));
    CHECK(frames.b.world.status(2).definition.name == "mobile");
    CHECK(frames.b.world->verdicts().empty());
  }
}

TEST_CASE("a link that is cut after the resume holds nobody up", "[move][recovery]") {
  TwoFrames frames;
  frames.resume_early(true);
  REQUIRE(frames.phase(frames.b) == Phase::resumed);
  frames.b.mover->cut(true);
  CHECK(frames.runs(frames.b));
  CHECK(frames.phase(frames.b) == Phase::resumed);
  CHECK(frames.wait_for(frames.a, Phase::resumed));
  CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
  frames.want_pages();
  frames.b.world->limit_pages(0);
  CHECK(frames.wait_for(frames.b, Phase::completed));
  CHECK(frames.wait_for(frames.a, Phase::completed));
  CHECK(frames.field(frames.b, guest::errors) == 0);
  const auto source = *frames.a.world->progress(TwoFrames::stream);
  const auto target = *frames.b.world->progress(TwoFrames::stream);
  CHECK(source.residual_pages == target.residual_pages);
  CHECK(source.bytes_remaining == 0);
  CHECK(target.bytes_remaining == 0);
  CHECK(target.demand_paged > 0);
  frames.finish();
}

TEST_CASE("pages that are taken out of the source's memory are counted, and shown, as those that come over the link", "[move]") {
  TwoFrames frames;
  frames.resume_early(true);
  frames.want_pages();
  frames.b.world->limit_pages(0);
  REQUIRE(frames.wait_for(frames.b, Phase::completed));
  REQUIRE(frames.wait_for(frames.a, Phase::completed));
  const auto source = *frames.a.world->progress(TwoFrames::stream);
  u64 in_passes = 0;
  for (const auto& pass : source.passes) in_passes += pass.bytes;
  CHECK(source.residual_pages > 500);
  CHECK(source.bytes_sent > in_passes + 500 * emu::page_size);
  for (Frame* frame : {&frames.a, &frames.b}) {
    const auto map = *frame->world->memory_map(TwoFrames::stream);
    CHECK(std::ranges::all_of(map.stale, [](u8 cell) { return cell == 0; }));
    CHECK(std::ranges::any_of(map.content, [](u8 cell) { return cell == 255; }));
  }
  CHECK(std::ranges::any_of(frames.b.world->memory_map(TwoFrames::stream)->demanded, [](u8 cell) { return cell != 0; }));
  frames.finish();
}

TEST_CASE("a source that dies after the resume takes nothing with it", "[move][recovery]") {
  TwoFrames frames;
  frames.resume_early(true);
  REQUIRE(frames.b.world.wait([&] { return frames.b.world->progress(TwoFrames::stream)->bytes_remaining > 0; }));
  frames.a.mover.reset();
  frames.a.world.hypervisor.reset();
  REQUIRE(frames.phase(frames.b) == Phase::resumed);
  CHECK(frames.runs(frames.b));
  frames.b.world->limit_pages(0);
  REQUIRE(frames.b.world.wait([&] { return frames.phase(frames.b) == Phase::completed; }));
  CHECK(frames.runs(frames.b));
  // Every page once more.
  (void)frames.b.world->memory(2)->write_be(guest::churn, u64{1});
  const u64 sweep = frames.field(frames.b, 4 * MiB);
  CHECK(frames.b.world.wait([&] { return frames.field(frames.b, 4 * MiB) > sweep + 2; }));
  CHECK(frames.field(frames.b, guest::errors) == 0);
  frames.b.mover->close(TwoFrames::stream);
  CHECK(frames.b.world->close_stream(TwoFrames::stream));
  CHECK(frames.b.world->finish_target(TwoFrames::stream, false));
}

TEST_CASE("memory that nobody has used is not provided by a move", "[move]") {
  constexpr u32 memory_mb = 512;
  TwoFrames frames(memory_mb, 8);
  frames.prepare();
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  REQUIRE(frames.wait_for(frames.a, Phase::completed));
  REQUIRE(frames.wait_for(frames.b, Phase::completed));
  u64 used = 0;
  const auto there = frames.b.world->memory(2);
  const emu::MemorySegment& segment = there->segment();
  for (auto data = segment.data_from(0); data.begin < segment.size(); data = segment.data_from(data.end))
    used += data.end - data.begin;
  CHECK(used > 0);
  CHECK(used < 32 * MiB);
  CHECK(frames.runs(frames.b));
  frames.finish();
}

TEST_CASE("a source that cannot record the hand-over takes the partition back", "[move][rollback]") {
  TwoFrames frames;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  frames.prepare();
  frames.witness.fails = true;
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  CHECK(frames.wait_for(frames.a, Phase::aborted));
  CHECK(frames.wait_for(frames.b, Phase::aborted));
  CHECK_THAT(frames.a.world->progress(TwoFrames::stream)->error_text, Catch::Contains("The disk is full."));
  CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
  CHECK(frames.field(frames.a, guest::status) == 9000);
  frames.witness.fails = false;
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("what stands against a move at the last moment is heard, and the partition goes on at the source", "[move][rollback]") {
  TwoFrames frames;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  std::atomic<u32> asked = 0;
  bool suspended = false;
  frames.a.world->before_hand_over([&](u32 lpar_id) -> emu::Status {
    asked = lpar_id;
    suspended = frames.a.world->progress(TwoFrames::stream)->suspended_at != 0;
    return emu::Error{"HSCLF211", "The disk hdisk1 is reserved."};
  });
  frames.prepare();
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  CHECK(frames.wait_for(frames.a, Phase::aborted));
  CHECK(frames.wait_for(frames.b, Phase::aborted));
  CHECK(asked == 2);
  CHECK(suspended);
  CHECK(frames.a.world->progress(TwoFrames::stream)->error_code == "HSCLF211");
  CHECK(frames.a.world.wait([&] { return frames.a.errors.count("427E17BD") == 1; }));
  CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("a stopped partition, a stopped mover: the move ends, the rest goes on", "[move][rollback]") {
  TwoFrames frames;
  frames.prepare();
  frames.a.mover->limit_rate(20 * 1000 * 1000);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  REQUIRE(frames.wait_for(frames.a, Phase::passes));
  SECTION("the partition is powered off") {
    CHECK(frames.a.world->power_off(2, false));
    CHECK(frames.wait_for(frames.a, Phase::aborted));
    CHECK(frames.wait_for(frames.b, Phase::aborted));
    frames.roll_back();
    CHECK(frames.a.world.status(2).definition.name == "mobile");
    CHECK(frames.b.world.status(2).definition.lpar_id == 0);
  }
  SECTION("the target's mover ends") {
    frames.b.mover.reset();
    CHECK(frames.wait_for(frames.a, Phase::aborted));
    CHECK(frames.a.world.wait([&] { return frames.a.errors.count("427E17BD") == 1; }));
    frames.a.mover->close(TwoFrames::stream);
    CHECK(frames.a.world->close_stream(TwoFrames::stream));
    CHECK(frames.b.world->close_stream(TwoFrames::stream));
    CHECK(frames.b.world->remove_shell(TwoFrames::stream));
    CHECK(frames.a.world->roll_back_source(TwoFrames::stream));
    frames.source_untouched();
  }
}

TEST_CASE("a mover whose other side dies with its system logs that the migration is aborted, and once", "[move][rollback]") {
  TwoFrames frames;
  frames.prepare();
  const bool source_dies = GENERATE(true, false);
  const bool in_passes = GENERATE(true, false);
  if (in_passes) {
    frames.a.mover->limit_rate(20 * 1000 * 1000);
    REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
    (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
    REQUIRE(frames.wait_for(frames.a, Phase::passes));
  }
  Frame& dead = source_dies ? frames.a : frames.b;
  Frame& left = source_dies ? frames.b : frames.a;
  dead.mover.reset();
  dead.world.hypervisor.reset();
  CHECK(frames.wait_for(left, Phase::aborted));
  CHECK(left.world.wait([&] { return left.errors.count("427E17BD") == 1; }));
  left.mover->close(TwoFrames::stream);
  CHECK(left.world->close_stream(TwoFrames::stream));
  CHECK(left.logged("427E17BD", 1));
}

TEST_CASE("a VASI that fails during a migration stops it, and the partition goes on at the source", "[move][rollback]") {
  TwoFrames frames;
  frames.prepare();
  Frame& frame = GENERATE(true, false) ? frames.a : frames.b;
  const bool in_passes = GENERATE(true, false);
  if (in_passes) {
    frames.a.mover->limit_rate(20 * 1000 * 1000);
    REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
    REQUIRE(frames.wait_for(frames.a, Phase::passes));
  }
  // Its queue is gone.
  for (const auto& adapter : frame.world->native(1)->adapters())
    if (adapter.config.kind == emu::AdapterKind::vasi)
      CHECK(frame.world->native(1)->hcall(firmware::hcall::H_FREE_CRQ, {adapter.unit_address}).status == 0);
  CHECK(frames.wait_for(frame, Phase::aborted));
  CHECK_THAT(frame.world->progress(TwoFrames::stream)->error_text, Catch::Contains("has closed the stream"));
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("a VASI that reports a device error while pages go stops the migration, and both movers log it", "[move][rollback]") {
  TwoFrames frames;
  Frame& frame = GENERATE(true, false) ? frames.a : frames.b;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  u64 seen = 0;
  frame.mover->ask_faults({{}, [&](u64 stream, u64 carried) {
                             seen = carried;
                             return stream == TwoFrames::stream && carried >= 200'000;
                           }});
  frames.prepare();
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  CHECK(frames.wait_for(frames.a, Phase::aborted));
  CHECK(frames.wait_for(frames.b, Phase::aborted));
  CHECK(seen >= 200'000);
  for (Frame* each : {&frames.a, &frames.b})
    CHECK(each->world->progress(TwoFrames::stream)->error_text ==
          "The VASI device of the mover service partition has reported an error.");
  frames.roll_back();
  frames.source_untouched();
}

TEST_CASE("a VASI that takes no migration says so before anything is opened", "[move][rollback]") {
  TwoFrames frames;
  frames.a.mover->ask_faults({[](u64) { return true; }, {}});
  const auto opened = frames.a.mover->open(TwoFrames::stream, vios::Mover::Role::source, "nowhere");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == "Its VASI device cannot handle the migration.");
  CHECK(frames.a.logged("427E17BD", 1));
  CHECK(frames.a.mover->active() == 0);
}

TEST_CASE("a partition that stands still moves without residual pages", "[move]") {
  TwoFrames frames;
  frames.prepare();
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {}));
  REQUIRE(frames.wait_for(frames.a, Phase::completed));
  REQUIRE(frames.wait_for(frames.b, Phase::completed));
  CHECK(frames.a.world->progress(TwoFrames::stream)->residual_pages <= 2);  // the mailbox
  CHECK(frames.runs(frames.b));
  frames.finish();
}

TEST_CASE("a partition that does not run moves as a configuration", "[move][inactive]") {
  TwoFrames frames;
  CHECK(frames.a.world->power_off(2, false));
  REQUIRE(frames.a.world->mark_migrating(TwoFrames::stream, 2, false, true, TwoFrames::cec2));
  REQUIRE(
      frames.b.world->create_shell(TwoFrames::stream, firmware::test::with_current(frames.definition), false, TwoFrames::cec1));
  CHECK(frames.a.world->verdicts().size() == 1);
  REQUIRE(frames.a.world->hand_over_inactive(TwoFrames::stream, 2, TwoFrames::cec2));
  CHECK_FALSE(frames.a.world->finish_source(TwoFrames::stream));
  REQUIRE(frames.b.world->adopt_inactive(TwoFrames::stream));
  CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
  CHECK(frames.b.world->finish_target(TwoFrames::stream, false));
  CHECK(frames.a.world->finish_source(TwoFrames::stream));
  CHECK(frames.a.world.status(2).definition.lpar_id == 0);
  CHECK(frames.b.world.status(2).definition.name == "mobile");
  CHECK(frames.b.world.status(2).state == firmware::LparState::not_activated);
  CHECK(frames.b.world->activate(2, "", {}));
  CHECK(frames.runs(frames.b));
}

TEST_CASE("a migration whose end could not be recorded has ended all the same, and its partition's number may be another's",
          "[move][recovery]") {
  constexpr u64 stream = TwoFrames::stream, next = stream + 1;
  TwoFrames frames;
  CHECK(frames.a.world->power_off(2, false));
  const emu::LparDefinition coming = firmware::test::with_current(frames.definition);
  REQUIRE(frames.a.world->mark_migrating(stream, 2, false, true, TwoFrames::cec2));
  REQUIRE(*frames.b.world->create_shell(stream, coming, false, TwoFrames::cec1) == 2);
  // What an end leaves, seen from the other side: the same partition with the same number, in another migration.
  const auto again_there = [&](Frame& frame) {
    CHECK(frame.world->verdicts().size() == 1);
    CHECK(frame.world->verdicts()[0].stream == next);
    CHECK(frame.world.status(2).migration_stream == next);
    CHECK(frame.world.journal.streams().size() == 1);
  };
  SECTION("rolled back") {
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = true;
    CHECK_FALSE(frames.b.world->remove_shell(stream));
    CHECK_FALSE(frames.a.world->roll_back_source(stream));
    CHECK(frames.a.world->verdicts().empty());
    CHECK(frames.b.world->verdicts().empty());
    CHECK(frames.a.world.status(2).migration_stream == 0);
    CHECK(frames.b.world.status(2).definition.lpar_id == 0);
    // Nothing begins that the journal might mistake later.
    CHECK_FALSE(frames.a.world->mark_migrating(next, 2, false, true, TwoFrames::cec2));
    CHECK_FALSE(frames.b.world->create_shell(next, coming, false, TwoFrames::cec1));
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = false;
    REQUIRE(frames.a.world->mark_migrating(next, 2, false, true, TwoFrames::cec2));
    REQUIRE(*frames.b.world->create_shell(next, coming, false, TwoFrames::cec1) == 2);
    CHECK(frames.b.world->remove_shell(stream));
    CHECK(frames.a.world->roll_back_source(stream));
    again_there(frames.a);
    again_there(frames.b);
  }
  SECTION("rolled back, and the journals can be told later") {
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = true;
    CHECK_FALSE(frames.b.world->remove_shell(stream));
    CHECK_FALSE(frames.a.world->roll_back_source(stream));
    CHECK(frames.a.world.journal.streams().size() == 1);
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = false;
    CHECK(frames.a.world.wait(
        [&] { return frames.a.world.journal.streams().empty() && frames.b.world.journal.streams().empty(); }));
  }
  SECTION("completed, and on its way back") {
    REQUIRE(frames.a.world->hand_over_inactive(stream, 2, TwoFrames::cec2));
    REQUIRE(frames.b.world->adopt_inactive(stream));
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = true;
    CHECK_FALSE(frames.a.world->finish_source(stream));
    CHECK_FALSE(frames.b.world->finish_target(stream, false));
    frames.a.world.journal.ends_fail = frames.b.world.journal.ends_fail = false;
    REQUIRE(frames.b.world->mark_migrating(next, 2, false, true, TwoFrames::cec1));
    REQUIRE(*frames.a.world->create_shell(next, coming, false, TwoFrames::cec2) == 2);
    CHECK(frames.a.world->finish_source(stream));
    CHECK(frames.b.world->finish_target(stream, false));
    again_there(frames.a);
    again_there(frames.b);
  }
}

TEST_CASE("steps that are asked for again, or out of turn", "[move]") {
  TwoFrames frames;
  frames.prepare();
  CHECK(frames.a.world->mark_migrating(TwoFrames::stream, 2, true, true, TwoFrames::cec2));
  CHECK(*frames.b.world->create_shell(TwoFrames::stream, firmware::test::with_current(frames.definition), true,
                                      TwoFrames::cec1) == 2);
  CHECK(frames.a.world->enable_stream(TwoFrames::stream, 2, true, 1, TwoFrames::cec2, nullptr));
  CHECK(frames.a.mover->open(TwoFrames::stream, vios::Mover::Role::source, "elsewhere"));
  CHECK_FALSE(frames.a.world->enable_stream(TwoFrames::stream + 1, 2, true, 1, TwoFrames::cec2, nullptr));
  CHECK_FALSE(frames.a.world->mark_migrating(TwoFrames::stream + 1, 2, true, true, TwoFrames::cec2));
  CHECK_FALSE(frames.b.world->begin_passes(TwoFrames::stream, {}));
  CHECK_FALSE(frames.a.world->begin_passes(TwoFrames::stream + 1, {}));
  CHECK_FALSE(frames.a.world->finish_source(TwoFrames::stream));
  CHECK_FALSE(frames.b.world->finish_target(TwoFrames::stream, false));
  CHECK(frames.a.mover->active() == 1);
  frames.roll_back();
  frames.source_untouched();
  // Undone twice: nothing happens.
  CHECK(frames.a.world->roll_back_source(TwoFrames::stream));
  CHECK(frames.b.world->remove_shell(TwoFrames::stream));
  CHECK(frames.a.mover->active() == 0);
}

TEST_CASE("a link that is cut while the destination verifies: before the hand-over is recorded, and just after",
          "[move][rollback]") {
  TwoFrames frames;
  frames.pages_by_link = true;
  frames.prepare();
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {.max_passes = 1}));
  REQUIRE(frames.wait_for(frames.a, Phase::suspending));
  SECTION("the source never hears that all was verified: it takes the partition back") {
    frames.b.mover->limit_rate(1);  // "ready" does not leave
    frames.tell_guest(TwoFrames::stream);
    REQUIRE(frames.wait_for(frames.b, Phase::verifying));
    REQUIRE(frames.phase(frames.a) == Phase::verifying);
    frames.b.mover->cut(true);
    CHECK(frames.wait_for(frames.a, Phase::aborted));
    CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
    CHECK(frames.field(frames.a, guest::status) == 9000);
    // Only the source knows whether it hands the partition over: the destination keeps what it has, and does not run it.
    CHECK(frames.phase(frames.b) == Phase::verifying);
    CHECK(frames.field(frames.b, guest::resumed) == 0);
    frames.b.mover->limit_rate(0);
    frames.b.mover->cut(false);
    frames.roll_back();
    frames.source_untouched();
  }
  SECTION("the source has handed over, and \"go\" does not arrive: it takes the partition back") {
    frames.witness.before_hand_over = [&] { frames.b.mover->cut(true); };
    frames.tell_guest(TwoFrames::stream);
    REQUIRE(frames.wait_for(frames.a, Phase::aborted));
    CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
    CHECK(frames.field(frames.a, guest::status) == 9000);
    CHECK(frames.phase(frames.b) == Phase::verifying);
    CHECK(frames.field(frames.b, guest::resumed) == 0);
    CHECK(frames.b.world->adopt_inactive(TwoFrames::stream).error().code == "migration");
    frames.b.mover->cut(false);
    frames.roll_back();
    frames.source_untouched();
  }
  SECTION("the destination cannot write that it starts the partition: the source takes it back") {
    frames.witness.start_fails = true;
    frames.tell_guest(TwoFrames::stream);
    REQUIRE(frames.wait_for(frames.b, Phase::aborted));
    REQUIRE(frames.wait_for(frames.a, Phase::aborted));
    CHECK_THAT(frames.a.world->progress(TwoFrames::stream)->error_text, Catch::Contains("The disk is full."));
    CHECK(frames.a.world.wait([&] { return frames.field(frames.a, guest::refused) == 1; }));
    CHECK(frames.field(frames.b, guest::resumed) == 0);
    frames.roll_back();
    frames.source_untouched();
  }
  SECTION("the link is cut just when the destination has started it: the source lets it be") {
    // Many pages are left, and none of them leaves the source.
    (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
    const u64 counted = frames.field(frames.a, guest::counter);
    REQUIRE(frames.a.world.wait([&] { return frames.field(frames.a, guest::counter) > counted + 10'000; }));
    frames.witness.before_start = [&] { frames.a.mover->limit_rate(1); };
    frames.tell_guest(TwoFrames::stream);
    REQUIRE(frames.wait_for(frames.b, Phase::resumed));
    frames.b.mover->cut(true);
    REQUIRE(frames.wait_for(frames.a, Phase::resumed));
    CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
    CHECK(frames.field(frames.a, guest::refused) == 0);
    frames.a.mover->limit_rate(0);
    frames.b.mover->cut(false);
    REQUIRE(frames.wait_for(frames.a, Phase::completed));
    REQUIRE(frames.wait_for(frames.b, Phase::completed));
    CHECK(frames.runs(frames.b));
    frames.finish();
  }
}

TEST_CASE("the end of a pass is heard of only after the suspension", "[move]") {
  TwoFrames frames;
  (void)frames.a.world->memory(2)->write_be(guest::churn, u64{1});
  frames.prepare();
  REQUIRE(frames.a.world->begin_passes(TwoFrames::stream, {.max_passes = 1}));
  REQUIRE(frames.wait_for(frames.a, Phase::suspending));
  frames.b.mover->limit_rate(1);                               // what the destination says does not leave
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the guest dirties pages: another pass is sent
  frames.tell_guest(TwoFrames::stream);
  REQUIRE(frames.wait_for(frames.b, Phase::verifying));
  CHECK(frames.phase(frames.a) == Phase::verifying);
  frames.b.mover->limit_rate(0);
  REQUIRE(frames.wait_for(frames.a, Phase::completed));
  REQUIRE(frames.wait_for(frames.b, Phase::completed));
  CHECK(frames.runs(frames.b));
  frames.finish();
}

TEST_CASE("one mover carries four partitions at once, and no fifth", "[move]") {
  TwoFrames frames(32, 8, 4);
  frames.a.mover->limit_rate(20 * 1000 * 1000);  // so that they are all under way at the same time
  for (u32 id = 2; id <= frames.last; ++id) {
    (void)frames.a.world->memory(id)->write_be(guest::churn, u64{1});
    frames.prepare(id);
  }
  CHECK(frames.a.mover->active() == 4);
  CHECK(frames.b.mover->active() == 4);
  CHECK(frames.a.mover->open(0x99, vios::Mover::Role::source, TwoFrames::scratch("none")).error().code == "movers");
  for (u32 id = 2; id <= frames.last; ++id) REQUIRE(frames.a.world->begin_passes(TwoFrames::stream_of(id), {}));
  for (u32 id = 2; id <= frames.last; ++id) CHECK(frames.wait_for(frames.a, Phase::passes, 20, id));
  // One is stopped; the others do not notice.
  CHECK(frames.a.world->stop_stream(TwoFrames::stream_of(3)));
  CHECK(frames.wait_for(frames.b, Phase::aborted, 20, 3));
  frames.roll_back(3);
  CHECK(frames.runs(frames.a, 3));
  CHECK(frames.field(frames.a, guest::errors, 3) == 0);
  frames.a.mover->limit_rate(0);
  for (const u32 id : {2U, 4U, 5U}) frames.tell_guest(TwoFrames::stream_of(id), id);
  for (const u32 id : {2U, 4U, 5U}) {
    INFO("partition " << id);
    REQUIRE(frames.wait_for(frames.a, Phase::completed, 40, id));
    REQUIRE(frames.wait_for(frames.b, Phase::completed, 40, id));
    CHECK(frames.runs(frames.b, id));
    CHECK(frames.field(frames.b, guest::resumed, id) == 1);
    CHECK(frames.field(frames.b, guest::errors, id) == 0);
    frames.finish(id);
    CHECK(frames.a.world.status(id).definition.lpar_id == 0);
    CHECK(frames.b.world.status(id).state == firmware::LparState::running);
  }
  CHECK(frames.a.mover->active() == 0);
  CHECK(frames.b.mover->active() == 0);
  CHECK(frames.b.logged("3EB09F5A", 3));
  CHECK(frames.a.world->verdicts().empty());
  CHECK(frames.b.world->verdicts().empty());
}

TEST_CASE("a damaged record after the hand-over ends a stream that needs the link, and is not waited for", "[move][recovery]") {
  TwoFrames frames;
  frames.pages_by_link = GENERATE(true, false);
  frames.resume_early();
  frames.b.mover->cut(true);

  // As if the link had brought it: in a part of the mover's window that no link uses.
  firmware::NativePartition& mover = *frames.b.world->native(1);
  const u64 window = (mover.memory().size() + 16 * MiB - 1) / (16 * MiB) * 16 * MiB;
  constexpr u64 io_address = 64 * KiB + 3 * emu::mover_link_bytes;
  const auto bytes = mover.memory().attached(window + io_address, 128);
  REQUIRE(bytes.size() == 128);
  namespace vasi = devices::vasi;
  emu::store_be(bytes.data(), u64{0});
  emu::store_be(bytes.data() + vasi::download_header, u32{100});
  std::fill_n(bytes.data() + vasi::download_header + vasi::segment_header, 100, u8{0x5A});
  emu::store_be(bytes.data() + vasi::download_header + vasi::segment_header + 100, u32{0});
  const auto adapters = mover.adapters();
  const auto unit = std::ranges::find(adapters, emu::AdapterKind::vasi, [](const auto& each) { return each.config.kind; });
  const auto message = vasi::make(vasi::Format::download, 1, vasi::pack({116, static_cast<u32>(io_address)}));
  CHECK(mover.hcall(firmware::hcall::H_SEND_CRQ, {unit->unit_address, message.high(), message.low}).status == 0);
  if (!frames.pages_by_link) {
    frames.b.world->limit_pages(0);
    CHECK(frames.wait_for(frames.b, Phase::completed));
    CHECK(frames.runs(frames.b));
    CHECK(frames.field(frames.b, guest::errors) == 0);
    return;
  }
  CHECK(frames.phase(frames.b) == Phase::failed);
  CHECK_FALSE(frames.b.world->progress(TwoFrames::stream)->error_text.empty());
  // What recovery does then.
  CHECK(frames.b.world->finish_target(TwoFrames::stream, true));
  CHECK(frames.b.world.wait([&] { return !frames.b.world.partition(2); }));
  CHECK(frames.b.world.status(2).definition.name == "mobile");
  CHECK_FALSE(frames.a.world->roll_back_source(TwoFrames::stream));
}
