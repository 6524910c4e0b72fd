// SPDX-License-Identifier: GPL-2.0-or-later
// Pins memory, and looks that all of it stays: locked, resident, without a page fault when it is used, with its content. (Redbook 2.7)
//   locked mib=8
#include <sys/mman.h>
#include <sys/resource.h>

#include <vector>

#include "judges/judge.h"

namespace {

// What /proc/self/status says is locked.
uint64_t locked_kib() {
  FILE* status = std::fopen("/proc/self/status", "re");
  if (!status) return 0;
  char line[128];
  unsigned long long found = 0;
  while (std::fgets(line, sizeof line, status))
    if (std::sscanf(line, "VmLck: %llu kB", &found) == 1) break;
  std::fclose(status);
  return found;
}

long page_faults() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_majflt + used.ru_minflt;
}

}  // namespace

int main(int count, char** words) {
  judge::begin("locked");
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t bytes = judge::argument(count, words, "mib", 8) * 1024 * 1024;
  auto* const memory = static_cast<uint64_t*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED || mlock(memory, bytes) != 0) {
    std::perror("locked");
    return 1;
  }
  std::vector<unsigned char> resident(bytes / page);
  const uint64_t words_in_all = bytes / sizeof(uint64_t), locked = locked_kib();
  for (uint64_t i = 0; i < words_in_all; i++) memory[i] = i;
  for (uint64_t rounds = 0;; rounds++) {
    const long before = page_faults();
    for (uint64_t i = 0; i < words_in_all; i++) {
      if (memory[i] != (rounds << 32) + i)
        judge::found_wrong("word %llu is %llx", static_cast<unsigned long long>(i), static_cast<unsigned long long>(memory[i]));
      memory[i] = ((rounds + 1) << 32) + i;
    }
    if (const long faults = page_faults() - before) judge::found_wrong("%ld page faults", faults);
    if (mincore(memory, bytes, resident.data()) != 0) judge::found_wrong("mincore fails");
    for (const unsigned char here : resident)
      if (!(here & 1)) judge::found_wrong("a page is not resident");
    if (locked_kib() != locked) judge::found_wrong("%llu KiB are locked", static_cast<unsigned long long>(locked_kib()));
    judge::answer_if_asked("locked_kib=%llu rounds=%llu", static_cast<unsigned long long>(locked),
                           static_cast<unsigned long long>(rounds));
    judge::sleep_microseconds(20000);
  }
}
