// SPDX-License-Identifier: GPL-2.0-or-later
// mkviosbk: a backup of the I/O configuration of a Virtual I/O Server.
#include <algorithm>

#include "hmc/cli/commands.h"
#include "hmc/cli/vios_backup.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-m"}, {"-p"}, {"--id"}, {"--uuid"}, {"-f"}};

constexpr size_t longest_name = 100;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= longest_name && name[0] != '.' &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '/' && c != ','; });
}

}  // namespace
constinit const OptionTable mkviosbk_options = options;

Result<int> mkviosbk(Call& call) {
  TRY(viosioconfig_only(call));
  const std::string name = call.options.value("-f");
  if (!is_name(name)) return usage_error("-f");
  const Inventory inventory = call.inventory(Detail::vios);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* vios = TRY(vios_of(call, *system));
  if (!vios->vios) return say("HSCLA246", vios->name());
  Journal& journal = call.console.journal();
  for (const ViosBackup& each : vios_backups(journal))
    if (each.vios_uuid == vios->info.definition.uuid && each.name == backup_file(name))
      return say("HSCLF0B9", each.name, vios->name());
  TRY(keep_vios_backup(journal, {backup_file(name), "viosioconfig", system->name(), vios->name(), vios->id(),
                                 vios->info.definition.uuid, call.console.clock().wall(), vios->vios->hosts, vios->vios->disks}));
  return 0;
}

}  // namespace hmc::cli
