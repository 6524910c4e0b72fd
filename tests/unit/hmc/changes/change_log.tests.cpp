// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/changes/change_log.h"

#include <fmt/format.h>

#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/unit/hmc/support/world.h"

using emu::ChangeKind;

namespace {

emu::Change change(std::string detail) { return {0, 0, ChangeKind::state, "cec1", 3, "mobile", std::move(detail)}; }

std::string text(const emu::Changes& changes) {
  std::string all;
  for (const emu::Change& each : changes.changes) all += fmt::format("{} {} {}\n", each.system, word_of(each.kind), each.detail);
  return all;
}

}  // namespace

TEST_CASE("a console's list of changes goes on after a restart, and gives no number twice", "[changes]") {
  const support::Folder folder;
  const std::string file = (folder.path / "journal").string();
  const emu::HostClock clock;
  u64 life = 0;
  {
    const auto journal = std::move(*hmc::Journal::open(file));
    hmc::ChangeLog log(*journal, clock);
    for (const char* detail : {"Starting", "Running"}) CHECK(log.note(change(detail)));
    const emu::Changes all = log.since(0, 0);
    life = all.life;
    CHECK(all.complete);
    CHECK(all.last == 2);
    CHECK(text(all) == "cec1 state Starting\ncec1 state Running\n");
  }
  {
    const auto journal = std::move(*hmc::Journal::open(file));
    hmc::ChangeLog log(*journal, clock);
    CHECK(log.note(change("Not Activated")));
    const emu::Changes later = log.since(2, 0);
    CHECK(later.life == life);
    CHECK(later.complete);
    REQUIRE(later.changes.size() == 1);
    CHECK(later.changes[0].number == 3);
    CHECK_FALSE(log.since(4, 0).complete);  // not given yet: of another list
  }
}

TEST_CASE("of a console's changes the latest ten thousand are kept, and who knows only earlier ones is told so", "[changes]") {
  const auto journal = std::move(*hmc::Journal::open(":memory:"));
  for (int i = 0; i < 10'100; ++i) REQUIRE(journal->put_change(change("")));
  CHECK(journal->changes_after(0).changes.size() == 10'000);
  CHECK_FALSE(journal->changes_after(99).complete);
  CHECK(journal->changes_after(100).complete);
}

TEST_CASE("a console hears from all frames, and notes which of them answer", "[changes]") {
  world::World world;
  u64 last = 0;
  const auto heard = [&] {
    const emu::Changes changes = world.console->changes(last, 0);
    last = changes.last;
    return text(changes);
  };
  world.one.changes.changes = {{1, 5, ChangeKind::profile, "", 3, "mobile", "normal changed"}};
  world.one.changes.last = 1;
  world.console->hear();
  CHECK(heard() == "cec1 system Operating\ncec1 profile normal changed\ncec2 system Operating\n");
  world.console->hear();
  CHECK(heard() == "");
  world.kill(world.two);
  world.console->hear();
  CHECK(heard() == "");  // it may only be slow
  for (int i = 0; i < 3; ++i) world.console->hear();
  CHECK(heard() == "cec2 system No Connection\n");
  // Another process of the console goes on where this one was, and says nothing twice.
  world.start_console();
  for (int i = 0; i < 3; ++i) world.console->hear();
  CHECK(heard() == "");
  world.restart(world.two);
  world.two.changes = {2, 1, true, {{1, 5, ChangeKind::state, "", 1, "viosB", "Running"}}};
  world.console->hear();
  CHECK(heard() == "cec2 system Operating\ncec2 state Running\n");
}

TEST_CASE("a console's own moves are among what has changed, step by step", "[changes][lpm]") {
  world::World world;
  REQUIRE(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").code == 0);
  const std::string all = text(world.console->changes(0, 0));
  CHECK(all.starts_with("cec1 move to cec2: step 2, lock the configuration\n"));
  CHECK(all.find("cec1 move to cec2: step 7, transfer the memory\n") != std::string::npos);
  CHECK(all.ends_with("cec1 move to cec2: completed\n"));
}
