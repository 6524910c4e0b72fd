// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/fence.h"

#include <csignal>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/app/process.h"
#include "emu/core/log.h"
#include "emu/link/channel.h"
#include "emu/link/service.h"
#include "firmware/journal.h"

namespace emu::app {

namespace {

constexpr Log log_fence("fence");
constexpr u64 second = nanoseconds_per_second;
constexpr u64 start_time = 30 * second;
constexpr u64 end_time = 10 * second;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// A number may be another process's by now: what is opened must be the one that holds the file.
Status end_holder(const std::string& presence) {
  const auto pid = living(presence);
  if (!pid) return success();
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));
  if (process.number() < 0)
    return wait_until_gone(presence, end_time) ? success() : Status(Error{"fence", "It cannot be ended."});
  if (living(presence) != pid) return end_holder(presence);
  if (syscall(SYS_pidfd_send_signal, process.number(), SIGKILL, nullptr, 0) != 0)
    return Error{"fence", fmt::format("Its process {} cannot be ended.", *pid)};
  pollfd ended{process.number(), POLLIN, 0};
  poll(&ended, 1, static_cast<int>(end_time / 1'000'000));
  if (!wait_until_gone(presence, end_time)) return Error{"fence", fmt::format("Its process {} does not end.", *pid)};
  log_fence.warn("process {} was ended", *pid);
  return success();
}

// One at a time begins or ends: the next one of a frame would answer at the same place.
using Turn = std::shared_ptr<std::recursive_mutex>;

class Remains final : public hmc::Remains {
 public:
  Remains(Turn turn, const NamedLab& lab, const std::string& frame, pid_t child)
      : turn_(std::move(turn)), link_(lab.remains_file(frame)), child_(child) {}
  ~Remains() override {
    const std::lock_guard lock(*turn_);
    if (collected_) return;
    if (const auto channel = connect(link_, second))
      if (service::ask(**channel, service::Shutdown{}, end_time) && gone()) return;
    kill(child_, SIGKILL);
    (void)wait_for_exit(child_);
  }

  bool answers() const {
    const auto channel = connect(link_, second / 5);
    return channel && service::ask(**channel, service::DescribeSystem{}, second);
  }
  bool ended() {
    int status = 0;
    collected_ = collected_ || waitpid(child_, &status, WNOHANG) != 0;
    return collected_;
  }

 private:
  bool gone() {
    const HostClock clock;
    for (const u64 deadline = clock.monotonic() + end_time; clock.monotonic() < deadline; sleep_ns(2'000'000))
      if (ended()) return true;
    return false;
  }
  const Turn turn_;
  const std::string link_;
  const pid_t child_;
  bool collected_ = false;  // as long as it is not, the number is its own
};

class HostFence final : public hmc::Fence {
 public:
  explicit HostFence(NamedLab lab) : lab_(std::move(lab)) {}

  Result<std::optional<std::vector<std::string>>> may_run(const std::string& frame) override {
    std::vector<std::string> names;
    if (!living(lab_.presence_file(frame))) return std::optional<std::vector<std::string>>{};
    // Who does not answer has written down who runs.
    const auto journal = TRY(firmware::Journal::open(fmt::format("{}/{}.journal", lab_.folders.state, frame)));
    const auto states = journal->noted_states();
    for (const LparDefinition& lpar : journal->lpars()) {
      const auto state = states.find(lpar.lpar_id);
      const bool off = state != states.end() && state->second == name_of(LparState::not_activated);
      if (lpar.env != LparEnv::vioserver && !off) names.push_back(lpar.name);
    }
    return std::optional(std::move(names));
  }

  Result<std::shared_ptr<hmc::Remains>> fence(const std::string& frame) override {
    const std::lock_guard lock(*turn_);
    if (auto known = remains_[frame].lock()) return std::shared_ptr<hmc::Remains>(std::move(known));
    const std::string presence = lab_.presence_file(frame);
    TRY(end_holder(presence));
    const std::string output = lab_.output_file(frame);
    const pid_t child = TRY(start_again(
        {"frame-process", "--lab", lab_.lab.name, "--file", lab_.lab.file, frame, "--remains-of", std::to_string(getpid())},
        output, Ends::by_itself));
    auto remains = std::make_shared<Remains>(turn_, lab_, frame, child);
    const HostClock clock;
    for (const u64 deadline = clock.monotonic() + start_time; !remains->answers(); sleep_ns(5'000'000)) {
      if (remains->ended()) return Error{"fence", fmt::format("What it has stored cannot be read: see {}.", output)};
      if (clock.monotonic() > deadline) return Error{"fence", "What it has stored cannot be read: nobody answers."};
    }
    log_fence.warn("{} is fenced", frame);
    remains_[frame] = remains;
    return std::shared_ptr<hmc::Remains>(std::move(remains));
  }

 private:
  const NamedLab lab_;
  const Turn turn_ = std::make_shared<std::recursive_mutex>();
  std::map<std::string, std::weak_ptr<Remains>> remains_;
};

}  // namespace

std::shared_ptr<hmc::Fence> fence_of(const NamedLab& lab) { return std::make_shared<HostFence>(lab); }

}  // namespace emu::app
