// SPDX-License-Identifier: GPL-2.0-or-later
// What a script asserts and shows, and how it waits.
#include "emu/app/lua/api.h"
#include "emu/app/lua/world.h"
#include "emu/core/clock.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace emu::app::lua {

namespace {

Status check(Call& call) {
  const std::string sentence = TRY(call.text(2));
  if (!call.truth(1)) return Error{"check", "FAILED: " + sentence};
  ++call.world().checks;
  std::printf("  ok  %s\n", sentence.c_str());
  std::fflush(stdout);
  return success();
}

Status check_equal(Call& call) {
  const std::string found = TRY(call.value(1)).text();
  const std::string expected = TRY(call.value(2)).text();
  const std::string sentence = TRY(call.text(3));
  if (found != expected) return Error{"check", fmt::format("FAILED: {}: {} instead of {}", sentence, found, expected)};
  ++call.world().checks;
  std::printf("  ok  %s\n", sentence.c_str());
  std::fflush(stdout);
  return success();
}

Status fail(Call& call) { return Error{"check", "FAILED: " + TRY(call.text(1))}; }

Status skip(Call& call) {
  call.world().skipped = TRY(call.text(1));
  return Error{"skip", "skipped: " + call.world().skipped};
}

Status say(Call& call) {
  std::printf("%s\n", TRY(call.text(1)).c_str());
  std::fflush(stdout);
  return success();
}

// Asks again and again. Between two questions passes three times as long as the last one took: a cheap question comes often
// enough for a phase of a millisecond, a dear one does not keep the host from what it waits for.
Status wait_until(Call& call) {
  constexpr u64 shortest = 1'000'000, longest = 100'000'000;
  const std::string what = TRY(call.text(1));
  const double seconds = TRY(call.number(3, 30));
  const HostClock clock;
  const u64 deadline = end_of_wait(seconds);
  for (;;) {
    const u64 asked_at = clock.monotonic();
    const Call::Asked asked = TRY(call.ask(2));
    if (asked.holds) return success();
    const u64 now = clock.monotonic();
    if (now > deadline)
      return Error{"check", fmt::format("FAILED: not within {} s: {}{}{}", seconds, what,
                                        asked.instead.empty() ? "" : "; but: ", asked.instead)};
    TRY(nap(std::clamp(3 * (now - asked_at), shortest, longest)));
  }
}

Status let_pass(Call& call) {
  const double milliseconds = TRY(call.number(1));
  TRY(call.text(2));  // the reason is for those who read the script
  return nap(static_cast<u64>(std::max(0.0, milliseconds) * 1e6));
}

Status now_ms(Call& call) {
  call.give(static_cast<double>(HostClock().monotonic()) / 1e6);
  return success();
}

Status give_patience(Call& call) {
  call.give(patience_factor());
  return success();
}

// A bar that is drawn over itself on a terminal, and a line at every quarter elsewhere.
Status print_progress(Call& call) {
  const double fraction = std::clamp(TRY(call.number(1)), 0.0, 1.0);
  const std::string text = TRY(call.text(2, ""));
  static int shown_quarter = -1;
  constexpr int width = 30;
  const int filled = static_cast<int>(std::lround(fraction * width));
  const std::string bar = std::string(static_cast<size_t>(filled), '#') + std::string(static_cast<size_t>(width - filled), '.');
  if (isatty(1) && !std::getenv("TWINFRAME_PLAIN")) {
    std::printf("\r  [%s] %3.0f%%  %-48s%s", bar.c_str(), fraction * 100, text.c_str(), fraction >= 1 ? "\n" : "");
  } else if (const int quarter = static_cast<int>(fraction * 4); quarter != shown_quarter) {
    std::printf("  [%s] %3.0f%%  %s\n", bar.c_str(), fraction * 100, text.c_str());
    shown_quarter = fraction >= 1 ? -1 : quarter;
  }
  std::fflush(stdout);
  return success();
}

constexpr Function functions[] = {
    {"check", "condition, sentence", "Ends the script if the condition does not hold; else says that it does", check},
    {"check_equal", "found, expected, sentence", "The same for two values, tables included, which are shown", check_equal},
    {"fail", "sentence", "Ends the script", fail},
    {"skip", "reason", "Ends the script: what it needs is not here. Exit status 77, which ctest shows as skipped", skip},
    {"say", "line", "Prints a line at once", say},
    {"print_progress", "fraction, [text]", "A progress bar, over the former one", print_progress},
    {"wait_until", "sentence, condition, [seconds]",
     "Calls a function until it answers something true, and answers that. If it does not in time (30 s), ends the script with "
     "the sentence, and with the text that the function may have answered behind its nil or false",
     wait_until},
    {"let_pass", "milliseconds, reason",
     "Lets time pass that is wanted as such: to measure, to type like a person, to see that nothing happens", let_pass},
    {"now_ms", "", "Milliseconds of the clock that all processes of a lab share", now_ms},
    {"patience", "",
     "How many times as long as it says a wait may last: TWINFRAME_PATIENCE, for hosts that have much else to do. All waits of "
     "this page "
     "do that by themselves",
     give_patience},
};

}  // namespace

const Type checks_type{"Checks, time, progress", "", "Functions of their own. `arg` holds the arguments of the scenario.",
                       functions};

}  // namespace emu::app::lua
