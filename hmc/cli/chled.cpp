// SPDX-License-Identifier: GPL-2.0-or-later
// chled: turns LEDs on and off.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-t"}, {"-m"}, {"-o"}, {"-p"}, {"--id"}};

}  // namespace
constinit const OptionTable chled_options = options;

Result<int> chled(Call& call) {
  const std::string resource = call.options.value("-r");
  const std::string kind = call.options.value("-t");
  const bool of_lpar = resource == "sa" && kind == "virtuallpar";
  if (resource != "sa" && resource != "ident") return usage_error("-r");
  if (resource == "sa" ? kind != "phys" && kind != "virtualsys" && !of_lpar : call.options.has("-t")) return usage_error("-t");
  const std::string operation = call.options.value("-o");
  if (operation != "on" && operation != "off") return usage_error("-o");
  const bool on = operation == "on";
  for (const std::string_view option : {"-p", "--id"})
    if (!of_lpar && call.options.has(option)) return usage_error(option);
  const Inventory inventory = call.inventory(of_lpar ? Detail::lpars : Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const u32 lpar_id = of_lpar ? TRY(lpar_of(call, *system, "-p"))->id() : 0;
  TRY(change_service_state(*call.console.link(system->frame), [&](emu::ServiceState& state) {
    if (of_lpar) {
      std::erase(state.lpar_attention, lpar_id);
      if (on) state.lpar_attention.push_back(lpar_id);
    } else {
      (resource == "ident" ? state.identify : kind == "phys" ? state.attention : state.virtual_attention) = on;
    }
    return emu::success();
  }));
  return 0;
}

}  // namespace hmc::cli
