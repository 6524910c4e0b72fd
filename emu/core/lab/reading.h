// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the reader of lab files alone (emu/core/lab.cpp): what is read, what was found wrong with it, and values as the file has them. The first
// error is the answer, with file and line.

#include "emu/core/lab.h"
#include "emu/core/names.h"
#include "emu/core/paths.h"
#include "emu/core/words.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace emu::lab_file {

class Reading {
 public:
  explicit Reading(std::string file) : file_(std::move(file)), folder_(std::filesystem::path(file_).parent_path()) {}

  void wrong(const toml::source_region& where, std::string_view reason) {
    if (!error_) error_ = Error{"lab", fmt::format("{}:{}: {}", file_, std::max<u32>(where.begin.line, 1), reason)};
  }
  void wrong(const toml::node& node, std::string_view reason) { wrong(node.source(), reason); }
  bool failed() const { return error_.has_value(); }
  const Error& error() const { return *error_; }
  std::string beside_file(const std::string& path) const { return path.empty() ? path : resolved(folder_ / path); }

 private:
  std::string file_;
  std::filesystem::path folder_;
  std::optional<Error> error_;
};

// The line of one key of a table, or of the table if the key is not there: where a cross-check points.
inline const toml::node& at(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  return node ? *node : static_cast<const toml::node&>(table);
}

// ---- values ----

template <class T>
inline void take(Reading& reading, const toml::node& node, T& to) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (const auto* text = node.as_string()) {
      to = text->get();
    } else {
      reading.wrong(node, "a text in quotes is expected here");
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    if (const auto* flag = node.as_boolean()) {
      to = flag->get();
    } else {
      reading.wrong(node, "true or false is expected here");
    }
  } else if constexpr (HasWords<T>) {
    std::string word;
    take(reading, node, word);
    if (const auto known = from_word<T>(word))
      to = *known;
    else if (node.is_string())
      reading.wrong(node, word_rule<T>("this"));
  } else if constexpr (std::is_same_v<T, s64>) {
    if (const auto* number = node.as_integer()) {
      to = number->get();
    } else {
      reading.wrong(node, "a whole number is expected here");
    }
  } else if constexpr (std::is_unsigned_v<T>) {
    const auto* number = node.as_integer();
    const s64 largest = static_cast<s64>(std::min<u64>(std::numeric_limits<T>::max(), u64{1} << 40));
    if (!number) return reading.wrong(node, "a whole number is expected here");
    if (number->get() < 0 || number->get() > largest)
      return reading.wrong(node, fmt::format("{} is out of range: 0 to {} is possible", number->get(), largest));
    to = static_cast<T>(number->get());
  } else {
    const auto* list = node.as_array();
    if (!list) return reading.wrong(node, "a list in brackets is expected here");
    to.clear();
    for (const toml::node& element : *list) take(reading, element, to.emplace_back());
  }
}

template <class Use>
void for_each_table(const toml::array* tables, Use use) {
  if (!tables) return;
  for (const toml::node& node : *tables)
    if (const auto* table = node.as_table()) use(*table);
}

// ---- checks ----

// Of labs, frames, LUNs and segments.
inline bool is_name(std::string_view text) { return is_device_name(text); }
inline bool is_hex(std::string_view text, size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}
inline std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// What the texts of listings and of disks can hold: no blanks, no commas, nothing that ends a line.
inline bool is_word(std::string_view text, size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isgraph(c) && c != ',' && c != '"' && c != '\''; });
}

// Names and identities that may stand once only.
class Once {
 public:
  explicit Once(Reading& reading) : reading_(reading) {}
  void claim(const toml::node& where, std::string_view what, const std::string& value) {
    if (!seen_.insert(fmt::format("{} {}", what, value)).second)
      reading_.wrong(where, fmt::format("{} {} is there twice", what, value));
  }

 private:
  Reading& reading_;
  std::set<std::string> seen_;
};

}  // namespace emu::lab_file
