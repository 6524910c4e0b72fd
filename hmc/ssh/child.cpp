// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hmc/ssh/inside/wire.h"

namespace hmc::ssh {

namespace {

using emu::Error;
using emu::Result;

struct Signal {
  std::string_view name;
  int number;
};
constexpr Signal signals[] = {{"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE},   {"HUP", SIGHUP},   {"ILL", SIGILL},
                              {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE}, {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV},
                              {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};

std::string name_of(int number) {
  const auto found = std::ranges::find(signals, number, &Signal::number);
  return std::string(found == std::end(signals) ? "KILL" : found->name);
}

void close_one(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

// Both ends are closed if they are not taken.
struct Pipe {
  int ends[2] = {-1, -1};
  bool open() { return pipe2(ends, O_CLOEXEC) == 0; }
  int take(int end) { return std::exchange(ends[end], -1); }
  ~Pipe() {
    close_one(ends[0]);
    close_one(ends[1]);
  }
};

// In the child, between fork and exec: nothing but system calls. All descriptors but those that it shall have are closed by the exec, and
// with them the one that the parent waits for.
[[noreturn]] void become(char* const* words, const char* program, int in, int out, int err, bool terminal, int door, int hidden) {
  setsid();
  if (terminal) ioctl(in, TIOCSCTTY, 0);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  // Either may have the other's number by chance, or its own, which dup2 would leave to be closed.
  if (hidden >= 0) hidden = fcntl(hidden, F_DUPFD, wire::door + 1);
  if (door >= 0) door = fcntl(door, F_DUPFD, wire::door + 1);
  syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  static_assert(hidden_words + 1 == wire::door);
  if (hidden >= 0 && dup2(hidden, hidden_words) < 0) _exit(126);
  if (door >= 0 && dup2(door, wire::door) < 0) _exit(126);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // What can be seen of the program from inside has nothing of our own variables.
  static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  char* const environment[] = {path, nullptr};
  execvpe(program, words, environment);
  _exit(127);
}

// A file without a name that holds them; -1: there are none.
int file_of(const std::vector<std::string>& words) {
  if (words.empty()) return -1;
  std::string all;
  for (const std::string& word : words) all += word + '\0';
  const int file = memfd_create("words", MFD_CLOEXEC);
  if (file >= 0 && write(file, all.data(), all.size()) == static_cast<ssize_t>(all.size())) lseek(file, 0, SEEK_SET);
  return file;
}

int without_blocking(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  return descriptor;
}

}  // namespace

int signal_of(std::string_view name) {
  const auto found = std::ranges::find(signals, name, &Signal::name);
  return found == std::end(signals) ? 0 : found->number;
}

Result<Child> Child::start(const Start& start, const std::optional<Terminal>& terminal, int door) {
  Child child;
  Pipe in, out, err, pty, begun;
  if (terminal) {
    const winsize size{terminal->rows, terminal->columns, 0, 0};
    if (openpty(&pty.ends[0], &pty.ends[1], nullptr, nullptr, &size) != 0)
      return Error{"ssh", fmt::format("no terminal: {}", std::strerror(errno))};
    fcntl(pty.ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(pty.ends[1], F_SETFD, FD_CLOEXEC);
  } else if (!in.open() || !out.open() || !err.open()) {
    return Error{"ssh", fmt::format("no pipe: {}", std::strerror(errno))};
  }
  if (!begun.open()) return Error{"ssh", fmt::format("no pipe: {}", std::strerror(errno))};
  std::vector<char*> argv;
  for (const std::string& word : start.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv[0] = const_cast<char*>(start.called.c_str());
  argv.push_back(nullptr);
  int hidden = file_of(start.hidden);
  const char* const program = start.words[0].c_str();
  const pid_t pid = fork();
  if (pid == 0) {
    if (terminal) become(argv.data(), program, pty.ends[1], pty.ends[1], pty.ends[1], true, door, hidden);
    become(argv.data(), program, in.ends[0], out.ends[1], err.ends[1], false, door, hidden);
  }
  close_one(hidden);
  if (pid < 0) return Error{"ssh", fmt::format("no process: {}", std::strerror(errno))};
  // From its exec on it leads a group of its own, which signals reach.
  close_one(begun.ends[1]);
  char nothing = 0;
  while (read(begun.ends[0], &nothing, 1) < 0 && errno == EINTR) continue;
  child.pid_ = pid;
  child.life_ = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  child.terminal_ = terminal.has_value();
  child.input_ = without_blocking(terminal ? pty.take(0) : in.take(1));
  child.output_ = terminal ? child.input_ : without_blocking(out.take(0));
  child.errors_ = terminal ? -1 : without_blocking(err.take(0));
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      life_(std::exchange(other.life_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      terminal_(other.terminal_),
      ended_(std::move(other.ended_)) {}

Child::~Child() {
  if (terminal_) output_ = -1;  // one descriptor
  close_one(input_);
  close_one(output_);
  close_one(errors_);
  if (pid_ > 0 && !ended()) {
    kill(-pid_, SIGHUP);
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close_one(life_);
}

// A terminal stays open until its program has ended, whoever has nothing more to type.
void Child::close_input() {
  if (!terminal_) close_one(input_);
}
void Child::close_output() {
  if (terminal_) input_ = -1;
  close_one(output_);
}
void Child::close_errors() { close_one(errors_); }

void Child::resize(u16 columns, u16 rows) {
  const winsize size{rows, columns, 0, 0};
  if (terminal_ && output_ >= 0) ioctl(output_, TIOCSWINSZ, &size);
}

void Child::signal(int number) {
  if (pid_ > 0 && !ended_) kill(-pid_, number);
}

// Whatever of its group is left then goes, too: while the leader is not buried, its number is nobody else's.
std::optional<Ended> Child::ended() {
  if (ended_ || pid_ <= 0) return ended_;
  siginfo_t about{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT) != 0 || about.si_pid != pid_)
    return std::nullopt;
  kill(-pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  ended_ = WIFSIGNALED(status) ? Ended{0, name_of(WTERMSIG(status))} : Ended{WEXITSTATUS(status), ""};
  return ended_;
}

Result<Outcome> run_to_end(const Start& start) {
  Child child = TRY(Child::start(start, std::nullopt, -1));
  child.close_input();
  constexpr int patience_ms = 10'000;
  Outcome outcome;
  for (;;) {
    pollfd waited[] = {{child.output(), POLLIN, 0}, {child.errors(), POLLIN, 0}};
    if (child.output() < 0 && child.errors() < 0) break;
    if (poll(waited, 2, patience_ms) <= 0) return Error{"ssh", start.words[0] + " does not end"};
    const auto take = [&](int descriptor) {
      std::array<char, 4096> buffer{};
      const ssize_t got = read(descriptor, buffer.data(), buffer.size());
      if (got > 0 && outcome.output.size() < buffer.size()) outcome.output.append(buffer.data(), static_cast<size_t>(got));
      return got > 0;
    };
    if (waited[0].revents && !take(child.output())) child.close_output();
    if (waited[1].revents && !take(child.errors())) child.close_errors();
  }
  pollfd life{child.life(), POLLIN, 0};
  poll(&life, 1, patience_ms);
  const auto ended = child.ended();
  if (!ended) return Error{"ssh", start.words[0] + " does not end"};
  outcome.status = ended->signal.empty() ? ended->status : 128;
  return outcome;
}

}  // namespace hmc::ssh
