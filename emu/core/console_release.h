// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Releases of the console: which of them a lab has decides what `lshmc -V` says, and which names the default listings have. (docs/hmc.md,
// Releases)

#include <array>
#include <string_view>

#include "emu/core/types.h"

namespace emu {

// The oldest first.
enum class ConsoleRelease : u8 { v7r3, v7r7, v10r3, unknown };
constexpr std::array<std::string_view, 3> words_of(ConsoleRelease) { return {"V7R3.2", "V7R7.9", "V10R3 1060"}; }

inline constexpr ConsoleRelease oldest_release = ConsoleRelease::v7r3;
inline constexpr ConsoleRelease newest_release = ConsoleRelease::v10r3;

}  // namespace emu
