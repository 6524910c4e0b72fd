// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lists with columns and sheets with titles, of which -field chooses, and which -fmt prints for scripts.

#include "vios/cli/command.h"

namespace vios::cli {

struct Column {
  std::string_view name;
  std::string_view title;
  size_t width = 0;
  std::string_view alias = {};  // what some scripts call it
};
using Rows = std::vector<std::vector<std::string>>;

// By their names or by their titles, in any letters. All of them without -field.
emu::Result<std::vector<size_t>> chosen_columns(const Arguments&, std::span<const Column>);

// `rows` have all columns. The first line has the titles, but with -fmt.
std::string table_text(const Arguments&, std::span<const Column>, std::span<const size_t> chosen, const Rows& rows);

// Two fields to a line, each with its title. With -field one to a line.
std::string sheet_text(const Arguments&, std::span<const Column>, std::span<const size_t> chosen,
                       const std::vector<std::string>& cells);

}  // namespace vios::cli
