// SPDX-License-Identifier: GPL-2.0-or-later
// docs/redbook.md: a row for each scenario in tests/redbook, out of its first lines:
//   -- section: ...    -- teaches: ...    -- verdict: ...    -- simplified: ...
#include <array>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

namespace {

constexpr std::array<std::string_view, 4> keys = {"section", "teaches", "verdict", "simplified"};

// The value of each key; empty: the scenario has no such line.
std::array<std::string, keys.size()> head_of(const std::filesystem::path& scenario) {
  std::array<std::string, keys.size()> values;
  std::istringstream lines(support::text_of(scenario));
  for (std::string line; std::getline(lines, line) && line.starts_with("--");)
    for (size_t i = 0; i < keys.size(); ++i)
      if (const std::string start = fmt::format("-- {}: ", keys[i]); line.starts_with(start))
        values[i] = line.substr(start.size());
  return values;
}

}  // namespace

TEST_CASE("docs/redbook.md says what each scenario of the Redbook teaches", "[redbook]") {
  std::map<std::string, std::string> rows;  // by the scenario's name, which begins with its section
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(support::checkout() / "tests/redbook", failed)) {
    if (entry.path().extension() != ".lua") continue;
    const std::string name = entry.path().stem().string();
    const auto head = head_of(entry.path());
    INFO(name);
    for (size_t i = 0; i < keys.size(); ++i) {
      INFO(keys[i]);
      CHECK_FALSE(head[i].empty());
    }
    rows[name] = fmt::format("| {} | {} | `{}` | {} | {} |\n", head[0], head[1], name, head[2], head[3]);
  }
  CHECK(rows.size() >= 4);
  std::string page = "\n| section | what it teaches | scenario | verdict | simplified |\n|---|---|---|---|---|\n";
  for (const auto& [name, row] : rows) page += row;
  support::approved_end_of_page(support::checkout() / "docs/redbook.md", "tests/redbook", page);
}
