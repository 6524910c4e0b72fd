// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/life.h"

#include <algorithm>

namespace firmware {

namespace {

struct Transition {
  LparState from;
  LparEvent event;
  LparState to;
};

using enum LparState;
using enum LparEvent;

constexpr Transition transitions[] = {
    {not_activated, activate, starting},
    {not_activated, fail, error},
    {starting, wait, open_firmware},
    {starting, run, running},
    {starting, stop, shutting_down},
    {starting, stopped, not_activated},
    {starting, fail, error},
    {open_firmware, run, running},
    {open_firmware, stop, shutting_down},
    {open_firmware, stopped, not_activated},
    {open_firmware, fail, error},
    {running, stop, shutting_down},
    {running, stopped, not_activated},
    {running, fail, error},
    {shutting_down, stopped, not_activated},
    {shutting_down, fail, error},  // the stop itself went wrong
    {not_available, arrive, running},
    {not_available, stop, shutting_down},
    {not_available, stopped, not_activated},
    {not_available, fail, error},
    {error, activate, starting},
    {error, stop, shutting_down},
    {error, stopped, not_activated},
};

}  // namespace

std::optional<LparState> after(LparState state, LparEvent event) {
  const auto* row =
      std::ranges::find_if(transitions, [&](const Transition& each) { return each.from == state && each.event == event; });
  if (row == std::end(transitions)) return std::nullopt;
  return row->to;
}

}  // namespace firmware
