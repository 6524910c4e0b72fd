// SPDX-License-Identifier: GPL-2.0-or-later
// rmsyscfg: partitions, profiles, and system profiles.
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/system_profiles.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-r"}, {"-m"}, {"-n"}, {"-p"}, {"--id"}};
}
constinit const OptionTable rmsyscfg_options = options;

Result<int> rmsyscfg(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "lpar") {
    const Target target = TRY(target_of(call, "-n"));
    if (!target.lpar->off()) return say("HSCL05DF", target.lpar->name(), target.lpar->state());
    TRY(ask(*target.link, service::RemoveLpar{target.lpar->id()}));
    return 0;
  }
  if (what == "sysprof") return remove_system_profile(call);
  if (what != "prof") return usage_error("-r");
  const Target target = TRY(target_of(call, "-p"));
  const std::string name = call.options.value("-n");
  if (name.empty()) return usage_error("-n");
  if (!target.lpar->info.definition.profile(name)) return say("HSCLF010", name, target.lpar->name());
  if (target.lpar->info.definition.default_profile == name) return say("HSCLF01E", name, target.lpar->name());
  TRY(ask(*target.link, service::RemoveProfile{target.lpar->id(), name}));
  return 0;
}

}  // namespace hmc::cli
