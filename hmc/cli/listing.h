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

#include "hmc/cli/options.h"

namespace hmc::cli {

struct Value {
  Value(std::string the_text) : text(std::move(the_text)) {}
  Value(const char* the_text) : text(the_text) {}
  Value(std::string_view the_text) : text(the_text) {}
  Value(u64 number) : text(std::to_string(number)) {}
  Value(u32 number) : text(std::to_string(number)) {}
  Value(int number) : text(std::to_string(number)) {}
  Value(bool flag) : text(flag ? "1" : "0") {}
  // Not in the default listing of this line; what -F prints in its place.
  static Value absent(std::string text_for_f = "null") {
    Value value(std::move(text_for_f));
    value.listed = false;
    return value;
  }

  std::string text;
  bool listed = true;
};

enum class Shown {
  always = 1,  // in the default listing, and in -F without names: these are the same attributes
  on_request   // if -F names it
};

template <class Row>
struct Column {
  std::string_view name;
  Shown shown;
  Value (*value)(const Row&);
};

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

template <class Row>
emu::Result<std::string> list(std::span<const Column<Row>> columns, const std::vector<Row>& rows, const Options& options) {
  std::vector<std::string_view> names;
  std::vector<Shown> shown;
  for (const Column<Row>& column : columns) {
    names.push_back(column.name);
    shown.push_back(column.shown);
  }
  std::vector<std::vector<Cell>> lines;
  for (const Row& row : rows) {
    auto& line = lines.emplace_back();
    for (const Column<Row>& column : columns) line.push_back({column.name, column.shown, column.value(row)});
  }
  return print(names, shown, lines, format_of(options));
}

// A list value: entries that hold a comma are quoted within it.
std::string list_text(const std::vector<std::string>& entries);

inline constexpr Option listing_options[] = {{"-F", Takes::names}, {"--header", Takes::nothing}};

}  // namespace hmc::cli
