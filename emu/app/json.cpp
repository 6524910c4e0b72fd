// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/json.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace emu::app {

namespace {

using Library = nlohmann::ordered_json;

struct ToLibrary {
  Library operator()(const Json::List& list) const {
    Library out = Library::array();
    for (const Json& element : list) out.push_back(std::visit(*this, element.value));
    return out;
  }
  Library operator()(const Json::Object& object) const {
    Library out = Library::object();
    for (const auto& [name, member] : object) out[name] = std::visit(*this, member.value);
    return out;
  }
  template <class T>
  Library operator()(const T& plain) const {
    return Library(plain);
  }
};

Json from_library(const Library& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<s64>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    Json::List list;
    for (const Library& element : value) list.push_back(from_library(element));
    return list;
  }
  if (value.is_object()) {
    Json::Object object;
    for (const auto& [name, member] : value.items()) object.emplace_back(name, from_library(member));
    return object;
  }
  return {};
}

}  // namespace

// A guest's console may hold any bytes: those that are no UTF-8 are replaced, not refused.
std::string Json::text() const { return std::visit(ToLibrary{}, value).dump(2, ' ', false, Library::error_handler_t::replace); }
std::string Json::line() const { return std::visit(ToLibrary{}, value).dump(-1, ' ', false, Library::error_handler_t::replace); }

Result<Json> Json::parse(std::string_view text) {
  const Library value = Library::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return Error{"json", "This is no JSON."};
  return from_library(value);
}

Status write_json(const std::string& file, const Json& json) {
  std::ofstream stream(file);
  stream << json.text() << '\n';
  stream.flush();
  if (!stream) return Error{"json", file + " cannot be written."};
  return success();
}

Result<Json> read_json(const std::string& file) {
  std::ifstream stream(file);
  std::stringstream content;
  content << stream.rdbuf();
  if (!stream) return Error{"json", file + " cannot be read."};
  return Json::parse(content.str());
}

}  // namespace emu::app
