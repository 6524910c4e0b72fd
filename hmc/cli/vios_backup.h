// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What mkviosbk, rstviosbk and rmviosbk have in common.

#include "hmc/cli/table.h"
#include "hmc/vios_backups.h"

namespace hmc::cli {

// The running Virtual I/O Server of -m and -p, --id or --uuid.
Result<const Lpar*> vios_of(const Call&, const System&);

// Of the server that these options name, the backup of -f. -t says of which type it is.
Result<ViosBackup> backup_of(Call&, const Lpar& vios);

// Of the type of -t, only this one is carried out: the others are those of parts that are not here.
Status viosioconfig_only(const Call&);

}  // namespace hmc::cli
