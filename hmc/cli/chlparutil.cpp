// SPDX-License-Identifier: GPL-2.0-or-later
// chlparutil: how often samples of utilization are taken.
#include <algorithm>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-r"}, {"-m"}, {"-s"}};
constexpr u32 rates[] = {0, 30, 60, 300, 1800, 3600};  // seconds
}  // namespace
constinit const OptionTable chlparutil_options = options;

// Without -m: of all systems.
Result<int> chlparutil(Call& call) {
  if (call.options.value("-r") != "config") return usage_error("-r");
  const auto rate = call.options.number("-s");
  if (!rate || std::ranges::count(rates, *rate) == 0) return usage_error("-s");
  const Inventory inventory = call.inventory(Detail::systems);
  const System* only = nullptr;
  if (call.options.has("-m")) only = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  for (const System& system : inventory.systems)
    if (!only || &system == only) TRY(call.console.utilization().set_rate(system.mtms(), *rate));
  return 0;
}

}  // namespace hmc::cli
