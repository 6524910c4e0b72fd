// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/record.h"

#include <algorithm>

#include "emu/core/text.h"

namespace emu::app::site {

namespace {

bool is_attribute(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::optional<std::vector<std::string>> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' && quoted && at + 1 < text.size() && text[at + 1] == '"') {
      parts.back() += '"';
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (quoted) return std::nullopt;
  return parts;
}

std::optional<Record> Record::parse(std::string_view line) {
  const auto parts = parts_of(line);
  if (!parts) return std::nullopt;
  Record record;
  for (const std::string& part : *parts) {
    const size_t equals = part.find('=');
    if (equals == part.npos || !is_attribute(part.substr(0, equals)) || record.find(part.substr(0, equals))) return std::nullopt;
    record.values.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return record;
}

const std::string* Record::find(std::string_view name) const {
  const auto found = std::ranges::find(values, name, [](const auto& value) -> std::string_view { return value.first; });
  return found == values.end() ? nullptr : &found->second;
}

std::string Record::text(std::string_view name) const {
  const std::string* value = find(name);
  return value ? *value : std::string();
}

std::optional<u64> Record::number(std::string_view name) const { return parse_number<u64>(text(name)); }

std::optional<u32> Record::units(std::string_view name) const {
  const std::string value = text(name);
  const size_t dot = std::min(value.find('.'), value.size());
  const auto whole = parse_number<u32>(value.substr(0, dot));
  std::string hundredths = dot < value.size() ? value.substr(dot + 1) : "";
  if (!whole || *whole > 100'000 || hundredths.size() > 2 || hundredths.find_first_not_of("0123456789") != hundredths.npos)
    return std::nullopt;
  hundredths.resize(2, '0');
  return *whole * 100 + static_cast<u32>(hundredths[0] - '0') * 10 + static_cast<u32>(hundredths[1] - '0');
}

std::vector<std::string> Record::entries(std::string_view name) const {
  const std::string* value = find(name);
  if (!value || value->empty() || *value == "none") return {};
  return parts_of(*value).value_or(std::vector<std::string>{*value});
}

}  // namespace emu::app::site
