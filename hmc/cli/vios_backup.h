// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What mkviosbk, rstviosbk and rmviosbk have in common.

#include <memory>

#include "hmc/cli/table.h"
#include "hmc/vios_backups.h"

namespace hmc::cli {

// The running Virtual I/O Server of -m and -p, --id or --uuid.
Result<const Lpar*> vios_of(const Call&, const System&);

// Of the type of -t, only this one is carried out: the others are those of parts that are not here.
Status viosioconfig_only(const Call&);

// The backup that -t, -f and the server's options name.
struct NamedBackup {
  std::unique_ptr<Inventory> inventory;  // in which these are
  const System* system = nullptr;
  const Lpar* vios = nullptr;
  ViosBackup backup;
};
Result<NamedBackup> named_backup(Call&, Detail);

// Options of a command that names one.
inline constexpr Option backup_options[] = {{"-t"}, {"-m"}, {"-p"}, {"--id"}, {"--uuid"}, {"-f"}};

}  // namespace hmc::cli
