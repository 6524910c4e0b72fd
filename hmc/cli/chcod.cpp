// SPDX-License-Identifier: GPL-2.0-or-later
// chcod: Capacity on Demand of a system.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-o"}, {"-m"}, {"-c"}, {"-r"}, {"-q"}, {"-d"}};
constexpr std::string_view of_resource[] = {"-c", "-r"};
constexpr std::string_view of_activation[] = {"-q", "-d"};

constexpr u64 day = 24 * 3600 * emu::nanoseconds_per_second;
constexpr u32 most_days = 999;

}  // namespace

constinit const OptionTable chcod_options = options;

// -o a: so many, for so many days, instead of what was activated before. -o d: no more. (docs/hmc.md)
Result<int> chcod(Call& call) {
  const std::string operation = call.options.value("-o");
  const bool activates = operation == "a";
  if (!activates && operation != "d") return usage_error("-o");
  TRY(takes_only(call, options, {of_resource, activates ? Names(of_activation) : Names()}));
  if (call.options.value("-c") != "onoff") return usage_error("-c");
  const std::string what = call.options.value("-r");
  if (what != "proc" && what != "mem") return usage_error("-r");
  const bool memory = what == "mem";
  const auto quantity = call.options.number("-q");
  const auto days = call.options.number("-d");
  if (activates && (!quantity || *quantity == 0)) return usage_error("-q");
  if (activates && (!days || *days == 0 || *days > most_days)) return usage_error("-d");
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const service::SystemInfo& info = system->info;
  const emu::OnDemandState& state = memory ? info.on_demand_memory : info.on_demand_processors;
  const std::string_view resource = memory ? "memory" : "processors";
  if (state.inactive == 0 && state.unreturned == 0) return say("HSCLF024", system->name(), resource);
  if (activates && *quantity > state.inactive)
    return say("HSCLF025", system->name(), state.inactive, memory ? "MB of memory" : "processors");
  if (activates && memory && *quantity % info.lmb_mb) return say("HSCLF026", *quantity, info.lmb_mb);
  if (!activates && state.activated == 0) return say("HSCLF027", resource, system->name());
  service::ActivateOnDemand request;
  request.kind = memory ? emu::OnDemandKind::memory : emu::OnDemandKind::processors;
  if (activates) {
    request.quantity = *quantity;
    request.until = call.console.clock().wall() + *days * day;
  }
  TRY(ask(*call.console.link(system->frame), request));
  return 0;
}

}  // namespace hmc::cli
