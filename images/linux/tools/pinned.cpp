// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps memory that the kernel cannot move, until it is ended: pages in pipes that nobody reads.
//   pinned 200            MiB; "pinned: 200 MiB" when it has them
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int count, char** words) {
  const long mib = count > 1 ? std::strtol(words[1], nullptr, 10) : 64;
  const rlimit files{8192, 8192};
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) std::perror("pinned");
  static char content[1 << 20];
  for (long i = 0; i < mib; i++) {
    int ends[2];
    if (pipe(ends) != 0 || fcntl(ends[1], F_SETPIPE_SZ, sizeof content) < 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0 ||
        write(ends[1], content, sizeof content) <= 0) {
      std::perror("pinned");
      return 1;
    }
  }
  std::printf("pinned: %ld MiB\n", mib);
  std::fflush(stdout);
  pause();
}
