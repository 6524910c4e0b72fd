// SPDX-License-Identifier: GPL-2.0-or-later
// rmviosbk: removes a backup of a Virtual I/O Server.
#include "hmc/cli/commands.h"
#include "hmc/cli/vios_backup.h"

namespace hmc::cli {

constinit const OptionTable rmviosbk_options = backup_options;

Result<int> rmviosbk(Call& call) {
  const NamedBackup named = TRY(named_backup(call, Detail::lpars));
  TRY(remove_vios_backup(call.console.journal(), named.backup));
  return 0;
}

}  // namespace hmc::cli
