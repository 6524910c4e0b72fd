// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An enumeration whose values are words wherever somebody sees them: in lab files, listings, archives. It names its words
// beside it, in its order; `unknown` follows the last one.
//
//   enum class ProcMode : u8 { shared, ded, unknown };
//   constexpr std::array<std::string_view, 2> words_of(ProcMode) { return {"shared", "ded"}; }
//
// `unknown` stands for what another build has stored and this one does not know; rules refuse it, and nobody can set it.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "emu/core/types.h"

namespace emu {

template <class E>
concept HasWords = std::is_enum_v<E> && requires(E value) {
  words_of(value);
  E::unknown;
};

template <HasWords E>
constexpr std::string_view word_of(E value) {
  constexpr auto words = words_of(E::unknown);
  static_assert(words.size() == static_cast<size_t>(E::unknown), "each value but `unknown` has its word");
  const auto index = static_cast<size_t>(value);
  return index < words.size() ? words[index] : "unknown";
}

template <HasWords E>
constexpr std::optional<E> from_word(std::string_view word) {
  constexpr auto words = words_of(E::unknown);
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<E>(found - words.begin());
}

// Without `unknown`.
template <HasWords E>
constexpr auto all_of() {
  std::array<E, static_cast<size_t>(E::unknown)> all{};
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<E>(i);
  return all;
}

// "norm, dd, ds"
template <class Values>
std::string joined_words(const Values& values, std::string_view between) {
  std::string text;
  for (const auto& each : values) {
    if (!text.empty()) text += between;
    text += word_of(each);
  }
  return text;
}

// "boot_mode is one of norm, dd, ds, of, sms"
template <HasWords E, class Values = decltype(all_of<E>())>
std::string word_rule(std::string_view what, const Values& possible = all_of<E>()) {
  return std::string(what) + " is one of " + joined_words(possible, ", ");
}

}  // namespace emu
