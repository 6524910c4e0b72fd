// SPDX-License-Identifier: GPL-2.0-or-later
// rmprofdata: removes a backup of profile data.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/profile_data.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"-f"}};
}
constinit const OptionTable rmprofdata_options = options;

Result<int> rmprofdata(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  if (call.options.value("-f").empty()) return usage_error("-f");
  const std::string name = TRY(backup_name(call.options.value("-f"), *system));
  TRY(remove_backup(call.console.journal(), *system, name));
  return 0;
}

}  // namespace hmc::cli
