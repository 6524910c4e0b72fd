// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A line of lssyscfg -r prof as a profile of ours.

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "emu/app/site/partition.h"

namespace emu::app::site {

// Nothing if it is one that cannot be taken at all; an error if the line is broken.
Result<std::optional<Profile>> profile_of(const Record&, Partition&, const FrameConfig&, Notes&);

// A value that says nothing that would have to be taken over.
struct Usual {
  std::string_view name;
  std::string_view value;
};
inline bool is_usual(std::span<const Usual> usual, std::string_view name, std::string_view value) {
  constexpr std::string_view nothing[] = {"", "0", "none", "null", "0.0", "unavailable"};
  return std::ranges::count(nothing, value) > 0 ||
         std::ranges::any_of(usual, [&](const Usual& row) { return row.name == name && row.value == value; });
}

}  // namespace emu::app::site
