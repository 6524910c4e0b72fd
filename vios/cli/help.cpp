// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"
#include "vios/cli/table.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

Output print(const Arguments& arguments, Devices&) {
  std::string text;
  if (arguments.operands().empty()) {
    for (const Command* each : commands()) text += fmt::format("{:<20}{}\n", each->name, each->purpose);
    return {0, text};
  }
  for (const Command* each : commands())
    if (each->name == arguments.operands().front()) return {0, fmt::format("{}\n\n{}", each->purpose, usage_of(*each))};
  return failure(fmt::format("help: \"{}\" is not a command.", arguments.operands().front()));
}

}  // namespace

constexpr Command help = {"help", "Lists the commands, or describes one.", "[Command]", {}, print, 1};

}  // namespace vios::cli
