// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A thread for what cannot be waited for: by a dispatcher, because it would wait for itself, or by anybody, because it is tried again
// later.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace firmware {

class Errands {
 public:
  using Errand = std::function<void()>;
  Errands();
  ~Errands();  // as end()
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // One after the other, not before the delay is over. Any thread.
  void run(Errand, std::chrono::milliseconds delay = {});
  void end();  // what has not begun is not done; blocks; not from an errand

 private:
  using Time = std::chrono::steady_clock;
  void work();

  std::mutex mutex_;
  std::condition_variable event_;
  std::multimap<Time::time_point, Errand> waiting_;  // in the order that they came, those of one time
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace firmware
