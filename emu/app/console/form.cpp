// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/form.h"

namespace emu::app::console {

bool change(const FormLine& line, const std::string& key) {
  if (line.flag && key == "Space") {
    *line.flag = !*line.flag;
    return true;
  }
  if (!line.choice || line.choice->options.empty()) return false;
  const size_t count = line.choice->options.size();
  if (key == "Right" || key == "Space")
    line.choice->chosen = (line.choice->chosen + 1) % count;
  else if (key == "Left")
    line.choice->chosen = (line.choice->chosen + count - 1) % count;
  else
    return false;
  return true;
}

size_t next_line(const std::vector<FormLine>& lines, size_t at, bool forward) {
  const size_t count = lines.size();
  for (size_t i = 1; i <= count; ++i) {
    const size_t place = (at + (forward ? i : count - i % count)) % count;
    if (lines[place].can_change()) return place;
  }
  return at;
}

}  // namespace emu::app::console
