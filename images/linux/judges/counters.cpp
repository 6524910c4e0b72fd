// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's counters of a process count its own instructions in user mode and no others: those of a loop of known length are
// right within a hundredth, a second process has its own, one that is disabled stands still, one that is not goes on through a move.
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>

#include "judges/judge.h"

namespace {

// What both processes say of themselves; the first thing that was wrong in the second one.
struct Shared {
  uint64_t looks[2];
  char wrong[120];
};

int open_counter(uint64_t event, bool enabled) {
  perf_event_attr wanted{};
  wanted.type = PERF_TYPE_HARDWARE;
  wanted.size = sizeof wanted;
  wanted.config = event;
  wanted.disabled = !enabled;
  wanted.exclude_kernel = wanted.exclude_hv = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0));
}
uint64_t value_of(int counter) {
  uint64_t value = 0;
  return read(counter, &value, sizeof value) == sizeof value ? value : 0;
}

// 2 * rounds instructions, and few around them.
void loop(uint64_t rounds) {
  uint64_t sum = 0;
  asm volatile("mtctr %1\n1:\taddi %0,%0,1\n\tbdnz 1b" : "+b"(sum) : "r"(rounds) : "ctr");
}
constexpr uint64_t around = 20'000;
bool about(uint64_t value, uint64_t expected) { return value >= expected && value <= expected + expected / 100 + around; }

// Answers what was wrong, or null.
const char* look(int instructions, int cycles, uint64_t rounds, char (&text)[120]) {
  ioctl(instructions, PERF_EVENT_IOC_RESET, 0);
  ioctl(cycles, PERF_EVENT_IOC_RESET, 0);
  ioctl(instructions, PERF_EVENT_IOC_ENABLE, 0);
  ioctl(cycles, PERF_EVENT_IOC_ENABLE, 0);
  loop(rounds);
  ioctl(cycles, PERF_EVENT_IOC_DISABLE, 0);
  ioctl(instructions, PERF_EVENT_IOC_DISABLE, 0);
  const uint64_t counted = value_of(instructions), took = value_of(cycles);
  loop(rounds);
  if (!about(counted, 2 * rounds)) {
    std::snprintf(text, sizeof text, "%llu instructions were counted as %llu", static_cast<unsigned long long>(2 * rounds),
                  static_cast<unsigned long long>(counted));
    return text;
  }
  if (took == 0) return "no cycles were counted";
  if (value_of(instructions) != counted || value_of(cycles) != took) return "a counter that is disabled counts";
  return nullptr;
}

[[noreturn]] void second_process(Shared& shared, uint64_t rounds) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int instructions = open_counter(PERF_COUNT_HW_INSTRUCTIONS, false),
            cycles = open_counter(PERF_COUNT_HW_CPU_CYCLES, false);
  char text[120];
  for (;; shared.looks[1]++) {
    if (const char* wrong = look(instructions, cycles, rounds, text); wrong && !shared.wrong[0])
      std::snprintf(shared.wrong, sizeof shared.wrong, "%s", wrong);
    judge::sleep_microseconds(700);
  }
}

}  // namespace

int main(int count, char** words) {
  const uint64_t rounds = judge::argument(count, words, "rounds", 500'000);
  auto& shared = *static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const int always = open_counter(PERF_COUNT_HW_INSTRUCTIONS, true);
  const int instructions = open_counter(PERF_COUNT_HW_INSTRUCTIONS, false),
            cycles = open_counter(PERF_COUNT_HW_CPU_CYCLES, false);
  if (always < 0 || instructions < 0 || cycles < 0) judge::found_wrong("the kernel opens no counters: %s", std::strerror(errno));
  if (fork() == 0) second_process(shared, 3 * rounds);
  judge::begin("counters");
  char text[120];
  uint64_t before = value_of(always);
  for (;; shared.looks[0]++) {
    if (const char* wrong = look(instructions, cycles, rounds, text)) judge::found_wrong("%s", wrong);
    const uint64_t now = value_of(always);
    if (!about(now - before, 4 * rounds))
      judge::found_wrong("%llu instructions are %llu more", static_cast<unsigned long long>(4 * rounds),
                         static_cast<unsigned long long>(now - before));
    before = now;
    if (shared.wrong[0]) judge::found_wrong("the second process: %s", shared.wrong);
    judge::answer_if_asked("looks=%llu of_the_second=%llu instructions=%llu cycles=%llu",
                           static_cast<unsigned long long>(shared.looks[0]), static_cast<unsigned long long>(shared.looks[1]),
                           static_cast<unsigned long long>(now), static_cast<unsigned long long>(value_of(cycles)));
    judge::sleep_microseconds(1000);
  }
}
