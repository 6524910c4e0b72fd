// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel accounts only grows, and not faster than time: a process' own times, and those of the whole partition. (Redbook 2.7)
#include <sys/resource.h>

#include "judges/judge.h"

namespace {

constexpr uint64_t microsecond = 1000, millisecond = 1'000'000;

uint64_t nanoseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_usec) * microsecond;
}

// Ticks of a hundredth of a second: user, nice, system, irq, softirq, steal. Those of idleness may go back, says proc(5).
constexpr int columns = 6;
struct Ticks {
  uint64_t column[columns] = {};
};

Ticks of_the_partition() {
  Ticks found;
  unsigned long long user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (FILE* stat = std::fopen("/proc/stat", "re")) {
    if (std::fscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &iowait, &irq, &softirq,
                    &steal) == 8)
      found = {{user, nice, system, irq, softirq, steal}};
    std::fclose(stat);
  }
  return found;
}

}  // namespace

int main() {
  judge::begin("accounts");
  constexpr const char* names[columns] = {"user", "nice", "system", "irq", "softirq", "steal"};
  uint64_t own = judge::nanoseconds(CLOCK_PROCESS_CPUTIME_ID), used = 0, looks = 0;
  uint64_t boot = judge::nanoseconds(CLOCK_BOOTTIME);
  const uint64_t began = judge::nanoseconds(CLOCK_MONOTONIC), own_began = own;
  Ticks ticks = of_the_partition();
  for (;; looks++) {
    const uint64_t own_now = judge::nanoseconds(CLOCK_PROCESS_CPUTIME_ID), boot_now = judge::nanoseconds(CLOCK_BOOTTIME);
    if (own_now < own) judge::found_wrong("its time went back by %llu ns", static_cast<unsigned long long>(own - own_now));
    if (boot_now < boot)
      judge::found_wrong("the time since boot went back by %llu ns", static_cast<unsigned long long>(boot - boot_now));
    own = own_now;
    boot = boot_now;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const uint64_t used_now = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    if (used_now < used)
      judge::found_wrong("what it has used went back by %llu ns", static_cast<unsigned long long>(used - used_now));
    used = used_now;
    // One thread cannot have had more time than there was.
    if (own - own_began > judge::nanoseconds(CLOCK_MONOTONIC) - began + 10 * millisecond)
      judge::found_wrong("it has had more time than there was");
    const Ticks now = of_the_partition();
    for (int i = 0; i < columns; i++)
      if (now.column[i] < ticks.column[i])
        judge::found_wrong("%s went back by %llu ticks", names[i],
                           static_cast<unsigned long long>(ticks.column[i] - now.column[i]));
    ticks = now;
    judge::answer_if_asked("looks=%llu used_us=%llu", static_cast<unsigned long long>(looks),
                           static_cast<unsigned long long>(used / microsecond));
    judge::sleep_microseconds(1000);
  }
}
