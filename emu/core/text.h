// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Texts taken apart.

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/types.h"

namespace emu {

// "a//b" at '/' is "a", "" and "b"; an empty text is one empty part.
inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

// The same without the parts that are empty.
inline std::vector<std::string> words(std::string_view text, char at) {
  std::vector<std::string> parts = split(text, at);
  std::erase(parts, "");
  return parts;
}

// Decimal digits and nothing else, none of them a leading zero, and not too large for the type.
template <std::unsigned_integral T = u64>
std::optional<T> parse_number(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return value;
}

}  // namespace emu
