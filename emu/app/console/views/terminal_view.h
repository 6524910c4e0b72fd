// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A guest's terminal: cells, cursor, scrollback and selection, and a margin under it in which the console speaks.

#include <map>
#include <string>

#include "emu/app/console/guest.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

class TerminalView {
 public:
  // Fills what is left of the present window. `keyboard`: keys go to this terminal. True: it was clicked.
  bool draw(const Scene&, Guest&, bool keyboard);

  void scroll(int lines);  // back: positive
  void to_the_end() { scroll_ = 0; }
  void select_all(Guest&);
  std::string selected(Guest&) const;  // as text; empty: nothing is

 private:
  void use_mouse(const Scene&, Guest&, ImVec2 at, ImVec2 cell);
  int scroll_ = 0;
  bool has_selection_ = false;
  bool dragging_ = false;
  Position from_, to_;
};

}  // namespace emu::app::console
