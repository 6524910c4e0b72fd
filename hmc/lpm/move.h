// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One migration while it is done, undone or recovered: the plan, the way to both frames, and what became of it. The steps
// (hmc/lpm/steps.cpp) work on it. One thread.

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "hmc/console.h"
#include "hmc/lpm/holds.h"
#include "hmc/lpm/move_phases.h"
#include "hmc/lpm/plan.h"

namespace hmc {

// The one list of what a migration asks of frames: faults are of these.
using MoveRequests =
    std::variant<service::MarkMigrating, service::LockConfiguration, service::HoldForMove, service::CreateShell,
                 service::ReadNvram, service::WriteNvram, service::RemoveShell, service::OpenStream, service::CloseStream,
                 service::AddViosMapping, service::RemoveViosMapping, service::BeginPasses, service::StopStream,
                 service::QueryStream, service::QueryVerdict, service::RollBackSource, service::HandOverInactive,
                 service::AdoptInactive, service::WriteProfile, service::FinishSource, service::FinishTarget, service::ListLpars,
                 service::DefineLpar, service::ReadVolume, service::WriteVolume>;
template <class R, class List = MoveRequests>
inline constexpr bool is_move_request = false;
template <class R, class... Rest>
inline constexpr bool is_move_request<R, std::variant<Rest...>> = (std::is_same_v<R, Rest> || ...);
std::span<const std::string_view> move_request_names();

class Move {
 public:
  Move(Console& the_console, Plan the_plan) : console(the_console), plan(std::move(the_plan)) {}

  Console& console;
  Plan plan;

  // Recovery: what need not be asked any more, because it is lost, or done already.
  bool recovering = false;
  bool source_gone = false;    // the source does not answer
  bool target_gone = false;    // the destination does not answer
  bool source_done = false;    // the source has forgotten the partition
  bool target_done = false;    // the destination has finished
  bool outlived = false;       // the partition has gone on by another migration: neither it nor its operating system is touched
  bool state_lost = false;     // the partition's memory did not arrive whole: it is the destination's, but off
  PhaseLimits limits{};        // as the operator wants them
  Holds holds;                 // of Virtual I/O Servers; a recovery takes none
  std::set<std::string> held;  // frames whose list of partitions this move keeps from changing
  std::vector<Error> remarks;  // for the operator, although it succeeded

  // Asks a frame; one that is gone is not asked, and the answer is the reply's default. A lost connection is tried again
  // for a short while: requests of a move are idempotent.
  template <class Request>
  Result<typename Request::Reply> source(const Request& request, u64 timeout = answer_time) {
    if (source_gone) return typename Request::Reply{};
    return insist(plan.source_frame, request, timeout);
  }
  template <class Request>
  Result<typename Request::Reply> target(const Request& request, u64 timeout = answer_time) {
    if (target_gone) return typename Request::Reply{};
    return insist(plan.target_frame, request, timeout);
  }

  Status write_down(u32 row, Direction);
  // What was made to go wrong there (hmc/faults/faults.h): it takes time, or an end; an error is the step's. While the operator may stop it,
  // a wait can be stopped.
  enum class Stop { possible = 1, refused };
  Status meet_step(u32 row, Direction, Stop);
  // Whether it stays failed, as it was made to.
  bool kept_failed(u32 row);
  void show(const std::string& source_code, const std::string& target_code);  // reference codes; empty: leave as it is

  // Polls both ends until `enough` says so. Fails when the stream does, when an end is silent for too long, when `limit`
  // (nanoseconds) is over, or, before the partition is suspended, when somebody wants the migration to stop.
  using Enough = std::function<bool(const service::StreamInfo& source, const service::StreamInfo& target)>;
  Status await(const Enough& enough, u64 limit, bool of_phase = false);  // whose limit it is
  // A step begins: and with it the phase that it is of, unless that has begun before.
  void enter_phase(u32 step);
  // What is left of the phase's time; and an error if that is nothing.
  u64 time_left() const;
  Status in_time() const;
  // Asks both ends once, and tells the watchers.
  void look();
  // Somebody wants it to stop: an error if it stops now.
  Status stop_if_asked();

  service::StreamInfo source_info;
  service::StreamInfo target_info;

 private:
  template <class Request>
  Result<typename Request::Reply> exchange(FrameLink& link, const std::string& frame, const Request& request,
                                           u64 timeout = answer_time) {
    static_assert(is_move_request<Request>);
    TRY(meet_request(Request::type_name, frame));
    return ask(link, request, timeout);
  }
  template <class Request>
  Result<typename Request::Reply> insist(const std::string& frame, const Request& request, u64 timeout) {
    FrameLink* link = console.link(frame);
    if (!link) return Error{"absent", "The frame " + frame + " is not known to this console."};
    for (int attempt = 1;; ++attempt) {
      Result<typename Request::Reply> reply = exchange(*link, frame, request, timeout);
      if (reply || !no_answer(reply.error()) || attempt == 3) return reply;
      console.pause().sleep(100 * millisecond);
    }
  }
  void note_phases();
  Status meet_request(std::string_view request, const std::string& frame);
  Status suffer(const Faults::Meeting&, Stop);
  Occasion occasion(u32 row, Direction) const;

  u32 row_ = 0;
  Direction direction_ = Direction::forward;
  std::optional<MovePhase> phase_;
  u64 phase_began_ = 0;
  bool seen_suspended_ = false;
  bool seen_resumed_ = false;
};

// Phases in order; one that has failed is at none of them.
inline bool reached(const service::StreamInfo& info, service::Phase phase) {
  return info.phase >= phase && info.phase < service::Phase::aborted;
}
inline bool broken(const service::StreamInfo& info) {
  return info.phase == service::Phase::aborted || info.phase == service::Phase::failed;
}

}  // namespace hmc
