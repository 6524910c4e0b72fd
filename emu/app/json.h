// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A JSON value, and its text. Objects keep the order in which their members were added.

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu::app {

struct Json {
  using List = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  std::variant<std::nullptr_t, bool, s64, double, std::string, List, Object> value;

  Json() : value(nullptr) {}
  Json(bool b) : value(b) {}
  Json(s64 number) : value(number) {}
  Json(u64 number) : value(static_cast<s64>(number)) {}
  Json(u32 number) : value(static_cast<s64>(number)) {}
  Json(int number) : value(static_cast<s64>(number)) {}
  Json(double number) : value(number) {}
  Json(std::string text) : value(std::move(text)) {}
  Json(const char* text) : value(std::string(text)) {}
  Json(List list) : value(std::move(list)) {}
  Json(Object object) : value(std::move(object)) {}

  std::string text() const;  // indented
  std::string line() const;  // in one line
  static Result<Json> parse(std::string_view text);
};

Status write_json(const std::string& file, const Json&);
Result<Json> read_json(const std::string& file);

}  // namespace emu::app
