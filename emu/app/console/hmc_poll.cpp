// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/hmc_poll.h"

#include "emu/app/hmc_link.h"

#include <algorithm>

namespace emu::app::console {

namespace {

constexpr u64 interval = 200 * millisecond;
constexpr u64 interval_moving = 33 * millisecond;

class Beside final : public Task {
 public:
  using Work = std::function<int(const std::function<void(std::string_view)>& output, const std::function<bool()>& cancelled)>;
  explicit Beside(Work work)
      : thread_([this, work = std::move(work)] {
          code_ = work(
              [this](std::string_view text) {
                const std::lock_guard guard(mutex_);
                output_ += text;
              },
              [this] { return cancelled_.load(); });
          done_ = true;
        }) {}
  ~Beside() override {
    cancelled_ = true;
    thread_.join();
  }
  bool done() const override { return done_; }
  int code() const override { return code_; }
  std::string output() const override {
    const std::lock_guard guard(mutex_);
    return output_;
  }

 private:
  mutable std::mutex mutex_;
  std::string output_;
  std::atomic<int> code_{-1};
  std::atomic<bool> done_{false};
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

}  // namespace

HmcPoll::HmcPoll(std::string hmc_file, const Latest<Interest>& interest, const Clock& clock)
    : hmc_file_(std::move(hmc_file)), interest_(interest), clock_(clock), thread_([this] { run(); }) {}

HmcPoll::~HmcPoll() {
  end_ = true;
  alarm_.ring();
  thread_.join();
}

void HmcPoll::run() {
  std::unique_ptr<Channel> channel;
  while (!end_) {
    const u64 began = clock_.monotonic();
    if (!channel) {
      auto connected = connect(hmc_file_, interval);
      if (connected) channel = std::move(*connected);
    }
    HmcState now;
    if (channel) {
      auto all = ask_hmc(*channel, hmc_link::ListMoves{}, nanoseconds_per_second);
      now.connected = bool(all);
      if (all) now.moves = std::move(all->moves);
      if (!all) channel.reset();
    }
    // Without the HMC, what it has told stays.
    if (!now.connected) now.moves = state_.get()->moves;
    state_.set(std::move(now));
    const u64 next = began + (interest_.get()->moving ? interval_moving : interval);
    if (!end_) alarm_.sleep(next - std::min(next, clock_.monotonic()));
  }
}

std::shared_ptr<Task> run_at_hmc(const std::string& hmc_file, std::vector<std::string> words) {
  return std::make_shared<Beside>([hmc_file, words = std::move(words)](const auto& output, const auto& cancelled) {
    const auto code = run_hmc_command(hmc_file, words, output, cancelled);
    if (code) return *code;
    output("The HMC does not answer: " + code.error().text + "\n");
    return -1;
  });
}

std::shared_ptr<Task> run_beside(std::function<Result<std::string>()> work) {
  return std::make_shared<Beside>([work = std::move(work)](const auto& output, const auto&) {
    const auto result = work();
    output(result ? *result : result.error().text);
    return result ? 0 : 1;
  });
}

}  // namespace emu::app::console
