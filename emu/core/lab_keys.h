// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The keys of a lab file, as the reader knows them: docs/labs.md is made of this list, and a test holds them together.

#include <string>
#include <string_view>
#include <vector>

namespace emu {

struct LabKey {
  std::string_view table;     // "frame.vios"
  std::string_view name;      // "luns"
  std::string_view kind;      // "list of names"
  std::string_view fallback;  // what holds if it is not given; "-": it must be given
  std::string meaning;
};

std::vector<LabKey> lab_keys();
// The same as markdown, one table of keys per table of the file.
std::string lab_keys_as_markdown();

}  // namespace emu
