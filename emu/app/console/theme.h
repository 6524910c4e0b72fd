// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Colors and sizes of the console, dark and light. What carries a meaning is one of the eight colors of Okabe and Ito, which
// people who see colors differently tell apart, and is always named in words too.

#include "emu/core/types.h"

namespace emu::app::console {

enum class Theme { dark, light };

// 0xAABBGGRR, as Dear ImGui has them.
using Color = u32;
constexpr Color rgb(u32 hex) { return 0xFF000000 | (hex & 0xFF) << 16 | (hex & 0xFF00) | hex >> 16; }
constexpr Color faded(Color color, u32 alpha_of_255) { return (color & 0xFFFFFF) | alpha_of_255 << 24; }

struct Palette {
  Color background, panel, raised, line;
  Color text, dim, faint, accent;
  Color good, bad, warning;
  // Pages. The source's drain from `held` to `sent`; the destination's fill from `empty` to `arrived`.
  Color held, sent, stale, zero, empty, arrived, demanded;
  Color frozen;  // the suspend window
  Color tick, ping, disk;
  // A terminal: background, text, and the sixteen colors of ANSI.
  Color screen, ink, ansi[16];
};

const Palette& palette(Theme);

// Makes Dear ImGui look like it. `scale` 1: 96 dots per inch.
void apply(Theme, float scale);

}  // namespace emu::app::console
