// SPDX-License-Identifier: GPL-2.0-or-later
// Neither clock may ever go back; the longest time between two looks is what a program notices of a move. Also counts, in a page
// whose real address it tells, so that it can be watched from outside.
#include <fcntl.h>
#include <sys/mman.h>

#include "judges/judge.h"

namespace {

uint64_t real_address(const void* at) {
  const int file = open("/proc/self/pagemap", O_RDONLY);
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<uint64_t>(at);
  uint64_t entry = 0;
  if (pread(file, &entry, sizeof entry, static_cast<off_t>(address / page * sizeof entry)) != sizeof entry) entry = 0;
  close(file);
  return (entry & ((uint64_t{1} << 55) - 1)) * page + address % page;
}

}  // namespace

int main() {
  judge::begin("clock");
  void* const page = mmap(nullptr, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  auto* const counter = static_cast<volatile uint64_t*>(page);
  *counter = 0;
  mlock(page, 65536);
  std::printf("clock: counter at real 0x%llx\n", static_cast<unsigned long long>(real_address(page)));
  std::fflush(stdout);
  uint64_t monotonic = judge::nanoseconds(CLOCK_MONOTONIC), realtime = judge::nanoseconds(CLOCK_REALTIME);
  uint64_t longest = 0, looks = 0;
  for (;;) {
    const uint64_t now = judge::nanoseconds(CLOCK_MONOTONIC), date = judge::nanoseconds(CLOCK_REALTIME);
    if (now < monotonic) judge::found_wrong("monotonic went back by %llu ns", static_cast<unsigned long long>(monotonic - now));
    if (date < realtime) judge::found_wrong("realtime went back by %llu ns", static_cast<unsigned long long>(realtime - date));
    if (now - monotonic > longest) longest = now - monotonic;
    monotonic = now;
    realtime = date;
    // The guest is little-endian, who watches reads big-endian numbers.
    *counter = __builtin_bswap64(++looks);
    const bool was_asked = judge::asked;
    judge::answer_if_asked("looks=%llu longest_gap_us=%llu", static_cast<unsigned long long>(looks),
                           static_cast<unsigned long long>(longest / 1000));
    if (was_asked) longest = 0;
    judge::sleep_microseconds(200);
  }
}
