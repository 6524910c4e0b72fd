// SPDX-License-Identifier: GPL-2.0-or-later
// What was made to go wrong with a migration, carried out where it is.
#include <algorithm>
#include <array>

#include "emu/core/log.h"
#include "hmc/lpm/move.h"
#include "hmc/lpm/steps.h"

namespace hmc {

namespace {

constexpr emu::Log log("hmc");
constexpr u64 slice = 20 * millisecond;

template <class... R>
constexpr std::array<std::string_view, sizeof...(R)> names_of(const std::variant<R...>*) {
  return {R::type_name...};
}
constexpr auto request_names = names_of(static_cast<const MoveRequests*>(nullptr));

emu::Fault fault(const std::string& what) {
  emu::Fault made;
  made.what = what;
  return made;
}

}  // namespace

std::span<const std::string_view> move_request_names() { return request_names; }

Occasion Move::occasion(u32 row, Direction direction) const {
  const std::string before = direction == Direction::undo ? "undo-" : "";
  return {before + row_name(row), before + std::string(steps()[row].name),
          plan.lpar_name,         plan.source_system,
          plan.target_system,     plan.active};
}

Status Move::suffer(const Faults::Meeting& met, Stop stop) {
  for (u64 left = met.delay; left > 0; left -= std::min(left, slice)) {
    if (stop == Stop::possible && !reached(source_info, service::Phase::suspended)) TRY(stop_if_asked());
    console.pause().sleep(std::min(left, slice));
  }
  if (met.kill == "console" && console.options().end_process)
    console.options().end_process(met.stop ? HmcOptions::End::stop : HmcOptions::End::die);
  if (met.kill == "source" || met.kill == "destination") {
    emu::Fault death = fault("die-at");
    death.phase = "now";
    FrameLink* link = console.link(met.kill == "source" ? plan.source_frame : plan.target_frame);
    if (link) (void)ask(*link, service::InjectFault{death});
  }
  if (met.answer) return *met.answer;
  return emu::success();
}

Status Move::meet_step(u32 row, Direction direction, Stop stop) {
  const Faults::Meeting met = console.faults().meet_step(occasion(row, direction));
  if (met.cut && plan.active && !plan.source_msp.empty()) {
    emu::Fault cut = fault("cut-mover-link");
    cut.vios = plan.source_msp;
    FrameLink* link = console.link(plan.source_frame);
    const auto done = link ? ask(*link, service::InjectFault{cut}) : Result<service::FaultSet>(Error{});
    if (!done) log.warn("the mover link was not cut: {}", done.error().text);
  }
  return suffer(met, stop);
}

Status Move::meet_request(std::string_view request, const std::string& frame) {
  const bool to_source = frame == plan.source_frame;
  const Faults::Meeting met =
      console.faults().meet_request(occasion(row_, direction_), request, to_source ? plan.source_system : plan.target_system);
  TRY(suffer(met, Stop::refused));
  if (met.cut) return Error{"timeout", "The frame does not answer."};
  return emu::success();
}

bool Move::kept_failed(u32 row) { return console.faults().keeps_failed(occasion(row, Direction::forward)); }

}  // namespace hmc
