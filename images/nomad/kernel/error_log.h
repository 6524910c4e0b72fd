// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The error log in the manner of AIX: a table of kinds, records in memory and, so that they survive a restart, in NVRAM.
#include "lib/abi.h"

namespace nomad::error_log {

enum Kind : u32 { logging_started, shutdown_by_user, migration_started, migration_completed, migration_aborted, virtual_scsi_event, kinds };

void start();  // reads what NVRAM holds
void add(Kind kind, const char* detail = "", u32 unit = 0);
bool get(u64 index_from_newest, ErrorRecord& record);

}  // namespace nomad::error_log
