// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/vios_backup.h"

#include <algorithm>

#include "hmc/messages.h"

namespace hmc::cli {

Result<const Lpar*> vios_of(const Call& call, const System& system) {
  const Lpar* lpar = nullptr;
  if (call.options.has("--uuid")) {
    for (const std::string_view other : {"-p", "--id"})
      if (call.options.has(other)) return usage_error(other);
    lpar = system.with_uuid(call.options.value("--uuid"));
    if (!lpar) return say("HSCL8012", call.options.value("--uuid"));
  } else {
    lpar = TRY(lpar_of(call, system, "-p"));
  }
  if (!lpar->is_vios()) return say("HSCLF015", lpar->name());
  return lpar;
}

static Result<ViosBackup> backup_of(Call& call, const Lpar& vios) {
  const std::string name = call.options.value("-f");
  if (name.empty()) return usage_error("-f");
  for (ViosBackup& each : vios_backups(call.console.journal()))
    if (each.vios_uuid == vios.info.definition.uuid && each.name == backup_file(name)) return std::move(each);
  return say("HSCLF0B7", name, vios.name());
}

Status viosioconfig_only(const Call& call) {
  const std::string type = call.options.value("-t");
  if (type == "vios" || type == "ssp") return say("HSCLF0B8", type);
  return type == "viosioconfig" ? emu::success() : Status(usage_error("-t"));
}

Result<NamedBackup> named_backup(Call& call, Detail detail) {
  TRY(viosioconfig_only(call));
  NamedBackup named;
  named.inventory = std::make_unique<Inventory>(call.inventory(detail));
  named.system = TRY(system_of(call, *named.inventory));
  named.vios = TRY(vios_of(call, *named.system));
  named.backup = TRY(backup_of(call, *named.vios));
  return named;
}

}  // namespace hmc::cli
