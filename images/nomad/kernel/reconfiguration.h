// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Dynamic reconfiguration (Redbook 5.7 - 5.9): who is told of a migration, of memory and of processors that come and go, in which phase, and
// who may refuse. Kernel extensions are asked first, then programs that catch SIGRECONFIG, then registered scripts.
#include "lib/abi.h"

namespace nomad::reconfiguration {

// Four bits for each subject, in the order of enum Subject.
enum Action : long long {
  DR_MIGRATE_CHECK = 1, DR_MIGRATE_PRE = 2, DR_MIGRATE_POST = 4, DR_MIGRATE_POST_ERROR = 8,
  DR_MEM_ADD_CHECK = 0x10, DR_MEM_ADD_PRE = 0x20, DR_MEM_ADD_POST = 0x40, DR_MEM_ADD_POST_ERROR = 0x80,
  DR_MEM_REMOVE_CHECK = 0x100, DR_MEM_REMOVE_PRE = 0x200, DR_MEM_REMOVE_POST = 0x400, DR_MEM_REMOVE_POST_ERROR = 0x800,
  DR_CPU_ADD_CHECK = 0x1000, DR_CPU_ADD_PRE = 0x2000, DR_CPU_ADD_POST = 0x4000, DR_CPU_ADD_POST_ERROR = 0x8000,
  DR_CPU_REMOVE_CHECK = 0x10000, DR_CPU_REMOVE_PRE = 0x20000, DR_CPU_REMOVE_POST = 0x40000, DR_CPU_REMOVE_POST_ERROR = 0x80000,
};
enum class Subject { migration, memory_add, memory_remove, processor_add, processor_remove };

struct dri_pmig {
  int version;  // 1
  int destination_lpid;
  long long streamid;  // 0 in the check phase
};

struct dri_mem {
  u64 req_memsz_change;  // bytes
};

struct dri_cpu {
  u32 count;
};

using Handler = int (*)(void* event, void* h_arg, long long action, void* resource_info);

// 0, or a positive error number, as AIX kernel services return.
int reconfig_register_ext(Handler handler, long long actions, void* h_arg, u64* h_token, const char* name);
int reconfig_unregister(u64 token);

enum class Phase { check, prepare, post, undo_check, undo_prepare };

// What the console has said of an operating system's part: how long it may take, and how much scripts shall say. (Redbook 5.6.1, -w and -d)
struct Patience {
  u32 minutes = 0;  // 0: any time
  u32 detail = 0;
};

// Tells everybody; false when somebody refused, and `why` says who. The amount is a stream, bytes or processors. The caller waits for scripts
// and programs, and sees to it that there is one event at a time.
bool run(Phase phase, Subject subject, u64 amount, const Patience& patience, char* why, u64 size);

// The event under way, for DR_QUERY; false when there is none.
bool current_event(dr_info& info);

i64 install(const ScriptInfo& script);
i64 remove(const char* name);
bool script(u64 index, ScriptInfo& script);

}  // namespace nomad::reconfiguration
