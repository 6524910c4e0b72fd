// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Dynamic reconfiguration (Redbook 5.7 - 5.9): who is told of a migration, in which phase, and who may refuse. Kernel extensions are
// asked first, then programs that catch SIGRECONFIG, then registered scripts.
#include "lib/abi.h"

namespace nomad::reconfiguration {

enum Action : long long { DR_MIGRATE_CHECK = 1, DR_MIGRATE_PRE = 2, DR_MIGRATE_POST = 4, DR_MIGRATE_POST_ERROR = 8 };

struct dri_pmig {
  int version;  // 1
  int destination_lpid;
  long long streamid;  // 0 in the check phase
};

using Handler = int (*)(void* event, void* h_arg, long long action, void* resource_info);

// 0, or a positive error number, as AIX kernel services return.
int reconfig_register_ext(Handler handler, long long actions, void* h_arg, u64* h_token, const char* name);
int reconfig_unregister(u64 token);

enum class Phase { check, prepare, post, undo_check, undo_prepare };

// Tells everybody; false when somebody refused, and `why` says who. Called by the migration thread only: scripts and programs are waited for.
bool run(Phase phase, u64 stream, char* why, u64 size);

// The event under way, for DR_QUERY; false when there is none.
bool current_event(dr_info& info);

i64 install(const ScriptInfo& script);
i64 remove(const char* name);
bool script(u64 index, ScriptInfo& script);

}  // namespace nomad::reconfiguration
