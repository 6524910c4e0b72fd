// SPDX-License-Identifier: GPL-2.0-or-later
// drmgr: a script is a program that answers scriptinfo, register and usage with DR_NAME=value lines (Redbook 5.8.3). What changes the
// partition, drmgr -c, is a program of its own: user/drmgr.cpp.
#include "user/shell.h"

namespace nomad::shell {
namespace {

char output[1024];

bool ask(const char* environment, const char* name, const char* command) {
  char text[128];
  format(text, sizeof text, "%s%s%s %s", environment, *environment ? " " : "", name, command);
  const i64 pid = system_call(SystemCall::spawn, word_of(text), spawn_capture);
  if (pid < 0) return false;
  i32 status = -1;
  const i64 length =
      system_call(SystemCall::wait, static_cast<u64>(pid), word_of(&status), word_of(output), sizeof output - 1, 10000);
  output[length > 0 ? length : 0] = 0;
  return length >= 0 && status == 0;
}

// The values of all lines with this name, with a blank between them.
void take(const char* name, char* target, u64 size) {
  const u64 length = strlen(name);
  u64 used = 0;
  for (const char* at = output; *at;) {
    const char* end = find(at, '\n');
    const u64 whole = end ? static_cast<u64>(end - at) : strlen(at);
    if (whole > length && starts_with(at, name) && at[length] == '=') {
      u64 count = whole - length - 1;
      if (used && used + 1 < size) target[used++] = ' ';
      if (count > size - 1 - used) count = size - 1 - used;
      memcpy(target + used, at + length + 1, count);
      target[used += count] = 0;
    }
    at += whole + (end ? 1 : 0);
  }
}

bool install(const char* environment, const char* name) {
  ScriptInfo script{};
  copy_text(script.environment, sizeof script.environment, environment);
  copy_text(script.name, sizeof script.name, name);
  if (!ask(environment, name, "scriptinfo")) return false;
  take("DR_SCRIPTINFO", script.information, sizeof script.information);
  take("DR_VENDOR", script.vendor, sizeof script.vendor);
  take("DR_VERSION", script.version, sizeof script.version);
  take("DR_DATE", script.date, sizeof script.date);
  if (!ask(environment, name, "register")) return false;
  take("DR_RESOURCE", script.resource, sizeof script.resource);
  if (ask(environment, name, "usage")) take("DR_USAGE", script.usage, sizeof script.usage);
  return system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::install), 0, word_of(&script)) == 0;
}

bool uninstall(const char* name) {
  ScriptInfo script{};
  copy_text(script.name, sizeof script.name, name);
  return system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::remove), 0, word_of(&script)) == 0;
}

void list() {
  print("DR Install Root Directory: /usr/lib/dr/scripts\nSyslog ID: DRMGR\n");
  print("------------------------------------------------------------\n");
  ScriptInfo script;
  for (u64 i = 0; system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::list), i, word_of(&script)) == 0; i++) {
    print("/usr/lib/dr/scripts/all/%s          %s\n", script.name, script.information);
    print("Vendor:%s,      Version:%s,      Date:%s\n", script.vendor, script.version, script.date);
    print("Script Timeout:10,      Admin Override Timeout:0\nMemory DR Percentage:100\nResources Supported:\n");
    const char* rest = script.resource;
    char resource[sizeof script.resource];
    while (next_word(rest, resource, sizeof resource))
      print("Resource Name: %s      Resource Usage: /usr/lib/dr/scripts/all/%s\n", resource, script.usage);
    print("------------------------------------------------------------\n");
  }
}

}  // namespace

void drmgr(const char* arguments) {
  const char* whole = arguments;
  char what[8], name[20];
  const bool known = next_word(arguments, what, sizeof what);
  const char* base = nullptr;
  if (known && next_word(arguments, name, sizeof name)) base = starts_with(name, "./") ? name + 2 : name;
  char program[224];
  if (known && equal(what, "-c")) {
    format(program, sizeof program, "drmgr %s", whole);
    run_program(program);
  } else if (known && equal(what, "-l")) list();
  else if (base && equal(what, "-i")) print(install("", base) ? "drmgr: %s installed\n" : "drmgr: %s cannot be installed\n", base);
  else if (base && equal(what, "-u")) print(uninstall(base) ? "drmgr: %s removed\n" : "drmgr: %s is not installed\n", base);
  else print("drmgr: usage: drmgr -l | -i NAME | -u NAME | -c mem|cpu|slot -a|-r ...\n");
}

void refuse(const char* arguments) {
  uninstall("refuse");
  if (equal(arguments, "off")) print("refuse: off\n");
  else if (equal(arguments, "check")) print(install("REFUSE=check", "refuse") ? "refuse: check\n" : "refuse: failed\n");
  else if (equal(arguments, "pre")) print(install("REFUSE=pre", "refuse") ? "refuse: pre\n" : "refuse: failed\n");
  else print("refuse: usage: refuse check|pre|off\n");
}

}  // namespace nomad::shell
