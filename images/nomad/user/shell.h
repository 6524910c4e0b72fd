// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The shell's command table and the helpers that commands share.
#include "user/program.h"

namespace nomad::shell {

struct Command {
  const char* name;
  const char* usage;  // null: another row tells
  void (*run)(const char* arguments);
};
extern const Command commands[];  // ends with a null name

bool run_program(const char* text);  // "[-u] program arguments [&]"; false: no such program
void judge(const char* name);        // empty = all
const SystemInfo& system_info();
void read_line(char* to, u64 size);           // with echo
const char* file_name(const char* typed);     // without ./ before it

void cat(const char* arguments);
void genkex(const char* arguments);
void kextload(const char* arguments);
void kextunload(const char* arguments);
void ls(const char* arguments);
void rm(const char* arguments);

void cfgmgr(const char* arguments);
void drmgr(const char* arguments);
void ifconfig(const char* arguments);
void lsdev(const char* arguments);
void lspath(const char* arguments);
void lsrsrc(const char* arguments);
void lsslot(const char* arguments);
void rmdev(const char* arguments);
void refuse(const char* arguments);

void extendvg(const char* arguments);
void lspv(const char* arguments);
void lsvg(const char* arguments);
void migratepv(const char* arguments);
void mklv(const char* arguments);
void mkvg(const char* arguments);
void reducevg(const char* arguments);
void rmlv(const char* arguments);

}  // namespace nomad::shell
