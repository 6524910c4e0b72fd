// SPDX-License-Identifier: GPL-2.0-or-later
// lsled: LEDs of a system and its partitions. Its service processor keeps them (emu/core/service_state.h).
#include <algorithm>

#include "emu/core/location_code.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-t"}, {"-m"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
Value state(bool on) { return Value(on ? "on" : "off"); }

struct SystemLed {
  bool on = false;
};
constexpr Column<SystemLed> of_system[] = {
    {"state", always, [](const SystemLed& led) { return state(led.on); }},
};

struct LparLed {
  const Lpar* lpar = nullptr;
  bool on = false;
};
constexpr Column<LparLed> of_lpar[] = {
    {"lpar_id", always, [](const LparLed& led) { return Value(led.lpar->id()); }},
    {"lpar_name", always, [](const LparLed& led) { return Value(led.lpar->name()); }},
    {"state", always, [](const LparLed& led) { return state(led.on); }},
};

struct Enclosure {
  const System* system = nullptr;
  bool on = false;
};
constexpr Column<Enclosure> of_enclosure[] = {
    {"phys_loc", always,
     [](const Enclosure& e) { return Value(emu::machine_location(e.system->info.type_model, e.system->info.serial_num)); }},
    {"state", always, [](const Enclosure& e) { return state(e.on); }},
};

}  // namespace
constinit const OptionTable lsled_options = options;

Result<int> lsled(Call& call) {
  const std::string resource = call.options.value("-r");
  const std::string kind = call.options.value("-t");
  const bool of_lpars = resource == "sa" && kind == "virtuallpar";
  if (resource != "sa" && resource != "ident") return usage_error("-r");
  if (resource == "sa" ? kind != "phys" && kind != "virtualsys" && !of_lpars : call.options.has("-t")) return usage_error("-t");
  if (call.options.has("--filter") && !of_lpars) return usage_error("--filter");
  const Inventory inventory = call.inventory(of_lpars ? Detail::lpars : Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const emu::ServiceState kept = TRY(service_state(*call.console.link(system->frame)));
  if (resource == "ident") {
    call.print(TRY(list<Enclosure>(of_enclosure, {{system, kept.identify}}, call.options)));
  } else if (!of_lpars) {
    call.print(TRY(list<SystemLed>(of_system, {{kind == "phys" ? kept.attention : kept.virtual_attention}}, call.options)));
  } else {
    std::vector<LparLed> rows;
    for (const Lpar* lpar : TRY(filtered(call, *system)).lpars)
      rows.push_back({lpar, std::ranges::count(kept.lpar_attention, lpar->id()) > 0});
    call.print(TRY(list<LparLed>(of_lpar, rows, call.options)));
  }
  return 0;
}

}  // namespace hmc::cli
