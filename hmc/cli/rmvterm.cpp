// SPDX-License-Identifier: GPL-2.0-or-later
// rmvterm: closes a partition's virtual terminal, whoever has it.
#include "hmc/cli/commands.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"-p"}, {"--id"}};
}
constinit const OptionTable rmvterm_options = options;

Result<int> rmvterm(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* lpar = TRY(lpar_of(call, *system, "-p"));
  // None open: nothing to close, and said all the same.
  if (auto closed = ask(*call.console.link(system->frame), service::CloseVterm{lpar->id(), 0});
      !closed && no_answer(closed.error()))
    return closed.error();
  call.print("Close command sent\n");
  return 0;
}

}  // namespace hmc::cli
