// SPDX-License-Identifier: GPL-2.0-or-later
// Apart from the window, so that no test of it needs SDL.
#include <algorithm>
#include <cmath>

#include "emu/app/console/window.h"

namespace emu::app::console {

Extent fitting(Extent wanted, int room_width, int room_height) {
  constexpr int title_bar = 32;
  if (wanted.fixed) return wanted;
  wanted.width = std::max(smallest.width, std::min(wanted.width, room_width));
  wanted.height = std::max(smallest.height, std::min(wanted.height, room_height - title_bar));
  return wanted;
}

float scale_for(float dots_per_inch) { return std::max(1.0F, std::round(dots_per_inch / 96 * 4) / 4); }

}  // namespace emu::app::console
