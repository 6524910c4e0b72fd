// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/decide.h"

#include "tests/support/catch.h"

using namespace emu::app::ha;
using emu::LparState;

namespace {

Seen running() {
  Seen seen;
  seen.state = LparState::running;
  return seen;
}

}  // namespace

TEST_CASE("a package that runs and answers is left alone", "[ha]") { CHECK(decide(running()) == Step::nothing); }

TEST_CASE("a package is restarted where its frame lives, and elsewhere when that is dead", "[ha]") {
  Seen seen = running();
  seen.state = LparState::not_activated;
  CHECK(decide(seen) == Step::start);
  seen.state = LparState::error;
  CHECK(decide(seen) == Step::start);
  seen.frame_lives = false;
  CHECK(decide(seen) == Step::elsewhere);
}

TEST_CASE("what nobody wants to run, and what somebody has disabled, is not restarted", "[ha]") {
  Seen seen = running();
  seen.frame_lives = false;
  seen.wanted = false;
  CHECK(decide(seen) == Step::nothing);
  seen.wanted = true;
  seen.switching = false;
  CHECK(decide(seen) == Step::nothing);
}

TEST_CASE("a guest hangs when it has missed so many questions, and not while nobody could answer", "[ha]") {
  Seen seen = running();
  seen.silent_guest = seen.misses - 1;
  CHECK(decide(seen) == Step::nothing);
  seen.silent_guest = seen.misses;
  CHECK(decide(seen) == Step::restart);
  seen.traced = true;
  CHECK_FALSE(counts(seen));
  CHECK(decide(seen) == Step::nothing);
  seen.traced = false;
  seen.suspended = true;
  CHECK_FALSE(counts(seen));
  CHECK(decide(seen) == Step::nothing);
  seen.suspended = false;
  seen.state = LparState::shutting_down;
  CHECK(decide(seen) == Step::nothing);
}

TEST_CASE("a frame hangs when it has missed so many questions, and not in a debugger", "[ha]") {
  Seen seen = running();
  seen.frame_answers = false;
  seen.silent_frame = seen.misses - 1;
  CHECK(decide(seen) == Step::nothing);
  seen.silent_frame = seen.misses;
  CHECK(decide(seen) == Step::fence);
  seen.traced = true;
  CHECK(decide(seen) == Step::nothing);
}

TEST_CASE("a migration is the console's, until nobody works on it any more", "[ha]") {
  Seen seen = running();
  seen.migrates = seen.going = true;
  seen.state = LparState::not_activated;
  CHECK(decide(seen) == Step::nothing);
  seen.going = false;
  CHECK(decide(seen) == Step::recover);
  seen.frame_lives = false;  // its source has died: the console recovers it before it restarts it elsewhere
  CHECK(decide(seen) == Step::elsewhere);
}
