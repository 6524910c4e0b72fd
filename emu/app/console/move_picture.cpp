// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/move_picture.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/lpm/steps.h"

namespace emu::app::console {

using service::Phase;

namespace {

double milliseconds(u64 nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

// What the HMC asked a moment ago, and what we did: whichever is further.
const service::StreamInfo& further(const service::StreamInfo& ours, const service::StreamInfo& hmcs) {
  if (ours.stream != hmcs.stream) return ours.stream ? ours : hmcs;
  return ours.phase >= hmcs.phase ? ours : hmcs;
}

bool at_least(const service::StreamInfo& info, Phase phase) {
  return info.phase >= phase && info.phase != Phase::aborted && info.phase != Phase::failed;
}

std::string plural(u64 count, std::string_view one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

}  // namespace

std::array<PhaseBar, 4> phases_of(const MovePicture& move) {
  const service::StreamInfo source = further(move.source, move.status.source), target = further(move.target, move.status.target);
  std::array<PhaseBar, 4> bars{{{"Init", 0}, {"Copy", 0}, {"I/O quiesce", 0}, {"Frozen", 0}}};
  // Init: the steps before the memory's transfer. Copy: what the source says of its first pass, and all once it suspends.
  constexpr u32 first_transfer_step = 7;
  bars[0].percent = move.status.step >= first_transfer_step ? 100 : move.status.step * 100 / first_transfer_step;
  if (at_least(source, Phase::passes)) bars[0].percent = 100;
  bars[1].percent = std::min<u32>(source.percent, 99);
  if (at_least(source, Phase::suspending)) bars[1].percent = 100;
  // I/O quiesce: from the wish to suspend until the guest has let go.
  if (source.phase == Phase::suspending) bars[2].percent = 50;
  if (at_least(source, Phase::suspended)) bars[2].percent = 100;
  // Frozen: state sent, verified, handed over, running.
  if (source.phase == Phase::suspended) bars[3].percent = 25;
  if (source.phase == Phase::verifying) bars[3].percent = 50;
  if (at_least(source, Phase::handed_over)) bars[3].percent = 75;
  if (at_least(target, Phase::resumed)) bars[3].percent = 100;
  if (move.status.state == hmc::MoveState::completed)
    for (PhaseBar& bar : bars) bar.percent = 100;
  return bars;
}

std::vector<StepLine> steps_of(const MovePicture& move, u64 now) {
  std::vector<StepLine> lines;
  const auto& begun = move.status.steps;
  const u64 end = move.status.ended_at ? move.status.ended_at : now;
  for (const hmc::Step& step : hmc::steps()) {
    if (!hmc::applies(step.applies, move.status.active)) continue;
    StepLine line{step.number, std::string(step.name), StepState::open, 0};
    const auto at = std::ranges::find(begun, line.name, &hmc::StepBegun::name);
    if (at != begun.end()) {
      const bool last = std::next(at) == begun.end();
      const u64 until = last ? end : std::next(at)->at;
      line.took = until - std::min(until, at->at);
      line.state = !last || move.status.state == hmc::MoveState::completed ? StepState::done
                   : move.goes_on()                                        ? StepState::under_way
                                                                           : StepState::failed;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<PassBar> passes_of(const MovePicture& move) {
  std::vector<PassBar> bars;
  for (const service::PassInfo& pass : further(move.source, move.status.source).passes)
    bars.push_back({pass.pages, pass.zero_pages, pass.dirty_after,
                    pass.nanoseconds ? static_cast<double>(pass.bytes) * 1e3 / static_cast<double>(pass.nanoseconds) : 0,
                    pass.nanoseconds});
  return bars;
}

SuspendWindow suspend_window_of(const MovePicture& move) {
  const service::StreamInfo source = further(move.source, move.status.source), target = further(move.target, move.status.target);
  SuspendWindow window;
  window.begin = source.suspended_at ? source.suspended_at : target.suspended_at;
  if (window.begin && target.resumed_at >= window.begin) window.end = target.resumed_at;
  return window;
}

std::string summary_of(const MovePicture& move) {
  const hmc::MoveStatus& status = move.status;
  const double seconds = milliseconds(status.ended_at - std::min(status.ended_at, status.began_at)) / 1000;
  if (move.goes_on())
    return fmt::format("{} moves from {} to {}: step {}, {}", status.lpar_name, status.source_system, status.target_system,
                       status.step, status.step_name);
  if (status.state != hmc::MoveState::completed) {
    std::string why = status.error_text.substr(0, status.error_text.find('\n'));
    return fmt::format("{} {}: {}", status.lpar_name,
                       status.state == hmc::MoveState::rolled_back ? "runs on where it was, on " + status.source_system
                                                                   : "needs a recovery (Operations, Mobility, Recover)",
                       why.empty() ? "the migration failed" : why);
  }
  if (!status.active)
    return fmt::format("{} was moved to {} while it was off: {:.1f} s", status.lpar_name, status.target_system, seconds);
  const service::StreamInfo source = further(move.source, status.source), target = further(move.target, status.target);
  std::string text = fmt::format(
      "{} runs on {}: {:.2f} s in all, {}, {:.1f} MiB sent, {} fetched on demand", status.lpar_name, status.target_system,
      seconds, source.passes.size() == 1 ? "1 pass" : fmt::format("{} passes", source.passes.size()),
      static_cast<double>(source.bytes_sent) / static_cast<double>(MiB), plural(target.demand_paged, "page"));
  if (const SuspendWindow window = suspend_window_of(move); window.end)
    text += fmt::format("; it stood still for {:.1f} ms", milliseconds(window.end - window.begin));
  if (move.gap) text += fmt::format(" (its own clock ticks: {:.1f} ms)", milliseconds(move.gap));
  if (move.pings) text += fmt::format("; {} of {} lost", move.pings_lost, plural(move.pings, "ping"));
  return text;
}

}  // namespace emu::app::console
