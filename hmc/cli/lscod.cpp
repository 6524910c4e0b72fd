// SPDX-License-Identifier: GPL-2.0-or-later
// lscod: Capacity on Demand of a system.
#include "hmc/attributes/on_demand.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-m"}, {"-c"}, {"-r"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

}  // namespace

constinit const OptionTable lscod_options = options;

// SIMPLIFIED: of all kinds of Capacity on Demand there is On/Off, without enablement codes, billing and history.
Result<int> lscod(Call& call) {
  if (call.options.value("-t") != "cap") return usage_error("-t");
  if (call.options.value("-c") != "onoff") return usage_error("-c");
  const std::string what = call.options.value("-r");
  if (what != "proc" && what != "mem") return usage_error("-r");
  const Inventory inventory = call.inventory(Detail::systems);
  const service::SystemInfo& info = TRY(system_of(call, inventory))->info;
  const bool memory = what == "mem";
  const std::vector<attributes::OnDemandRow> rows{
      {memory ? info.on_demand_memory : info.on_demand_processors, call.console.clock().wall()}};
  call.print(TRY(list(memory ? attributes::on_demand_memory() : attributes::on_demand_processors(), rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
