// SPDX-License-Identifier: GPL-2.0-or-later
// rmlock: breaks the lock that a console has on a managed system. What that console was doing there is not carried out any further.
// (Redbook 5.3)
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"}};

}  // namespace

constinit const OptionTable rmlock_options = options;

Result<int> rmlock(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  if (system->info.lock_holder.empty()) return say("HSCLF042", system->name());
  TRY(call.console.link(system->frame)->break_lock());
  call.console.note(call.user.name, fmt::format("The lock of the console {} on the managed system {} was broken.",
                                                system->info.lock_holder, system->name()));
  return 0;
}

}  // namespace hmc::cli
