// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an import could not take over as it is, counted by what it is: nothing is left out without a word.

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/types.h"

namespace emu::app::site {

class Notes {
 public:
  void add(const std::string& what, const std::string& where, u64 count = 1) {
    Note& note = notes_[what];
    if (note.count == 0) note.first = where;
    note.count += count;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const auto& [what, note] : notes_)
      all.push_back(shown_name(fmt::format("{}: {}, the first: {}", what, note.count, note.first)));
    return all;
  }

 private:
  struct Note {
    u64 count = 0;
    std::string first;
  };
  std::map<std::string, Note> notes_;
};

}  // namespace emu::app::site
