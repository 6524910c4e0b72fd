// SPDX-License-Identifier: GPL-2.0-or-later
// bkprofdata: a backup of the profile data of a system, in this console's journal.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/profile_data.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"-f"}, {"--force", Takes::nothing}};
}
constinit const OptionTable bkprofdata_options = options;

Result<int> bkprofdata(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  if (call.options.value("-f").empty()) return usage_error("-f");
  const std::string name = TRY(backup_name(call.options.value("-f"), *system));
  Journal& journal = call.console.journal();
  if (is_backed_up(journal, *system, name) && !call.options.has("--force")) return say("HSCLF0B0", name, system->name());
  ProfileData data{system->mtms(), call.console.clock().wall(), {}, {}};
  // A shell that waits for its state is not this system's yet.
  for (const Lpar& lpar : system->lpars)
    if (!lpar.info.migration_target) data.lpars.push_back(lpar.info.definition);
  data.system_profiles = TRY(ask(*call.console.link(system->frame), service::ListSystemProfiles{}));
  TRY(back_up(journal, *system, name, data));
  return 0;
}

}  // namespace hmc::cli
