// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `twinframe console` accepts. The window is a program of its own, `twinframe-console`, so that no other process loads
// what windows need: both read this one list.

#include <string>
#include <vector>

#include "emu/app/command.h"

namespace emu::app {

struct ConsoleOptions {
  std::string lab;
  std::string screenshot;  // a file
  std::string record;      // a file
  std::string seconds;
  std::string size;
  std::string scale;
  std::string theme;
  std::string control;  // a file: where commands are taken from
  bool look_on = false;

  void accept(Options&);
  std::vector<std::string> words() const;  // as they would be typed
};

}  // namespace emu::app
