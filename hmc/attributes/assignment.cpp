// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/assignment.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/text.h"

namespace hmc::attributes {

using emu::Status;

namespace {

std::string cut(std::string_view text) {
  constexpr size_t enough = 80;
  return emu::shown_name(text.substr(0, enough)) + (text.size() > enough ? "..." : "");
}

}  // namespace

emu::Error unknown_attribute(std::string_view names) {
  return {"",
          fmt::format("An invalid attribute was entered. The attributes that are not valid are {}. Please check your entry and "
                      "retry the command.",
                      cut(names))};
}

emu::Error wrong_value(std::string_view name, std::string_view value) {
  return {"", fmt::format("An invalid parameter value was entered: {}={}. Please check your entry and retry the command.", name,
                          cut(value))};
}

emu::Error wrong_value(const Assignment& assignment) {
  const char* const change = assignment.change == Change::add ? "+" : assignment.change == Change::remove ? "-" : "";
  return wrong_value(assignment.name + change, assignment.text);
}

emu::Error breaks_rule(std::string_view name, std::string_view value, std::string_view rule) {
  emu::Error error = wrong_value(name, value);
  error.text += fmt::format(" The rule is: {}.", rule);
  return error;
}

emu::Error not_settable(const Assignment& assignment) {
  emu::Error error = wrong_value(assignment);
  error.text += " This attribute cannot be changed.";
  return error;
}

Status to_text(std::string& into, const Assignment& assignment) {
  into = assignment.text;
  return emu::success();
}

Status to_number(u32& into, const Assignment& assignment) {
  const auto number = emu::parse_number<u32>(assignment.text);
  if (!number) return wrong_value(assignment);
  into = *number;
  return emu::success();
}

Status to_units(u32& into, const Assignment& assignment) {
  const std::string& text = assignment.text;
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits = point < text.size() ? text.substr(point + 1) : "";
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  digits.resize(std::max<size_t>(digits.size(), 2), '0');
  const auto whole = emu::parse_number(point ? text.substr(0, point) : "0");
  const auto hundredths = emu::parse_number("1" + digits);  // they may begin with a zero
  const bool empty = text.size() <= size_t{point < text.size()};
  if (empty || !whole || !hundredths || digits.size() > 2 || *whole > 1000) return wrong_value(assignment);
  into = static_cast<u32>(*whole * 100 + *hundredths - 100);
  return emu::success();
}

Status to_flag(bool& into, const Assignment& assignment) {
  if (assignment.text != "0" && assignment.text != "1") return wrong_value(assignment);
  into = assignment.text == "1";
  return emu::success();
}

emu::Result<std::vector<std::string>> entries_of(const Assignment& assignment) {
  const auto& values = assignment.values;
  if (assignment.change == Change::set && values.size() == 1 && (values[0] == "none" || values[0].empty()))
    return std::vector<std::string>{};
  if (std::ranges::count(values, "none") || std::ranges::count(values, "")) return wrong_value(assignment);
  return values;
}

}  // namespace hmc::attributes
