// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-c"}};
}
constinit const OptionTable help_options = options;

Result<int> help(Call& call) {
  if (!call.options.has("-c")) {
    for (const Command& command : commands()) call.print(fmt::format("{}\n", command.name));
    return 0;
  }
  const std::string name = call.options.value("-c");
  const Command* command = find_command(name);
  if (!command) return say("HSCL0001", name);
  call.print(fmt::format("Usage: {} {}\n", command->name, command->usage));
  return 0;
}

}  // namespace hmc::cli
