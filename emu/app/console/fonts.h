// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The packaged DejaVu fonts, rendered for one scale. After a change of scale everything is loaded anew.

#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

struct ImFont;

namespace emu::app::console {

struct Fonts {
  ImFont* text = nullptr;
  ImFont* bold = nullptr;
  ImFont* large = nullptr;
  ImFont* small = nullptr;
  std::vector<ImFont*> screens;  // of terminals: all characters equally wide; the smallest first
};

struct Atlas {
  const u8* coverage = nullptr;  // belongs to Dear ImGui
  int width = 0;
  int height = 0;
};

Result<Fonts> load_fonts(float scale, Atlas& atlas);

}  // namespace emu::app::console
