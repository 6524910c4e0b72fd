// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/errands.h"

#include <utility>

namespace firmware {

Errands::Errands() : thread_([this] { work(); }) {}

Errands::~Errands() { end(); }

void Errands::run(Errand errand, std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(Time::now() + delay, std::move(errand));
  event_.notify_all();
}

void Errands::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  event_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Errands::work() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    const auto next = waiting_.begin();
    if (next == waiting_.end()) {
      event_.wait(lock);
    } else if (next->first > Time::now()) {
      event_.wait_until(lock, Time::time_point(next->first));
    } else {
      const Errand errand = std::move(next->second);
      waiting_.erase(next);
      lock.unlock();
      errand();
      lock.lock();
    }
  }
}

}  // namespace firmware
