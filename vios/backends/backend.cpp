// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/backend.h"

#include "emu/core/text.h"

#include <algorithm>

namespace vios {

bool in_range(std::string_view range, std::string_view value) {
  const size_t dots = range.find("...");
  if (dots == std::string_view::npos) return std::ranges::count(emu::split(range, '\n'), value) > 0;
  const auto from = emu::parse_number(range.substr(0, dots));
  const std::string_view end = range.substr(dots + 3);
  const auto to = emu::parse_number(end.substr(0, end.find(' ')));
  const auto number = emu::parse_number(value);
  return from && to && number && *from <= *number && *number <= *to;
}

}  // namespace vios
