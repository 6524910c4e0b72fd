// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lines of a form: what one is for, what it says, and how keys change it. No window is needed for it.

#include <string>
#include <vector>

namespace emu::app::console {

// One of several, of which one is taken.
struct Choice {
  std::string label;  // what it is for: "slot 2"; may be empty
  std::vector<std::string> options;
  size_t chosen = 0;
  std::string text() const { return options.empty() ? "" : options[chosen]; }
};

// At most one of text, flag and choice is there, and belongs to somebody else. None: the line only tells something.
struct FormLine {
  std::string label;
  std::string shown{};
  std::string* text = nullptr;
  bool* flag = nullptr;
  Choice* choice = nullptr;
  bool can_change() const { return text || flag || (choice && choice->options.size() > 1); }
};

// Left, Right and Space change a choice or a flag. False: the key means nothing to the line.
bool change(const FormLine&, const std::string& key);
// From line `at` to the next one, or the one before it, that can be changed; around the end. `at` itself if there is no other.
size_t next_line(const std::vector<FormLine>&, size_t at, bool forward);

}  // namespace emu::app::console
