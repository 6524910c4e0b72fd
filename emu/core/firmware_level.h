// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A level of a system's firmware: the EC number, whose last three digits are the release, and a number within the release. 01EM320_031

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "emu/core/text.h"
#include "emu/core/types.h"

namespace emu {

struct FirmwareLevel {
  std::string release;  // 01EM320
  u32 number = 0;
};

inline bool is_firmware_release(std::string_view text) {
  return text.size() == 7 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// 01EM320_031, or EM320_031: of a system; of a power subsystem it would begin with 02.
inline std::optional<FirmwareLevel> firmware_level_from(std::string_view text) {
  const size_t parted = text.find('_');
  if (parted == text.npos) return std::nullopt;
  FirmwareLevel level{std::string(text.substr(0, parted)), 0};
  if (level.release.size() == 5) level.release.insert(0, "01");
  std::string_view digits = text.substr(parted + 1);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  const auto number = parse_number<u32>(digits);
  if (!is_firmware_release(level.release) || !number || *number == 0 || *number > 999) return std::nullopt;
  level.number = *number;
  return level;
}

// eFW3.2, the release 320 of the first systems, is the first with partition mobility. (Redbook 3.2)
inline bool is_mobile_firmware(std::string_view release) {
  constexpr u32 first = 320;
  const auto number = parse_number<u32>(release.substr(release.size() - std::min<size_t>(release.size(), 3)));
  return number && *number >= first;
}

}  // namespace emu
