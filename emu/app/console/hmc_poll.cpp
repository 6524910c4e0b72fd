// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/hmc_poll.h"

#include "emu/app/hmc_link.h"

#include "emu/core/change.h"

#include <algorithm>

namespace emu::app::console {

namespace {

constexpr u64 connect_time = 200 * millisecond;
constexpr u64 interval_moving = 33 * millisecond;
constexpr u32 waiting_ms = 100;  // for a change, and for this thread's end

bool has_moves(const Changes& heard) {
  return !heard.complete || std::ranges::any_of(heard.changes, [](const Change& each) { return each.kind == ChangeKind::move; });
}

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

// The moves: all of them at first, later when the HMC's list of changes has one, and often while one goes on: how far it is, is no change.
Status HmcPoll::look(Channel& channel) {
  const bool moving = interest_.get()->moving;
  const auto heard = TRY(ask_hmc(channel, hmc_link::ReadChanges{last_change_, moving ? 0 : waiting_ms}, nanoseconds_per_second));
  const bool first = !state_.get()->connected;
  last_change_ = heard.last;
  if (!first && !moving && !has_moves(heard)) return success();
  auto all = TRY(ask_hmc(channel, hmc_link::ListMoves{}, nanoseconds_per_second));
  state_.set({true, std::move(all.moves)});
  return success();
}

void HmcPoll::run() {
  std::unique_ptr<Channel> channel;
  while (!end_) {
    const u64 began = clock_.monotonic();
    if (!channel) {
      auto connected = connect(hmc_file_, connect_time);
      if (connected) channel = std::move(*connected);
    }
    if (channel && !look(*channel)) channel.reset();
    // Without the HMC, what it has told stays.
    if (!channel) state_.set({false, state_.get()->moves});
    const u64 rest = !channel ? connect_time : interest_.get()->moving ? interval_moving : 0;
    const u64 next = began + rest;
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
