// SPDX-License-Identifier: GPL-2.0-or-later
// diagrmc: is there an RMC connection to a partition?
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"--ip"}, {"-p"}, {"--id"}, {"--autocorrect", Takes::nothing}};
}
constinit const OptionTable diagrmc_options = options;

Result<int> diagrmc(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* lpar = TRY(lpar_of(call, *system, "-p"));
  const std::string ip = call.options.has("--ip") ? call.options.value("--ip") : lpar->info.definition.ip_address;
  if (ip.empty()) return usage_error("--ip");
  if (!call.console.rmc().call(ip, "hello", 2 * emu::nanoseconds_per_second)) {
    call.print(fmt::format("{} does not have RMC connection.\n", ip));
    return 1;
  }
  if (call.options.has("--autocorrect")) call.console.greet(*lpar);
  call.print(fmt::format("{} has RMC connection.\n", ip));
  return 0;
}

}  // namespace hmc::cli
