// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lists as text: commas part what is in them; within quotes they do not, and `""` is a quote. (docs/hmc.md, Configuration data)

#include <string>
#include <string_view>
#include <vector>

#include "emu/core/words.h"

namespace hmc::attributes {

std::vector<std::string> split_list(std::string_view text);  // without blanks around the pieces; at least one
// What holds a comma is quoted.
std::string list_text(const std::vector<std::string>& entries);
template <emu::HasWords E>
std::string list_text(const std::vector<E>& entries) {
  std::vector<std::string> words;
  for (const E each : entries) words.emplace_back(emu::word_of(each));
  return list_text(words);
}
std::string trimmed(std::string text);  // of blanks and ends of lines

}  // namespace hmc::attributes
