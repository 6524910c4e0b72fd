// SPDX-License-Identifier: GPL-2.0-or-later
// rmviosbk: removes a backup of a Virtual I/O Server.
#include "hmc/cli/commands.h"
#include "hmc/cli/vios_backup.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-t"}, {"-m"}, {"-p"}, {"--id"}, {"--uuid"}, {"-f"}};
}
constinit const OptionTable rmviosbk_options = options;

Result<int> rmviosbk(Call& call) {
  TRY(viosioconfig_only(call));
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* vios = TRY(vios_of(call, *system));
  const ViosBackup backup = TRY(backup_of(call, *vios));
  TRY(remove_vios_backup(call.console.journal(), backup));
  return 0;
}

}  // namespace hmc::cli
