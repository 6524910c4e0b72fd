// SPDX-License-Identifier: GPL-2.0-or-later
// chcomgmt: this console becomes the master of a system, or is it no more.
// SIMPLIFIED: nobody else manages a system here, so that being its master or not restrains nobody.
#include "hmc/cli/commands.h"
#include "hmc/console_identity.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"-o"}, {"-t"}, {"--terms"}};
}
constinit const OptionTable chcomgmt_options = options;

// Releases have called it setmaster and relmaster, later ones setcontroller and relcontroller.
Result<int> chcomgmt(Call& call) {
  const std::string operation = call.options.value("-o");
  const std::string type = call.options.value("-t");
  const bool takes = operation == "setmaster" || operation == "setcontroller";
  if (!takes && operation != "relmaster" && operation != "relcontroller") return usage_error("-o");
  if (takes ? type != "norm" && type != "temp" : call.options.has("-t")) return usage_error("-t");
  if (call.options.has("--terms") && (!takes || call.options.value("--terms") != "agree")) return usage_error("--terms");
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const std::string ours = console_mtms(call.console.options().name);
  TRY(change_service_state(*call.console.link(system->frame), [&](emu::ServiceState& state) -> Status {
    if (!takes && state.master_mtms != ours) return say("HSCLF0AC", system->name());
    state.master_name = takes ? call.console.options().name : "";
    state.master_mtms = takes ? ours : "";
    state.master_type = type;
    return emu::success();
  }));
  return 0;
}

}  // namespace hmc::cli
