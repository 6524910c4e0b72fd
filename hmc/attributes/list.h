// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lists as text: commas part what is in them; within quotes they do not, and `""` is a quote. (docs/hmc.md, Configuration data)

#include <string>
#include <string_view>
#include <vector>

namespace hmc::attributes {

std::vector<std::string> split_list(std::string_view text);  // without blanks around the pieces; at least one
// What holds a comma is quoted.
std::string list_text(const std::vector<std::string>& entries);
std::string trimmed(std::string text);  // of blanks and ends of lines

}  // namespace hmc::attributes
