// SPDX-License-Identifier: GPL-2.0-or-later
// A command of the HMC that goes on beside the script.
#include "emu/app/hmc_link.h"
#include "emu/app/lua/api.h"
#include "emu/app/lua/lab.h"
#include "emu/core/clock.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace emu::app::lua {

namespace {

class Task final : public Object {
 public:
  Task(std::shared_ptr<LabHandle> lab, std::string hmc_file, std::vector<std::string> command)
      : lab_(std::move(lab)), hmc_file_(std::move(hmc_file)), thread_([this, words = std::move(command)] { run(words); }) {}
  ~Task() override {
    cancelled_ = true;
    thread_.join();
  }

  bool done() const { return done_; }
  Json outcome() const {
    const std::lock_guard guard(mutex_);
    return Json::Object{{"code", code_}, {"output", output_}};
  }

 private:
  void run(const std::vector<std::string>& words) {
    const auto code = run_hmc_command(
        hmc_file_, words,
        [this](std::string_view text) {
          const std::lock_guard guard(mutex_);
          output_ += text;
        },
        [this] { return cancelled_ || interrupted(); });
    const std::lock_guard guard(mutex_);
    // Without an HMC there is no exit status: -1, and the reason.
    code_ = code ? *code : -1;
    if (!code) output_ += code.error().text + "\n";
    done_ = true;
  }

  std::shared_ptr<LabHandle> lab_;
  const std::string hmc_file_;
  mutable std::mutex mutex_;
  std::string output_;
  int code_ = -1;
  std::atomic<bool> done_{false};
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

Status done(Call& call) {
  call.give(TRY(call.self<Task>())->done());
  return success();
}

Status wait(Call& call) {
  const auto task = TRY(call.self<Task>());
  const HostClock clock;
  const u64 deadline = end_of_wait(TRY(call.number(1, 120)));
  while (!task->done()) {
    if (clock.monotonic() > deadline) return Error{"script", "The command of the HMC has not ended in time."};
    TRY(nap(2'000'000));
  }
  call.give(task->outcome());
  return success();
}

constexpr Function methods[] = {
    {"done", "", "Whether it has ended", done},
    {"wait", "[seconds]", "Waits for its end: {code, output}; code is -1 if the HMC died", wait},
};

}  // namespace

const Type task_type{"a task", "task:", "What `lab:start` answers: a command of the HMC that goes on beside the script.",
                     methods};

std::shared_ptr<Object> make_task(std::shared_ptr<LabHandle> lab, std::string hmc_file, std::vector<std::string> command) {
  return std::make_shared<Task>(std::move(lab), std::move(hmc_file), std::move(command));
}

}  // namespace emu::app::lua
