// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/changes.h"

#include <filesystem>
#include <future>

#include <fmt/format.h>

#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

std::string text(const emu::Changes& changes) {
  std::string all;
  for (const emu::Change& change : changes.changes)
    all += fmt::format("{} {} {}\n", change.lpar_name, word_of(change.kind), change.detail);
  return all;
}

}  // namespace

TEST_CASE("a list of changes says what came after a number, and whether that is all", "[changes]") {
  const emu::HostClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  Changes changes(*journal, clock);
  for (int i = 1; i <= 5; ++i) changes.note(emu::ChangeKind::state, 2, "guest", std::to_string(i));
  const emu::Changes first = changes.since(0, 0, 0);
  CHECK_FALSE(first.complete);  // whoever asks first knows nothing yet
  CHECK(first.last == 5);
  REQUIRE(first.changes.size() == 5);
  CHECK(first.changes[4].number == 5);
  const emu::Changes later = changes.since(first.life, 3, 0);
  CHECK(later.complete);
  CHECK(text(later) == "guest state 4\nguest state 5\n");
  CHECK(changes.since(first.life, 5, 0).changes.empty());
  CHECK_FALSE(changes.since(first.life, 6, 0).complete);  // a number that it has not given
  CHECK_FALSE(changes.since(first.life + 1, 5, 0).complete);
  CHECK(changes.since(first.life + 1, 5, 0).changes.size() == 5);
  for (int i = 0; i < 5000; ++i) changes.note(emu::ChangeKind::state, 2, "guest", "");
  CHECK_FALSE(changes.since(first.life, 5, 0).complete);
  CHECK(changes.since(first.life, 5000, 0).complete);
}

