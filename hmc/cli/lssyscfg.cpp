// SPDX-License-Identifier: GPL-2.0-or-later
// lssyscfg: managed systems, partitions, profiles, system profiles. What it shows: hmc/attributes.
#include <algorithm>

#include "hmc/attributes/lpar.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/system.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/system_profiles.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

using attributes::LparRow;
using attributes::ProfileRow;
using attributes::SystemRow;

constexpr Option options[] = {{"-r"}, {"-m"}, {"-e"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

Result<int> list_sys(Call& call) {
  if (call.options.has("--filter")) return usage_error("--filter");
  const Inventory inventory = call.inventory(Detail::systems);
  std::vector<SystemRow> rows;
  if (call.options.has("-m")) {
    rows.push_back({TRY(system_of(call, inventory, "-m", Connection::not_needed)), call.console.clock().wall()});
  } else {
    for (const System& system : inventory.systems) rows.push_back({&system, call.console.clock().wall()});
  }
  call.print(TRY(list(attributes::system_attributes(), rows, call.options, call.release())));
  return 0;
}

Result<int> list_lpars(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  std::vector<LparRow> rows;
  for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) rows.push_back(attributes::lpar_row(*system, *lpar));
  call.print(TRY(list(attributes::lpar_attributes(), rows, call.options, call.release())));
  return 0;
}

// Systems here stand in no managed frame, which is a rack with a power subsystem of its own.
Result<int> list_frames(Call& call, bool cages) {
  for (const std::string_view option : {"-m", "--filter"})
    if (call.options.has(option)) return usage_error(option);
  if (cages && call.options.value("-e").empty()) return usage_error("-e");
  if (call.options.has("-e")) return say("HSCLF0B5", call.options.value("-e"));
  call.print("No results were found.\n");
  return 0;
}

Result<int> list_profiles(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  constexpr std::string_view allowed[] = {"profile_names"};
  const Filtered found = TRY(filtered(call, *system, allowed));
  const std::vector<std::string> names = found.filter.values("profile_names");
  std::vector<ProfileRow> rows;
  for (const Lpar* lpar : found.lpars)
    for (const emu::Profile& profile : lpar->info.definition.profiles)
      if (names.empty() || std::ranges::count(names, profile.name)) rows.push_back({&lpar->info.definition, profile, system});
  call.print(TRY(list(attributes::profile_attributes(), rows, call.options, call.release())));
  return 0;
}

}  // namespace

constinit const OptionTable lssyscfg_options = options;

Result<int> lssyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "frame" || what == "cage") return list_frames(call, what == "cage");
  if (call.options.has("-e")) return usage_error("-e");
  if (what == "sys") return list_sys(call);
  if (what == "lpar") return list_lpars(call);
  if (what == "prof") return list_profiles(call);
  if (what == "sysprof") return list_system_profiles(call);
  return usage_error("-r");
}

}  // namespace hmc::cli
