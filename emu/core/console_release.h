// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Releases of the console: which of them a lab has decides what `lshmc -V` says, and which names the default listings have. (docs/hmc.md,
// Releases)

#include <array>
#include <string_view>

#include "emu/core/types.h"

namespace emu {

// The oldest first.
enum class ConsoleRelease : u8 { v7r3_1, v7r3, v7r7, v10r3, v11r2, unknown };
constexpr std::array<std::string_view, 5> words_of(ConsoleRelease) {
  return {"V7R3.1", "V7R3.2", "V7R7.9", "V10R3 1060", "V11R2 1120"};
}

inline constexpr ConsoleRelease oldest_release = ConsoleRelease::v7r3_1;
inline constexpr ConsoleRelease first_mobile_release = ConsoleRelease::v7r3;  // Redbook 3.4
inline constexpr ConsoleRelease usual_release = ConsoleRelease::v10r3;
inline constexpr ConsoleRelease newest_release = ConsoleRelease::v11r2;

// Corrective service stays within a version, V7; another one is installed from its recovery media.
constexpr std::string_view version_of(ConsoleRelease release) {
  constexpr auto words = words_of(ConsoleRelease::unknown);
  const std::string_view word = words[static_cast<size_t>(release)];
  return word.substr(0, word.find('R'));
}

}  // namespace emu
