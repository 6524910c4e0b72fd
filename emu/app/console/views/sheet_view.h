// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A sheet's window, one for each time that it comes up: its tabs, lines and tables, the command that Enter would run, and what the HMC has answered.

#include "emu/app/console/sheets/sheet.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

class SheetView {
 public:
  void draw(const Scene&, Sheet&);

 private:
  void draw_tabs(const Scene&, Sheet&);
  void draw_tab(const Scene&, Sheet&);
  void draw_table(const Scene&, Sheet&, const Table&, const std::vector<Words>& rows, size_t first_place);
  void draw_end(const Scene&, Sheet&);
  size_t shown_tab_ = ~size_t{0};
  bool asked_ = false;  // in the picture before
  size_t focused_ = 0;  // what had the keyboard in the picture before
};

}  // namespace emu::app::console
