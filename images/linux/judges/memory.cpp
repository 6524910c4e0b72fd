// SPDX-License-Identifier: GPL-2.0-or-later
// Writes memory at a given rate, each page with its own content, and checks every page before it writes it again.
//   memory mib=64 rate=2000         pages of 4 KiB a second; rate=0: as fast as it goes
#include <sys/mman.h>

#include "judges/judge.h"

int main(int count, char** words) {
  judge::begin("memory");
  constexpr uint64_t page_words = 4096 / sizeof(uint64_t);
  const uint64_t pages = judge::argument(count, words, "mib", 64) * 256;
  const uint64_t rate = judge::argument(count, words, "rate", 2000);
  auto* const memory =
      static_cast<uint64_t*>(mmap(nullptr, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED) {
    std::perror("memory");
    return 1;
  }
  uint64_t written = 0;
  const uint64_t began = judge::nanoseconds(CLOCK_MONOTONIC);
  for (uint64_t round = 0;; round++) {
    for (uint64_t page = 0; page < pages; page++) {
      uint64_t* const words_of_page = memory + page * page_words;
      for (uint64_t i = 0; round && i < page_words; i++)
        if (words_of_page[i] != (round << 40 ^ page << 12 ^ i))
          judge::found_wrong("page %llu word %llu is %llx", static_cast<unsigned long long>(page),
                             static_cast<unsigned long long>(i), static_cast<unsigned long long>(words_of_page[i]));
      for (uint64_t i = 0; i < page_words; i++) words_of_page[i] = (round + 1) << 40 ^ page << 12 ^ i;
      written++;
      judge::answer_if_asked("written=%llu", static_cast<unsigned long long>(written));
      while (rate && written > (judge::nanoseconds(CLOCK_MONOTONIC) - began) / 1000 * rate / 1'000'000 + rate / 50)
        judge::sleep_microseconds(2000);
    }
  }
}
