// SPDX-License-Identifier: GPL-2.0-or-later
// docs/checks.md: a row for each check of a validation, out of the rows of tests/redbook/2_5_3_checks.lua.
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "hmc/lpm/checks.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

TEST_CASE("docs/checks.md says of each check of a validation how it is made to fail", "[redbook]") {
  struct Row {
    std::string code, how, shown;
  };
  std::map<std::string, Row> rows;
  std::istringstream lines(support::text_of(support::checkout() / "tests/redbook/2_5_3_checks.lua"));
  // row { "check", "code", "how, with \"quotes\"", "scenario" or a function
  const std::regex row(R"re(^row \{ "([^"]+)", "(HSCL\w+)", "((?:[^"\\]|\\.)+)", (?:"([^"]+)"|\w+).*)re");
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("row {")) continue;
    std::smatch found;
    INFO(line);
    REQUIRE(std::regex_match(line, found, row));
    std::string how = std::regex_replace(found[3].str(), std::regex(R"(\\")"), "\"");
    std::string shown = found[4].matched ? found[4].str() : "2_5_3_checks";
    if (shown == "lab") shown = "2_5_3_checks, all of these in one lab";
    CHECK(rows.emplace(found[1], Row{found[2], std::move(how), std::move(shown)}).second);
  }
  constexpr std::string_view moves[] = {"active", "inactive", "both"};
  std::string page = "\n| check | of moves | finding | fails by | shown by |\n|---|---|---|---|---|\n";
  for (const hmc::Check& check : hmc::all_checks()) {
    INFO(check.name);
    const auto found = rows.find(std::string(check.name));
    REQUIRE(found != rows.end());
    const auto& [code, how, shown] = found->second;
    page +=
        fmt::format("| {} | {} | {} | {} | {} |\n", check.name, moves[static_cast<size_t>(check.applies) - 1], code, how, shown);
  }
  CHECK(rows.size() == hmc::all_checks().size());
  support::approved_end_of_page(support::checkout() / "docs/checks.md", "tests/redbook/2_5_3_checks.lua", page);
}
