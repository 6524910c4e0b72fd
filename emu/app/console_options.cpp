// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console_options.h"

namespace emu::app {

namespace {

struct Value {
  const char* name;
  const char* meaning;
  std::string ConsoleOptions::*to;
};
constexpr Value values[] = {
    {"--screenshot", "Save a picture (PNG) of the window into this file, and end", &ConsoleOptions::screenshot},
    {"--record", "Record what is shown into this file, an animation (WebP), until the end", &ConsoleOptions::record},
    {"--seconds", "End after so many (default: with --record and no display 20, else never)", &ConsoleOptions::seconds},
    {"--size", "The window's size in pixels, such as 1600x1000", &ConsoleOptions::size},
    {"--scale", "How large text is, such as 1.5 (default: as the display's dots per inch say)", &ConsoleOptions::scale},
    {"--theme", "dark or light (default: dark)", &ConsoleOptions::theme},
    {"--control", "Take commands from others over this file, which is made (docs/console.md)", &ConsoleOptions::control},
};

}  // namespace

void ConsoleOptions::accept(Options& options) {
  options.argument("LAB", "Its name (default: the only one that runs, or pair)", lab, Needed::no);
  for (const Value& value : values) options.value(value.name, value.meaning, this->*value.to);
  options.flag("--look-on", "Hold a virtual terminal only while somebody types: scripts may want it", look_on);
}

std::vector<std::string> ConsoleOptions::words() const {
  std::vector<std::string> words;
  if (!lab.empty()) words.push_back(lab);
  for (const Value& value : values)
    if (!(this->*value.to).empty()) words.insert(words.end(), {value.name, this->*value.to});
  if (look_on) words.emplace_back("--look-on");
  return words;
}

}  // namespace emu::app
