// SPDX-License-Identifier: GPL-2.0-or-later
// Dirties memory at a given rate and checks every page when it comes round again.
//   churn [rate=PAGES_PER_SECOND|max] [set=MIB] [check]     rate 0 = max; "check" also reads a page back right after writing
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 page_words = 512;

// Every word differs between pages, places in a page, and generations.
u64 pattern(u64 page, u64 word, u64 generation) {
  u64 value = (page << 20 ^ generation) * 0x9E3779B97F4A7C15 + word;
  return value ^ value >> 29;
}

void fill(volatile u64* memory, u64 page, u64 generation) {
  volatile u64* words = memory + page * page_words;
  const u64 seed = pattern(page, 0, generation);
  for (u64 word = 0; word < page_words; word++) words[word] = seed + word;
}

bool intact(volatile u64* memory, u64 page, u64 generation) {
  volatile u64* words = memory + page * page_words;
  const u64 seed = pattern(page, 0, generation);
  u64 difference = 0;
  for (u64 word = 0; word < page_words; word++) difference |= words[word] ^ (seed + word);
  return difference == 0;
}

}  // namespace

int program_main(int count, char** words) {
  accept_judge();
  const u64 rate = option_number(count, words, "rate", 0);
  const u64 set = option_number(count, words, "set", 16);
  const bool check_at_once = has_word(count, words, "check");
  const u64 pages = set * 256;
  const i64 area = set && set <= 4096 ? system_call(SystemCall::memory_map, pages * 4096) : i64{Error::invalid};
  if (area < 0) {
    print("churn: no memory for set=%lu\n", set);
    return 1;
  }
  auto* memory = reinterpret_cast<volatile u64*>(area);
  const u64 hertz = timebase_frequency();
  const u64 started = timebase();
  u64 passes = 0, written = 0, bad = 0;
  const auto judge = [&] {
    const u64 us = microseconds_of(timebase() - started);
    print("churn: passes=%lu pages=%lu bad=%lu rate=%lu verdict=%s\n", passes, written, bad, us ? written * 1000000 / us : 0, verdict(bad == 0));
  };
  for (;; passes++) {
    for (u64 page = 0; page < pages; page++) {
      if (passes && !intact(memory, page, passes)) bad++;
      fill(memory, page, passes + 1);
      if (check_at_once && !intact(memory, page, passes + 1)) bad++;
      written++;
      for (;;) {
        if (judge_wanted() || end_wanted()) judge();
        if (end_wanted()) return 0;
        // As many pages as may have been written by now; then wait one slice.
        const u64 passed = timebase() - started;
        if (!rate || written <= passed / hertz * rate + passed % hertz * rate / hertz) break;
        sleep_milliseconds(10);
      }
    }
  }
}
