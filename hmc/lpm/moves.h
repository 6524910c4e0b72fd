// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The moves of this console: those that go on, with a way to ask them to stop, and the latest that ended. Any thread.

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "hmc/hmc.h"
#include "hmc/lpm/plan.h"

namespace hmc {

class Moves {
 public:
  // Enters a move; refused if the partition is in one already, or a mover of it has no room. (Redbook 2.2: four at a time)
  Status begin(const Plan&, u32 most_per_mover, u64 now);
  void end(u64 stream, MoveState, const Error* why, u64 now);

  template <class Change>
  void update(u64 stream, Change change) {
    const std::lock_guard lock(mutex_);
    const auto found = going_.find(stream);
    if (found != going_.end()) change(found->second.status);
  }

  // The move of a partition of a system (on either side), if one goes on.
  std::optional<MoveStatus> of(const std::string& system, u32 lpar_id) const;
  std::optional<MoveStatus> of_stream(u64 stream) const;
  std::vector<MoveStatus> all() const;
  // Moves that go on and involve a system.
  u32 count(const std::string& system, bool active) const;

  // Stopping: asked by another session; answered by the move itself.
  void request_stop(u64 stream);
  bool stop_requested(u64 stream) const;
  void refuse_stop(u64 stream, Error why);
  std::optional<Error> stop_refused(u64 stream) const;

  // How many moves hold a frame's list of partitions. True if the caller is the first to take it, or the last to leave it.
  bool first_to_lock(const std::string& frame);
  bool last_to_unlock(const std::string& frame);
  bool holds(const std::string& frame) const;

 private:
  struct Going {
    MoveStatus status;
    bool stop = false;
    std::optional<Error> refusal;
  };
  mutable std::mutex mutex_;
  std::map<u64, Going> going_;
  std::deque<MoveStatus> ended_;  // oldest first
  std::map<std::string, u32> holds_;
};

}  // namespace hmc
