// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/process.h"

#include "emu/core/clock.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace emu::app {

namespace {

// The file behind a descriptor is the one that has the name now, and not one that was removed meanwhile.
bool is_at(const std::string& file, int descriptor) {
  struct stat here {
  }, there{};
  return fstat(descriptor, &here) == 0 && lstat(file.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
         here.st_ino == there.st_ino;
}

}  // namespace

Result<std::unique_ptr<Presence>> Presence::claim(const std::string& file) {
  // Somebody who asks whether a process lives holds the lock for an instant, too: only one that lasts is a process's.
  constexpr int attempts = 50;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (attempt) sleep_ns(2'000'000);
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return Error{"process", fmt::format("{} cannot be written: {}.", file, std::strerror(errno))};
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 || !is_at(file, descriptor)) {
      close(descriptor);
      continue;
    }
    const std::string pid = fmt::format("{}\n", getpid());
    if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size()))
      return std::unique_ptr<Presence>(new Presence(file, descriptor));
    close(descriptor);
    return Error{"process", fmt::format("{} cannot be written.", file)};
  }
  return Error{"taken", fmt::format("A process that holds {} runs already.", file)};
}

Presence::~Presence() {
  if (is_at(file_, descriptor_)) unlink(file_.c_str());
  close(descriptor_);
}

std::optional<pid_t> living(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return {};
  std::optional<pid_t> pid;
  if (flock(descriptor, LOCK_SH | LOCK_NB) != 0) {
    char text[32] = {};
    if (pread(descriptor, text, sizeof text - 1, 0) > 0 && std::atoi(text) > 1) pid = std::atoi(text);
  }
  close(descriptor);
  return pid;
}

namespace {

// Between fork and exec: other threads of the parent do not exist here, but what they held does, so nothing is allocated.
[[noreturn]] void become(char* const* argv, int output, Ends ends, pid_t parent) {
  setsid();
  if (ends == Ends::with_its_parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
  }
  umask(077);  // journals, disks, logs
  const int nothing = open("/dev/null", O_RDONLY);
  // A caller's pipe would stay open as long as this process lives.
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
  // Neither links nor locks of the parent are ours.
  close_range(3, ~0u, 0);
  for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGPIPE}) signal(number, SIG_DFL);
  execv("/proc/self/exe", argv);
  _exit(127);
}

}  // namespace

Result<pid_t> start_again(const std::vector<std::string>& arguments, const std::string& output_file, Ends ends) {
  std::vector<char*> argv{const_cast<char*>("twinframe")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int output = open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return Error{"process", fmt::format("The log {} cannot be opened: {}.", output_file, std::strerror(errno))};
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(argv.data(), output, ends, parent);
  close(output);
  if (child < 0) return Error{"process", "The host starts no further process."};
  return child;
}

bool wait_until_gone(const std::string& file, u64 timeout) {
  const HostClock clock;
  const u64 deadline = clock.monotonic() + timeout;
  while (living(file)) {
    if (clock.monotonic() >= deadline) return false;
    sleep_ns(2'000'000);
  }
  return true;
}

bool end_process(const std::string& file, int signal, u64 timeout) {
  if (const auto pid = living(file)) kill(*pid, signal);
  return wait_until_gone(file, timeout);
}

int wait_for_exit(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void sleep_ns(u64 nanoseconds) {
  timespec left{static_cast<time_t>(nanoseconds / nanoseconds_per_second),
                static_cast<long>(nanoseconds % nanoseconds_per_second)};
  while (nanosleep(&left, &left) != 0) {
  }
}

std::string own_path() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

}  // namespace emu::app
