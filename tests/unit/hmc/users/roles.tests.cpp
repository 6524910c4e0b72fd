// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/roles.h"

#include <set>

#include <fmt/format.h>

#include "hmc/cli/table.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

using namespace hmc::users;

namespace {

// Of the table of docs/users.md.
std::string page() {
  std::string text =
      "\n| command | with | task | hmcsuperadmin | hmcoperator | hmcpe | hmcservicerep | hmcviewer "
      "|\n|---|---|---|---|---|---|---|---|\n";
  using enum TaskRole;
  for (const hmc::cli::Command& command : hmc::cli::commands()) {
    for (const hmc::cli::Need& need : command.needs.all()) {
      const std::string with = need.options.empty() ? "" : fmt::format("`{}`", need.options);
      text += fmt::format("| {} | {} | {} |", command.name, with, need.task.name());
      for (const TaskRole role : {hmcsuperadmin, hmcoperator, hmcpe, hmcservicerep, hmcviewer})
        text += need.task.belongs_to(role) ? " x |" : "  |";
      text += "\n";
    }
    if (command.needs.all().empty()) text += fmt::format("| {} |  |  | x | x | x | x | x |\n", command.name);
  }
  return text;
}

}  // namespace

TEST_CASE("every command says which task it needs, whatever it is given, and only help needs none", "[users][roles]") {
  for (const hmc::cli::Command& command : hmc::cli::commands()) {
    INFO(command.name);
    const auto needs = command.needs.all();
    if (command.name == "help" || command.name == "man") {
      CHECK(needs.empty());
      continue;
    }
    REQUIRE_FALSE(needs.empty());
    CHECK(needs.back().options.empty());
    for (const hmc::cli::Need& need : needs) CHECK(need.options.empty() == (&need == &needs.back()));
  }
}

TEST_CASE("a task stands once in the table of tasks, some command needs it, and super administrators have it", "[users][roles]") {
  std::set<std::string_view> needed{"ChangeUserPasswords", "ManageAllUserPasswords"};  // by chhmcusr itself
  for (const hmc::cli::Command& command : hmc::cli::commands())
    for (const hmc::cli::Need& need : command.needs.all()) needed.insert(need.task.name());
  std::set<std::string_view> names;
  for (const TaskRow& task : tasks) {
    INFO(task.name);
    CHECK(names.insert(task.name).second);
    CHECK(needed.contains(task.name));
    CHECK(task.roles.has(TaskRole::hmcsuperadmin));
    CHECK_FALSE(task.roles.has(TaskRole::unknown));
  }
}

TEST_CASE("docs/users.md has the table of commands and tasks", "[users][roles]") {
  support::approved_end_of_page(support::checkout() / "docs/users.md", "hmc/cli/table.cpp", page());
}