TEST_CASE("who asks for changes before there are any is answered when there is one", "[changes]") {
  const emu::HostClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  Changes changes(*journal, clock);
  const u64 life = changes.since(0, 0, 0).life;
  auto waits = std::async(std::launch::async, [&] { return changes.since(life, 0, 20 * emu::nanoseconds_per_second); });
  CHECK(waits.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
  changes.note(emu::ChangeKind::state, 2, "guest", "Running");
  REQUIRE(waits.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(text(waits.get()) == "guest state Running\n");
}

TEST_CASE("a start tells of what ran, however long ago that was noted, and of nobody who is gone", "[changes]") {
  const emu::HostClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  Changes changes(*journal, clock);
  emu::LparDefinition guest = lpar(2, "guest", {}), off = lpar(3, "off", {}), gone = lpar(4, "gone", {});
  changes.note(emu::ChangeKind::state, 2, "guest", "Running");
  changes.note(emu::ChangeKind::state, 3, "off", "Running");
  changes.note(emu::ChangeKind::state, 3, "off", "Not Activated");
  changes.note(emu::ChangeKind::state, 4, "gone", "Running");
  REQUIRE(journal->remove_lpar(4));
  for (int i = 0; i < 5000; ++i) changes.note(emu::ChangeKind::partition, 2, "guest", "changed");
  const u64 last = changes.since(0, 0, 0).last;
  const u64 life = changes.since(0, 0, 0).life;
  gone.name = "another";
  changes.note_start({guest, off, gone});
  CHECK(text(changes.since(life, last, 0)) == " system started\nguest state Not Activated\n");
}

TEST_CASE("a hypervisor notes what it has stored, and nothing that it has refused", "[changes][hypervisor]") {
  World world({lpar(2, "guest", {})});
  u64 life = 0, last = 0;
  const auto heard = [&] {
    const emu::Changes changes = world->changes(life, last, 0);
    life = changes.life;
    last = changes.last;
    return text(changes);
  };
  CHECK(heard() == " system started\nguest partition defined\n");
  emu::Profile more = world.status(2).definition.profiles[0];
  more.name = "more";
  more.boot_mode = emu::BootMode::of;
  CHECK(world->write_profile(2, more));
  CHECK(heard() == "guest profile more defined\n");
  CHECK(world->write_profile(2, more));
  CHECK(heard() == "");
  more.uncap_weight = 7;
  CHECK(world->write_profile(2, more));
  CHECK(heard() == "guest profile more changed\n");
  more.desired_mem = 7;
  CHECK_FALSE(world->write_profile(2, more));
  CHECK(heard() == "");
  CHECK(world->activate(2, "more", {}));
  CHECK(heard() == "guest current changed\nguest state Starting\nguest state Open Firmware\n");
  CHECK(world->power_off(2, false));
  CHECK(heard().ends_with("guest state Not Activated\n"));
  CHECK(world->remove_profile(2, "more"));
  CHECK(heard() == "guest profile more removed\n");
  emu::LparDefinition renamed = world.status(2).definition;
  renamed.name = "renamed";
  CHECK(world->define(renamed));
  CHECK(heard() == "renamed partition changed\n");
  world.hypervisor.reset();
  world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  CHECK(heard() == " system stopped\n system started\n");  // what it finds in its journal has not changed
  CHECK(world->remove(2));
  CHECK(heard() == "renamed partition removed\n");
}

TEST_CASE("what a frame has stored is in its list of changes, though its process dies with the next instruction",
          "[changes][hypervisor]") {
  const support::Folder folder;
  World world({lpar(1, "server", {scsi_server(5, 2, 2)}, emu::LparEnv::vioserver), lpar(2, "guest", {})});
  world.config.partitions[0].profiles[0].adapters[0].remote_lpar_name = "guest";
  world.config.partitions[1].profiles[0].boot_mode = emu::BootMode::of;
  const auto witness = std::move(*Witness::open(":memory:"));
  const auto journal = std::move(*Journal::open((folder.path / "journal").string()));
  const auto frame = std::move(*Hypervisor::create(world.config, *journal, *witness, world.clock));
  REQUIRE(frame->activate(2, "", {}));
  const emu::Changes before = frame->changes(0, 0, 0);
  emu::LparDefinition guest = frame->lpars()[1].definition;
  guest.name = "renamed";
  REQUIRE(frame->define(guest));
  REQUIRE(frame->request_huge_pages(0));
  // What kill -9 leaves: the files as they are now.
  for (const char* part : {"", "-wal"}) {
    const std::string name = std::string("journal") + part;
    std::filesystem::copy(folder.path / name, folder.path / ("left-" + name));
  }
  const auto left = std::move(*Journal::open((folder.path / "left-journal").string()));
  const auto next = std::move(*Hypervisor::create(world.config, *left, *witness, world.clock));
  const emu::Changes after = next->changes(before.life, before.last, 0);
  CHECK(after.complete);
  CHECK(text(after) ==
        "renamed partition changed\nserver profile normal changed\n system 0 huge pages requested\n system started\n"
        "renamed state Not Activated\n");
}

TEST_CASE("a change that was taken back is in no list, and one that could not be noted is missed", "[changes]") {
  const emu::HostClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  Changes changes(*journal, clock);
  const u64 life = changes.since(0, 0, 0).life;
  CHECK_FALSE(journal->together([&]() -> emu::Status {
    changes.note(emu::ChangeKind::partition, 2, "guest", "defined");
    return emu::Error{"test", "and back"};
  }));
  CHECK(changes.since(life, 0, 0).last == 0);
  CHECK(journal->together([&]() -> emu::Status {
    changes.note(emu::ChangeKind::partition, 2, "guest", "defined");
    return emu::success();
  }));
  CHECK(text(changes.since(life, 0, 0)) == "guest partition defined\n");
}

TEST_CASE("who waits for a change is told at once, and does not hold up the end", "[changes]") {
  const emu::HostClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  Changes changes(*journal, clock);
  const u64 life = changes.since(0, 0, 0).life;
  constexpr u64 long_time = 600 * emu::nanoseconds_per_second;
  const u64 began = clock.monotonic();
  std::thread one([&] { changes.note(emu::ChangeKind::partition, 2, "guest", "defined"); });
  const emu::Changes heard = changes.since(life, 0, long_time);
  one.join();
  CHECK(text(heard) == "guest partition defined\n");
  std::thread other([&] { changes.end_waits(); });
  CHECK(changes.since(life, heard.last, long_time).changes.empty());
  other.join();
  CHECK(changes.since(life, heard.last, long_time).changes.empty());
  CHECK(clock.monotonic() - began < long_time / 10);
}
