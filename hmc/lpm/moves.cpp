// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/moves.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/messages.h"

namespace hmc {

namespace {
constexpr size_t kept = 32;
}

Moves::Seats Moves::take_seats(u64 stream, const std::function<std::optional<Movers>(const Load&)>& choose) {
  const std::lock_guard lock(seats_mutex_);
  const auto load = [&](const std::string& system, u32 msp_id) {
    return static_cast<u32>(std::ranges::count_if(seats_, [&](const auto& taken) {
      const Movers& movers = taken.second;
      return (movers.source_system == system && movers.source_msp_id == msp_id) ||
             (movers.target_system == system && movers.target_msp_id == msp_id);
    }));
  };
  const std::optional<Movers> chosen = choose(load);
  if (!chosen) return {};
  seats_[stream] = *chosen;
  return {*this, stream};
}

void Moves::leave(u64 stream) {
  const std::lock_guard lock(seats_mutex_);
  seats_.erase(stream);
}

Status Moves::begin(const Plan& plan, u64 now) {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, going] : going_) {
    const MoveStatus& other = going.status;
    if (stream == plan.stream || (other.source_system == plan.source_system && other.source_lpar_id == plan.source_lpar_id) ||
        (other.target_system == plan.source_system && other.target_lpar_id == plan.source_lpar_id))
      return say("HSCL3205", plan.lpar_name);
  }
  MoveStatus& status = going_[plan.stream].status;
  status.stream = plan.stream;
  status.active = plan.active;
  status.lpar_name = plan.lpar_name;
  status.source_system = plan.source_system;
  status.target_system = plan.target_system;
  status.source_lpar_id = plan.source_lpar_id;
  status.target_lpar_id = plan.target_lpar_id;
  status.source_msp = plan.source_msp;
  status.source_msp_id = plan.source_msp_id;
  status.target_msp = plan.target_msp;
  status.target_msp_id = plan.target_msp_id;
  status.began_at = now;
  return emu::success();
}

emu::Change Moves::change(const MoveStatus& status, const std::string& detail) {
  return {0,
          0,
          emu::ChangeKind::move,
          status.source_system,
          status.source_lpar_id,
          status.lpar_name,
          fmt::format("to {}: {}", status.target_system, detail)};
}

void Moves::step(u64 stream, const StepBegun& step) {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  if (found == going_.end()) return;
  MoveStatus& status = found->second.status;
  status.step = step.number;
  status.step_name = step.name;
  status.steps.push_back(step);
  (void)changes_.note(change(status, fmt::format("step {}, {}", step.number, step.name)));
}

void Moves::end(u64 stream, MoveState state, const Error* why, u64 now) {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  if (found == going_.end()) return;
  MoveStatus status = std::move(found->second.status);
  going_.erase(found);
  status.state = state;
  status.ended_at = now;
  if (why) {
    status.error_code = why->code;
    status.error_text = why->text;
  }
  const emu::Change told = change(status, std::string(name_of(state)));
  (void)(state == MoveState::failed ? changes_.note(told) : changes_.note_end(stream, told));
  ended_.push_back(std::move(status));
  if (ended_.size() > kept) ended_.pop_front();
}

std::optional<MoveStatus> Moves::of(const std::string& system, u32 lpar_id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, going] : going_) {
    const MoveStatus& s = going.status;
    if ((s.source_system == system && s.source_lpar_id == lpar_id) || (s.target_system == system && s.target_lpar_id == lpar_id))
      return s;
  }
  return std::nullopt;
}

std::optional<MoveStatus> Moves::of_stream(u64 stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  if (found == going_.end()) return std::nullopt;
  return found->second.status;
}

std::vector<MoveStatus> Moves::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<MoveStatus> found(ended_.begin(), ended_.end());
  for (const auto& [stream, going] : going_) found.push_back(going.status);
  return found;
}

u32 Moves::count(const std::string& system, bool active) const {
  const std::lock_guard lock(mutex_);
  u32 count = 0;
  for (const auto& [stream, going] : going_)
    if (going.status.active == active && (going.status.source_system == system || going.status.target_system == system)) ++count;
  return count;
}

void Moves::request_stop(u64 stream) {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  if (found == going_.end()) return;
  found->second.stop = true;
  found->second.refusal.reset();
}

bool Moves::stop_requested(u64 stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  return found != going_.end() && found->second.stop;
}

void Moves::refuse_stop(u64 stream, Error why) {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  if (found == going_.end()) return;
  found->second.stop = false;
  found->second.refusal = std::move(why);
}

std::optional<Error> Moves::stop_refused(u64 stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = going_.find(stream);
  return found == going_.end() ? std::nullopt : found->second.refusal;
}

bool Moves::first_to_lock(const std::string& frame) {
  const std::lock_guard lock(mutex_);
  return holds_[frame]++ == 0;
}

bool Moves::holds(const std::string& frame) const {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(frame);
  return found != holds_.end() && found->second > 0;
}

bool Moves::last_to_unlock(const std::string& frame) {
  const std::lock_guard lock(mutex_);
  u32& holds = holds_[frame];
  if (holds > 0) --holds;
  return holds == 0;
}

}  // namespace hmc
