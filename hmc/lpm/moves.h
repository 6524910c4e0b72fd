// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The moves of this console: those that go on, with a way to ask them to stop, and the latest that ended. Any thread.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "hmc/changes/change_log.h"
#include "hmc/hmc.h"
#include "hmc/lpm/plan.h"

namespace hmc {

class Moves {
 public:
  explicit Moves(ChangeLog& changes) : changes_(changes) {}

  // The movers of one move, counted from when they are chosen. (Redbook 2.2: four moves at a time)
  struct Movers {
    std::string source_system;
    u32 source_msp_id = 0;
    std::string target_system;
    u32 target_msp_id = 0;
  };
  class Seats {  // as long as it lives, they are counted
   public:
    Seats() = default;
    Seats(Moves& moves, u64 stream) : moves_(&moves), stream_(stream) {}
    Seats(Seats&& other) noexcept : moves_(std::exchange(other.moves_, nullptr)), stream_(other.stream_) {}
    Seats& operator=(Seats&& other) noexcept {
      std::swap(moves_, other.moves_);
      std::swap(stream_, other.stream_);
      return *this;
    }
    ~Seats() {
      if (moves_) moves_->leave(stream_);
    }

   private:
    Moves* moves_ = nullptr;
    u64 stream_ = 0;
  };
  // How many moves of this console a mover carries.
  using Load = std::function<u32(const std::string& system, u32 msp_id)>;
  // Nobody else chooses meanwhile. `choose` answers nothing if no mover has room, or none is to be kept.
  Seats take_seats(u64 stream, const std::function<std::optional<Movers>(const Load&)>& choose);

  // Enters a move; refused if the partition is in one already.
  Status begin(const Plan&, u64 now);
  void step(u64 stream, const StepBegun&);
  // It is completed or rolled back, and nothing is left of it in the journal; or it has failed, and its recovery is still to come.
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
  void leave(u64 stream);
  static emu::Change change(const MoveStatus&, const std::string& detail);

  ChangeLog& changes_;
  std::mutex seats_mutex_;
  std::map<u64, Movers> seats_;
  mutable std::mutex mutex_;
  std::map<u64, Going> going_;
  std::deque<MoveStatus> ended_;  // oldest first
  std::map<std::string, u32> holds_;
};

}  // namespace hmc
