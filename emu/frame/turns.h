// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One request of a migration at a time. A console may die while a frame still carries out what it has asked for, or while its
// request still lies in the link: the recovery by another console waits for the one, and shuts the other out.

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu::frame {

class Turns {
 public:
  using Turn = std::unique_lock<std::mutex>;

  // Waits until nothing else is done for this stream. Never twice in one thread. Stream 0 is none.
  [[nodiscard]] Turn take(u64 stream) { return stream ? Turn(turns_[stream % std::size(turns_)]) : Turn(); }

  // The migration has ended here: what comes late for it is refused. With its turn taken.
  void shut(u64 stream) {
    const std::lock_guard lock(mutex_);
    if (std::find(shut_.begin(), shut_.end(), stream) == shut_.end()) shut_.push_back(stream);
    if (shut_.size() > kept) shut_.pop_front();
  }
  // An error if it has.
  Status open(u64 stream) const {
    const std::lock_guard lock(mutex_);
    if (!stream || std::find(shut_.begin(), shut_.end(), stream) == shut_.end()) return success();
    return Error{"migration", "The migration has ended on this system."};
  }

 private:
  static constexpr size_t kept = 256;  // far more than consoles can have under way at once
  std::array<std::mutex, 61> turns_;   // streams with the same remainder wait for each other, too
  mutable std::mutex mutex_;
  std::deque<u64> shut_;
};

}  // namespace emu::frame
