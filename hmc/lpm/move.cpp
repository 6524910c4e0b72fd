// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/move.h"

#include <algorithm>

#include "hmc/lpm/steps.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr u64 poll_interval = 20 * millisecond;
constexpr u64 silence_limit = 5 * emu::nanoseconds_per_second;

}  // namespace

Status Move::write_down(u32 row, Direction direction) {
  const Status written = console.journal().put({plan.stream, emu::to_bytes(plan), row, direction});
  row_ = row;
  direction_ = direction;
  return written;
}

void Move::show(const std::string& source_code, const std::string& target_code) {
  // Only a display: whether it succeeds does not matter to the migration.
  FrameLink* from = console.link(plan.source_frame);
  FrameLink* to = console.link(plan.target_frame);
  if (!source_code.empty() && from && !source_gone) (void)ask(*from, service::ShowRefCode{plan.source_lpar_id, source_code});
  if (!target_code.empty() && to && !target_gone && plan.target_lpar_id)
    (void)ask(*to, service::ShowRefCode{plan.target_lpar_id, target_code});
}

void Move::note_phases() {
  // Redbook, table B-1.
  if (!seen_suspended_ && reached(source_info, service::Phase::suspended)) {
    seen_suspended_ = true;
    show("D200A250", "");
    show("C2001080", "");
  }
  if (!seen_resumed_ && reached(target_info, service::Phase::resumed)) {
    seen_resumed_ = true;
    show("", "C2001082");
    show("", "2004");
  }
  console.moves().update(plan.stream, [&](MoveStatus& status) {
    status.source = source_info;
    status.target = target_info;
    status.percent = reached(target_info, service::Phase::completed) ? 100 : source_info.percent;
    if (reached(source_info, service::Phase::suspended)) status.state = MoveState::in_progress;
  });
}

void Move::look() {
  FrameLink* from = console.link(plan.source_frame);
  FrameLink* to = console.link(plan.target_frame);
  if (from && !source_gone)
    if (auto info = exchange(*from, plan.source_frame, service::QueryStream{plan.stream})) source_info = std::move(*info);
  if (to && !target_gone)
    if (auto info = exchange(*to, plan.target_frame, service::QueryStream{plan.stream})) target_info = std::move(*info);
  note_phases();
}

// Redbook 2.5.8: only while Migration Starting; afterwards nothing is done but to say so.
Status Move::stop_if_asked() {
  Moves& moves = console.moves();
  if (!moves.stop_requested(plan.stream)) return emu::success();
  if (plan.active && reached(source_info, service::Phase::opened)) {
    const auto stopped = source(service::StopStream{plan.stream});
    if (!stopped) {
      moves.refuse_stop(plan.stream, stopped.error());
      return emu::success();
    }
  }
  return say("HSCLF302", plan.lpar_name, plan.source_system);
}

void Move::enter_phase(u32 step) {
  const std::optional<MovePhase> phase = plan.active ? phase_of(step) : std::nullopt;
  if (phase != phase_) phase_began_ = console.clock().monotonic();
  phase_ = phase;
}

u64 Move::time_left() const {
  if (!phase_) return ~u64{0};
  const u64 taken = console.clock().monotonic() - phase_began_;
  return std::max(limit_of(limits, *phase_, plan.wait), taken) - taken;
}

Status Move::in_time() const {
  if (time_left() > 0) return emu::success();
  return say("HSCLF331", row_of(*phase_).name, plan.lpar_name,
             limit_of(limits, *phase_, plan.wait) / emu::nanoseconds_per_second);
}

Status Move::await(const Enough& enough, u64 limit, bool of_phase) {
  const u64 began = console.clock().monotonic();
  u64 source_heard = began;
  u64 target_heard = began;
  while (true) {
    FrameLink* from = console.link(plan.source_frame);
    FrameLink* to = console.link(plan.target_frame);
    const u64 now = console.clock().monotonic();
    if (from && !source_gone) {
      auto info = exchange(*from, plan.source_frame, service::QueryStream{plan.stream});
      if (info || !no_answer(info.error())) {
        source_heard = now;
        // A process that was started again knows of no stream. What becomes of the partition, the destination says.
        source_info = info ? std::move(*info) : service::StreamInfo{};
      }
    }
    if (to && !target_gone) {
      auto info = exchange(*to, plan.target_frame, service::QueryStream{plan.stream});
      if (info || !no_answer(info.error())) {
        target_heard = now;
        if (info) target_info = std::move(*info);
        if (!info) target_info.phase = service::Phase::failed;
        if (!info) target_info.error_text = "The system was started again.";
      }
    }
    note_phases();
    if (enough(source_info, target_info)) return emu::success();
    for (const auto& [info, system] :
         {std::pair{&source_info, &plan.source_system}, std::pair{&target_info, &plan.target_system}})
      if (broken(*info)) {
        if (info->error_code.starts_with("HSCL")) return Error{info->error_code, info->error_text};
        return say("HSCLF30E", *system, info->error_text.empty() ? "The transfer was aborted." : info->error_text);
      }
    if (!source_gone && now - source_heard >= silence_limit) return say("HSCLF014", plan.source_system);
    if (!target_gone && now - target_heard >= silence_limit) return say("HSCLF014", plan.target_system);
    if (of_phase) TRY(in_time());
    if (now - began >= limit) return say("HSCLF30E", plan.source_system, "There was no progress within the time allowed.");
    if (!reached(source_info, service::Phase::suspended)) TRY(stop_if_asked());
    console.pause().sleep(poll_interval);
  }
}

}  // namespace hmc
