// SPDX-License-Identifier: GPL-2.0-or-later
// Watches time and counts. The counter lies in a page of its own whose real address is printed, so that an observer outside of the
// partition can sample it.
#include "user/program.h"

using namespace nomad;

namespace {

alignas(4096) volatile u64 page[512];

struct Day {
  u64 seconds, nanoseconds;
  bool before(const Day& other) const {
    return seconds < other.seconds || (seconds == other.seconds && nanoseconds < other.nanoseconds);
  }
};

}  // namespace

int program_main(int count, char** words) {
  accept_judge();
  page[0] = 0;
  const u64 real = static_cast<u64>(system_call(SystemCall::real_address, word_of(&page)));
  if (!has_word(count, words, "-q")) print("ticker: counter at real 0x%lx\n", real);
  u64 last = timebase(), longest = 0, backwards = 0, day_backwards = 0, next_day_check = 0;
  Day last_day{};
  for (;;) {
    page[0] = page[0] + 1;
    const u64 now = timebase();
    if (now < last) backwards++;
    else if (now - last > longest) longest = now - last;
    last = now;
    // The time of day is a system call: often enough to see every step back, seldom enough that the loop is mostly time base.
    if (now >= next_day_check) {
      next_day_check = now + timebase_frequency() / 1000;
      TimeOfDay day{};
      system_call(SystemCall::time_of_day, word_of(&day));
      const Day today{day.seconds, day.nanoseconds};
      if (today.before(last_day)) day_backwards++;
      last_day = today;
      if (judge_wanted() || end_wanted()) {
        print("ticker: ticks=%lu longest_gap_us=%lu backwards=%lu tod_backwards=%lu verdict=%s\n", page[0], microseconds_of(longest),
              backwards, day_backwards, verdict(backwards == 0 && day_backwards == 0));
        longest = 0;
        last = timebase();
        if (end_wanted()) return 0;
      }
    }
  }
}
