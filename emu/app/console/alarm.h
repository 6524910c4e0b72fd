// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A thread's sleep between two rounds of work, from which it can be woken early.

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "emu/core/types.h"

namespace emu::app::console {

class Alarm {
 public:
  // Sleeps for `nanoseconds`, or until somebody rings; rings that came before count.
  void sleep(u64 nanoseconds) {
    std::unique_lock lock(mutex_);
    rung_.wait_for(lock, std::chrono::nanoseconds(nanoseconds), [this] { return ringing_; });
    ringing_ = false;
  }
  void ring() {
    {
      const std::lock_guard guard(mutex_);
      ringing_ = true;
    }
    rung_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool ringing_ = false;
};

}  // namespace emu::app::console
