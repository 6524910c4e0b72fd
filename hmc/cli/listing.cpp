// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/listing.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "hmc/messages.h"

namespace hmc::cli {

using emu::Result;

namespace {

bool in_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string doubled_quotes(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result;
}

std::string pair_text(const Cell& cell) {
  const std::string value = emu::shown_name(cell.value.text);
  const std::string pair = fmt::format("{}={}", cell.name, value);
  if (value.find(',') == value.npos) return pair;
  return "\"" + fmt::format("{}={}", cell.name, doubled_quotes(value)) + "\"";
}

std::string field_text(const std::string& text, char delimiter) {
  const std::string value = emu::shown_name(text);
  if (value.find(delimiter) == value.npos && value.find(',') == value.npos) return value;
  return "\"" + doubled_quotes(value) + "\"";
}

}  // namespace

Format format_of(const Options& options) {
  Format format;
  format.fields = options.has("-F");
  format.header = options.has("--header");
  const std::string text = options.value("-F");
  // The delimiter of the names is that of the values: a comma, or whatever the caller has put there.
  const auto odd = std::ranges::find_if_not(text, in_name);
  if (odd != text.end()) format.delimiter = *odd;
  std::string name;
  for (const char c : text + format.delimiter) {
    if (c == format.delimiter) {
      if (!name.empty()) format.names.push_back(name);
      name.clear();
    } else if (c != ' ') {
      name += c;
    }
  }
  return format;
}

Result<std::string> print(const std::vector<std::string_view>& columns, const std::vector<Shown>& shown,
                          const std::vector<std::vector<Cell>>& lines, const Format& format) {
  std::vector<size_t> chosen;
  std::string unknown;
  for (const std::string& name : format.names) {
    const auto found = std::ranges::find(columns, name);
    if (found == columns.end())
      unknown += (unknown.empty() ? "" : ", ") + name;
    else
      chosen.push_back(static_cast<size_t>(found - columns.begin()));
  }
  if (!unknown.empty()) return attributes::unknown_attribute(unknown);
  if (format.names.empty())
    for (size_t i = 0; i < columns.size(); ++i)
      if (shown[i] == Shown::always) chosen.push_back(i);
  if (lines.empty()) return std::string("No results were found.\n");
  std::string text;
  if (format.fields && format.header) {
    for (const size_t i : chosen)
      text += (i == chosen.front() && text.empty() ? "" : std::string(1, format.delimiter)) + std::string(columns[i]);
    text += "\n";
  }
  for (const auto& line : lines) {
    std::string printed;
    bool first = true;
    const auto add = [&](const std::string& piece, char delimiter) {
      if (!first) printed += delimiter;
      first = false;
      printed += piece;
    };
    if (format.fields) {
      for (const size_t i : chosen) add(field_text(line[i].value.text, format.delimiter), format.delimiter);
    } else {
      for (const Cell& cell : line)
        if (cell.shown != Shown::on_request && cell.value.listed) add(pair_text(cell), ',');
    }
    text += printed + "\n";
  }
  return text;
}

}  // namespace hmc::cli
