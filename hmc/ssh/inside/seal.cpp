// SPDX-License-Identifier: GPL-2.0-or-later
// The last step into a user's shell: seal HOME PROGRAM WORD ... What the user can write to becomes a place from which nothing is executed,
// which bubblewrap cannot do; then every privilege is given up, and the program begins.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr int cannot = 126;

int fails(const char* what) {
  std::fprintf(stderr, "The shell cannot be closed off: %s: %s\n", what, std::strerror(errno));
  return cannot;
}

bool bounded(__rlimit_resource resource, rlim_t most) {
  const rlimit limit{most, most};
  return setrlimit(resource, &limit) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return cannot;
  const char* const home = argv[1];
  constexpr unsigned long closed = MS_REMOUNT | MS_BIND | MS_NOEXEC | MS_NOSUID | MS_NODEV;
  for (const char* writable : {home, "/tmp"})
    if (mount(nullptr, writable, nullptr, closed, nullptr) != 0) return fails(writable);
  // The folder of the home is a file system of its own, in which there is nothing to write.
  if (mount(nullptr, "/home", nullptr, closed | MS_RDONLY, nullptr) != 0) return fails("/home");
  // Over the host kernel's files, if they are here: the shell's process substitution needs the processes (/dev/fd), and nothing else.
  struct stat self {};
  if (lstat("/proc/self", &self) == 0 && mount("proc", "/proc", "proc", MS_NOEXEC | MS_NOSUID | MS_NODEV, "subset=pid") != 0)
    return fails("/proc");
  for (unsigned long capability = 0; capability <= CAP_LAST_CAP; ++capability) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  if (syscall(SYS_capset, &header, none) != 0) return fails("capset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fails("no_new_privs");
  // What it may use of the host: no core files, files of 64 MiB, 1 GiB of memory for a program, 200 processes. The last is counted in the
  // shell's own name space; the kernel does not count the processes of a lab whose owner is root.
  if (!bounded(RLIMIT_CORE, 0) || !bounded(RLIMIT_FSIZE, 64UL << 20) || !bounded(RLIMIT_AS, 1UL << 30) ||
      !bounded(RLIMIT_NPROC, 200))
    return fails("limits");
  // Whoever writes a file that becomes too large is told so, and not killed: scp then says what was wrong.
  signal(SIGXFSZ, SIG_IGN);
  execv(argv[2], argv + 2);
  return fails(argv[2]);
}
