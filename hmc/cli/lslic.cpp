// SPDX-License-Identifier: GPL-2.0-or-later
// lslic: levels of a system's firmware.
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"}, {"-t"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

struct Row {
  const System* system = nullptr;
  emu::ServiceState state;
};

// What IBM calls a level in its lists of fixes; of others it is not known here.
std::string_view service_pack(const std::string& release, u32 level) {
  struct Name {
    std::string_view release;
    u32 level;
    std::string_view name;
  };
  constexpr Name names[] = {{"01EM320", 31, "eFW3.2"}, {"01SV840", 56, "FW840.00"}};
  for (const Name& each : names)
    if (each.release == release && each.level == level) return each.name;
  return "";
}

constexpr Shown always = Shown::always;
using Level = const Row&;
constexpr Column<Row> columns[] = {
    {"lic_type", always, [](Level) { return Value("Managed System"); }},
    {"management_status", always, [](Level) { return Value("Enabled"); }},
    {"disabled_reason", always, [](Level) { return Value(""); }},
    {"activated_level", always, [](Level r) { return Value(r.state.levels.activated); }},
    {"activated_spname", always, [](Level r) { return Value(service_pack(r.state.levels.release, r.state.levels.activated)); }},
    {"installed_level", always, [](Level r) { return Value(r.state.levels.installed); }},
    {"accepted_level", always, [](Level r) { return Value(r.state.levels.accepted); }},
    {"ecnumber", always, [](Level r) { return Value(r.state.levels.release); }},
    {"mtms", always, [](Level r) { return Value(r.system->mtms()); }},
    {"deferred_level", always, [](Level) { return Value("None"); }},
    {"platform_ipl_level", always, [](Level r) { return Value(r.state.levels.started); }},
    {"curr_level_primary", always, [](Level r) { return Value(r.state.levels.activated); }},
    {"curr_ecnumber_primary", always, [](Level r) { return Value(r.state.levels.release); }},
    {"curr_power_on_side_primary", always, [](Level) { return Value("temp"); }},
    {"pend_power_on_side_primary", always, [](Level) { return Value("temp"); }},
    {"temp_level_primary", always, [](Level r) { return Value(r.state.levels.installed); }},
    {"temp_ecnumber_primary", always, [](Level r) { return Value(r.state.levels.release); }},
    {"perm_level_primary", always, [](Level r) { return Value(r.state.levels.accepted); }},
    {"perm_ecnumber_primary", always, [](Level r) { return Value(r.state.levels.accepted_release); }},
    {"update_control_primary", always, [](Level r) { return Value(r.state.updated_by_os ? "Operating System" : "HMC"); }},
};

}  // namespace
constinit const OptionTable lslic_options = options;

Result<int> lslic(Call& call) {
  const std::string kind = call.options.value("-t");
  if (call.options.has("-t") && kind != "sys" && kind != "power" && kind != "syspower" && kind != "powerfru" && kind != "sriov")
    return usage_error("-t");
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  std::vector<Row> rows;
  // Power subsystems belong to managed frames, of which there is none.
  if (kind.empty() || kind.starts_with("sys")) rows.push_back({system, TRY(service_state(*call.console.link(system->frame)))});
  call.print(TRY(list<Row>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
