// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Windows over everything: help, and the faults to choose from.

#include <string>
#include <vector>

#include "emu/app/console/faults.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

// A key, and what it does: the one list that the help, the menus and the line at the bottom are made of.
struct Shortcut {
  const char* key;
  const char* meaning;
  bool at_the_bottom;
};
std::span<const Shortcut> shortcuts();

// False: it was closed.
bool draw_help(const Scene&);

// A list over which the arrow keys go. Answers which one was taken by mouse; else nothing.
class FaultList {
 public:
  const FaultEntry* draw(const Scene&, const std::vector<FaultEntry>&, bool& open);
  const FaultEntry* press(const std::vector<FaultEntry>&, const std::string& key, bool& open);

 private:
  size_t chosen_ = 0;
};

}  // namespace emu::app::console
