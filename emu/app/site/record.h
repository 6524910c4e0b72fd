// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A line of a listing as a console prints it without -F: attr=value,"attr=v1,v2"; quotes within quotes are doubled.
// (docs/hmc.md, Configuration data)

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emu/core/types.h"

namespace emu::app::site {

// What commas outside quotes part; nothing if a quote does not end.
std::optional<std::vector<std::string>> parts_of(std::string_view text);

struct Record {
  std::vector<std::pair<std::string, std::string>> values;  // in their order, each name once
  std::string where;                                        // file:line

  static std::optional<Record> parse(std::string_view line);

  const std::string* find(std::string_view name) const;
  std::string text(std::string_view name) const;                  // empty if it is not there
  std::optional<u64> number(std::string_view name) const;         // nothing if it is not there, or no number
  std::optional<u32> units(std::string_view name) const;          // hundredths of a processor: 0.5 is 50
  std::vector<std::string> entries(std::string_view name) const;  // of a list; none for "none"
};

}  // namespace emu::app::site
