// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Kernel extensions that are loaded and unloaded while the system runs, and register for migrations (Redbook 5.9).
#include "lib/abi.h"

namespace nomad::extensions {

// `refused`: the phases that it will refuse, of DR_MIGRATE_CHECK and DR_MIGRATE_PRE.
i64 load(const char* name, u64 refused);
i64 unload(const char* name);
bool info(u64 index, ExtensionInfo& info);  // of those that are loaded

}  // namespace nomad::extensions
