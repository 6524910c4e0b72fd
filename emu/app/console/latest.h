// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A value that one thread replaces and others look at: who looks keeps what was there, and waits for nobody.

#include <memory>
#include <mutex>

namespace emu::app::console {

template <class T>
class Latest {
 public:
  void set(T value) {
    auto fresh = std::make_shared<const T>(std::move(value));
    const std::lock_guard guard(mutex_);
    value_ = std::move(fresh);
  }
  std::shared_ptr<const T> get() const {
    const std::lock_guard guard(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_ = std::make_shared<const T>();
};

}  // namespace emu::app::console
