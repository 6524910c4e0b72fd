// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The link to the HMC: a thread that hears from it what changes and asks for its moves then, and commands that run beside the window, as any other user's.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emu/app/console/alarm.h"
#include "emu/app/console/interest.h"
#include "emu/app/console/latest.h"
#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "emu/link/channel.h"
#include "hmc/hmc.h"

namespace emu::app::console {

struct HmcState {
  bool connected = false;
  std::vector<hmc::MoveStatus> moves;  // oldest first
};

class HmcPoll {
 public:
  HmcPoll(std::string hmc_file, const Latest<Interest>&, const Clock&);  // which must outlive it
  ~HmcPoll();
  std::shared_ptr<const HmcState> state() const { return state_.get(); }

 private:
  void run();
  Status look(Channel&);
  const std::string hmc_file_;
  const Latest<Interest>& interest_;
  const Clock& clock_;
  Latest<HmcState> state_;
  u64 last_change_ = 0;  // that was heard of
  Alarm alarm_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

// Something that goes on beside the window, and ends.
class Task {
 public:
  virtual ~Task() = default;
  virtual bool done() const = 0;
  virtual int code() const = 0;            // the exit status; -1: it could not be run
  virtual std::string output() const = 0;  // so far
};

// Runs the HMC's command `words`.
std::shared_ptr<Task> run_at_hmc(const std::string& hmc_file, std::vector<std::string> words);
// Runs something of ours; what it answers is the output, or the failure.
std::shared_ptr<Task> run_beside(std::function<Result<std::string>()> work);

}  // namespace emu::app::console
