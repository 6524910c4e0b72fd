// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/life.h"

#include "tests/support/catch.h"

using namespace firmware;

namespace {

constexpr u8 states = static_cast<u8>(LparState::error) + 1;
constexpr u8 events = static_cast<u8>(LparEvent::arrive) + 1;

}  // namespace

TEST_CASE("a partition's life goes from off over running to off", "[life]") {
  LparState state = LparState::not_activated;
  const auto happens = [&](LparEvent event) {
    const auto next = after(state, event);
    REQUIRE(next);
    state = *next;
    return name_of(state);
  };
  CHECK(happens(LparEvent::activate) == "Starting");
  SECTION("of a guest") { CHECK(happens(LparEvent::run) == "Running"); }
  SECTION("of one whose firmware waits") { CHECK(happens(LparEvent::wait) == "Open Firmware"); }
  CHECK(happens(LparEvent::stop) == "Shutting Down");
  CHECK(happens(LparEvent::stopped) == "Not Activated");
}

TEST_CASE("whatever a partition is in, it can be taken down, and from there be activated", "[life]") {
  for (u8 s = 0; s < states; ++s) {
    const auto state = static_cast<LparState>(s);
    INFO(name_of(state));
    if (state != LparState::not_activated) CHECK(after(state, LparEvent::stopped) == LparState::not_activated);
    // Up only from where nothing runs.
    const bool nothing_runs = state == LparState::not_activated || state == LparState::error;
    CHECK(after(state, LparEvent::activate).has_value() == nothing_runs);
  }
}

TEST_CASE("only a shell arrives, and nothing comes up but by activation or by a move", "[life]") {
  for (u8 s = 0; s < states; ++s)
    for (u8 e = 0; e < events; ++e) {
      const auto state = static_cast<LparState>(s);
      const auto event = static_cast<LparEvent>(e);
      INFO(name_of(state) << ", event " << int{e});
      if (event == LparEvent::arrive) CHECK(after(state, event).has_value() == (state == LparState::not_available));
      if (after(state, event) == LparState::running)
        CHECK((state == LparState::starting || state == LparState::open_firmware || state == LparState::not_available));
    }
}
