// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the HMC prints lists, in one place. A listing is a table of columns, each with the attribute's name and where its value
// comes from; the default form, -F and --header, and the refusal of unknown names are all made of it. (docs/hmc.md,
// Listings)
//
//   constexpr Column<Lpar> columns[] = {{"name", Shown::always, [](const Lpar& l) { return Value{l.name()}; }}, ...};

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hmc/attributes/attribute.h"
#include "hmc/attributes/list.h"
#include "hmc/cli/options.h"

namespace hmc::cli {

using attributes::Column;
using attributes::list_text;
using attributes::Shown;
using attributes::Value;

struct Cell {
  std::string_view name;
  Shown shown;
  Value value;
};

// The -F and --header of a command line.
struct Format {
  bool fields = false;
  std::vector<std::string> names;  // of -F; empty: all
  char delimiter = ',';
  bool header = false;
};
Format format_of(const Options&);

// Lines of cells to text. An error if -F names what is not a column.
emu::Result<std::string> print(const std::vector<std::string_view>& columns, const std::vector<Shown>& shown,
                               const std::vector<std::vector<Cell>>& lines, const Format&);

// `release`: whose default listing it is.
// SIMPLIFIED: -F, and what is set, knows the names of all releases.
template <class Row>
emu::Result<std::string> list(std::span<const Column<Row>> columns, const std::vector<Row>& rows, const Options& options,
                              emu::ConsoleRelease release = emu::newest_release) {
  std::vector<std::string_view> names;
  std::vector<Shown> shown;
  for (const Column<Row>& column : columns) {
    names.push_back(column.name);
    shown.push_back(column.listed.in(release) ? column.shown : Shown::on_request);
  }
  std::vector<std::vector<Cell>> lines;
  for (const Row& row : rows) {
    auto& line = lines.emplace_back();
    for (const Column<Row>& column : columns) line.push_back({column.name, shown[line.size()], column.value(row)});
  }
  return print(names, shown, lines, format_of(options));
}

// A table of attributes, but for those that are only set.
template <class Row, class Subject>
emu::Result<std::string> list(std::span<const attributes::Attribute<Row, Subject>> table, const std::vector<Row>& rows,
                              const Options& options, emu::ConsoleRelease release = emu::newest_release) {
  std::vector<Column<Row>> columns;
  for (const auto& attribute : table)
    if (attribute.column.shown != Shown::never) columns.push_back(attribute.column);
  return list<Row>(std::span<const Column<Row>>(columns), rows, options, release);
}

inline constexpr Option listing_options[] = {{"-F", Takes::names}, {"--header", Takes::nothing}};

}  // namespace hmc::cli
