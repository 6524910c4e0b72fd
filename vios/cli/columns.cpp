// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/columns.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

std::vector<std::string> picked(const std::vector<std::string>& row, std::span<const size_t> chosen) {
  std::vector<std::string> cells;
  for (const size_t column : chosen) cells.push_back(row[column]);
  return cells;
}

}  // namespace

emu::Result<std::vector<size_t>> chosen_columns(const Arguments& arguments, std::span<const Column> columns) {
  std::vector<size_t> chosen;
  for (const std::string& field : arguments.values("-field")) {
    const auto at = std::ranges::find_if(columns, [&](const Column& each) {
      return same_word(each.name, field) || same_word(each.title, field) || (!each.alias.empty() && same_word(each.alias, field));
    });
    if (at == columns.end()) return emu::Error{"usage", fmt::format("Field \"{}\" is not valid.", field)};
    chosen.push_back(static_cast<size_t>(at - columns.begin()));
  }
  if (chosen.empty())
    for (size_t i = 0; i < columns.size(); ++i) chosen.push_back(i);
  return chosen;
}

std::string table_text(const Arguments& arguments, std::span<const Column> columns, std::span<const size_t> chosen,
                       const Rows& rows) {
  Rows cells;
  if (!arguments.has("-fmt")) {
    std::vector<std::string> titles;
    for (const size_t column : chosen) titles.emplace_back(columns[column].title);
    cells.push_back(std::move(titles));
  }
  for (const auto& row : rows) cells.push_back(picked(row, chosen));
  if (arguments.has("-fmt")) return delimited(cells, arguments.value("-fmt"));
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += fmt::format("{:<{}}", row[i], std::max(columns[chosen[i]].width, row[i].size() + 1));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string sheet_text(const Arguments& arguments, std::span<const Column> columns, std::span<const size_t> chosen,
                       const std::vector<std::string>& cells) {
  if (arguments.has("-fmt")) return delimited({picked(cells, chosen)}, arguments.value("-fmt"));
  constexpr size_t title_width = 20, value_width = 25;
  const auto field = [&](size_t column) {
    return fmt::format("{:<{}}{}", fmt::format("{}:", columns[column].title), title_width, cells[column]);
  };
  const size_t to_a_line = arguments.has("-field") ? 1 : 2;
  std::string text;
  for (size_t i = 0; i < chosen.size(); i += to_a_line) {
    std::string line = field(chosen[i]);
    if (to_a_line == 2 && i + 1 < chosen.size())
      line = fmt::format("{:<{}}{}", line, std::max(title_width + value_width, line.size() + 1), field(chosen[i + 1]));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace vios::cli
