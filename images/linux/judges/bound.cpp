// SPDX-License-Identifier: GPL-2.0-or-later
// Is bound to the last logical processor that it may use, and stays there: it runs on no other one, and may use no other one. (Redbook 5.7)
#include <sched.h>

#include "judges/judge.h"

int main() {
  judge::begin("bound");
  cpu_set_t mine, now;
  sched_getaffinity(0, sizeof mine, &mine);
  int processor = CPU_SETSIZE - 1;
  while (processor > 0 && !CPU_ISSET(processor, &mine)) processor--;
  CPU_ZERO(&mine);
  CPU_SET(processor, &mine);
  if (sched_setaffinity(0, sizeof mine, &mine) != 0) {
    std::perror("bound");
    return 1;
  }
  for (uint64_t looks = 0;; looks++) {
    if (sched_getcpu() != processor) judge::found_wrong("it runs on processor %d", sched_getcpu());
    if (sched_getaffinity(0, sizeof now, &now) != 0 || !CPU_EQUAL(&mine, &now)) judge::found_wrong("it may use other processors");
    judge::answer_if_asked("processor=%d looks=%llu", processor, static_cast<unsigned long long>(looks));
    if (looks % 1000 == 0) judge::sleep_microseconds(2000);
  }
}
