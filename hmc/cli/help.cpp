// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "hmc/attributes/tables.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-c"}};

// What a user's task role must have.
void print_tasks(Call& call, const Command& command) {
  for (const Need& need : command.needs.all()) {
    std::string roles;
    for (const users::TaskRole role : emu::all_of<users::TaskRole>())
      if (need.task.belongs_to(role)) roles += (roles.empty() ? "" : ", ") + std::string(emu::word_of(role));
    const std::string when = need.options.empty() ? "" : fmt::format(" of {}", need.options);
    call.print(fmt::format("Task{}: {} ({})\n", when, need.task.name(), roles));
  }
}

// What the command lists or changes.
void print_attributes(Call& call, std::string_view command) {
  for (const attributes::TableText& table : attributes::all_tables()) {
    if (std::ranges::count(table.commands, command) == 0) continue;
    call.print(fmt::format("\nAttributes of {} ({}):\n", table.resource, table.listing));
    for (const attributes::AttributeText& attribute : table.attributes)
      call.print(fmt::format("  {:<36} {:<7} {}\n", attribute.name, attributes::name_of(attribute.type), attribute.help));
  }
}

}  // namespace

constinit const OptionTable help_options = options;

Result<int> help(Call& call) {
  if (!call.options.has("-c")) {
    for (const Command& command : commands()) call.print(fmt::format("{}\n", command.name));
    return 0;
  }
  const std::string name = call.options.value("-c");
  const Command* command = find_command(name);
  if (!command) return say("HSCLF001", name);
  call.print(fmt::format("Usage: {} {}\n", command->name, command->usage));
  print_tasks(call, *command);
  print_attributes(call, command->name);
  return 0;
}

}  // namespace hmc::cli
