// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The level of a Virtual I/O Server, as ioslevel prints it: version.release.modification.fix.

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>

#include "emu/core/text.h"
#include "emu/core/types.h"

namespace emu {

using IosLevel = std::array<u32, 4>;

inline constexpr IosLevel first_mobile_ios_level{1, 5, 0, 0};  // Redbook 3.5.1

inline std::optional<IosLevel> ios_level_from(std::string_view text) {
  constexpr u32 most = 9999;
  IosLevel level{};
  const auto parts = split(text, '.');
  if (parts.size() != level.size()) return std::nullopt;
  for (size_t i = 0; i < level.size(); ++i) {
    // 3.1.0.00
    const std::string_view part = parts[i];
    const auto number = parse_number<u32>(part.substr(std::min(part.find_first_not_of('0'), part.size() - !part.empty())));
    if (!number || *number > most) return std::nullopt;
    level[i] = *number;
  }
  return level;
}

inline bool is_mobile_ios_level(std::string_view text) {
  const auto level = ios_level_from(text);
  return level && *level >= first_mobile_ios_level;
}

// The level of AIX that lies under a server's, "6100-05": version, release, technology level.
inline std::string_view aix_under(std::string_view text) {
  struct Platform {
    IosLevel since;
    std::string_view level;
  };
  constexpr Platform platforms[] = {
      {{0, 0, 0, 0}, "5300-06"}, {{1, 5, 0, 0}, "5300-07"}, {{2, 1, 0, 0}, "6100-02"}, {{2, 1, 1, 0}, "6100-03"},
      {{2, 1, 2, 0}, "6100-04"}, {{2, 1, 3, 0}, "6100-05"}, {{2, 2, 0, 0}, "6100-06"}, {{2, 2, 1, 0}, "6100-07"},
      {{2, 2, 2, 0}, "6100-08"}, {{2, 2, 3, 0}, "6100-09"}, {{3, 1, 0, 0}, "7200-03"}, {{4, 1, 0, 0}, "7300-02"},
  };
  const IosLevel level = ios_level_from(text).value_or(IosLevel{});
  return std::prev(std::ranges::upper_bound(platforms, level, {}, &Platform::since))->level;
}

}  // namespace emu
