// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The states of a partition. (`lssyscfg -r lpar -F state`)

#include <array>
#include <string_view>
#include <utility>

#include "emu/core/types.h"

namespace emu {

enum class LparState : u8 { not_activated, starting, open_firmware, running, shutting_down, not_available, error };
constexpr std::pair<LparState, LparState> range_of(LparState) { return {LparState::not_activated, LparState::error}; }

// As consoles show it.
constexpr std::string_view name_of(LparState state) {
  constexpr std::array<std::string_view, 7> names{"Not Activated", "Starting",      "Open Firmware", "Running",
                                                  "Shutting Down", "Not Available", "Error"};
  return names[static_cast<size_t>(state)];
}

}  // namespace emu
