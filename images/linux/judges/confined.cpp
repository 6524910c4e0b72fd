// SPDX-License-Identifier: GPL-2.0-or-later
// Is in a cpuset of its own with the last logical processor, and stays confined to that: it runs on no other one, and the kernel's file says
// the same all the time. (Redbook 5.7)
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "judges/judge.h"

namespace {

constexpr const char* root = "/sys/fs/cgroup";

bool write_to(const char* file, const char* text) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written = write(descriptor, text, std::strlen(text)) == static_cast<ssize_t>(std::strlen(text));
  close(descriptor);
  return written;
}

int number_in(const char* file) {
  char text[32] = "";
  const int descriptor = open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  const ssize_t size = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  char* end = text;
  const long number = size > 0 ? std::strtol(text, &end, 10) : -1;
  return *end == '\n' ? static_cast<int>(number) : -1;  // "0-1" is not one processor
}

}  // namespace

int main() {
  judge::begin("confined");
  char processor[32], self[32];
  std::snprintf(processor, sizeof processor, "%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
  std::snprintf(self, sizeof self, "%d", static_cast<int>(getpid()));
  (void)!mount("none", root, "cgroup2", 0, nullptr);  // perhaps it is there already
  mkdir("/sys/fs/cgroup/judge", 0755);
  if (!write_to("/sys/fs/cgroup/cgroup.subtree_control", "+cpuset") || !write_to("/sys/fs/cgroup/judge/cpuset.cpus", processor) ||
      !write_to("/sys/fs/cgroup/judge/cgroup.procs", self)) {
    std::perror("confined");
    return 1;
  }
  const int own = std::atoi(processor);
  for (uint64_t looks = 0;; looks++) {
    if (sched_getcpu() != own) judge::found_wrong("it runs on processor %d", sched_getcpu());
    if (looks % 1000 == 0) {
      const int effective = number_in("/sys/fs/cgroup/judge/cpuset.cpus.effective");
      if (effective != own) judge::found_wrong("its cpuset has processor %d", effective);
      judge::sleep_microseconds(2000);
    }
    judge::answer_if_asked("processor=%d looks=%llu", own, static_cast<unsigned long long>(looks));
  }
}
