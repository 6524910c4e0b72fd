// SPDX-License-Identifier: GPL-2.0-or-later
// drmgr: a script is a file or a program that answers scriptinfo, register and usage with DR_NAME=value lines (Redbook 5.8.3). What changes the
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

constexpr char repository[] = "/usr/lib/dr/scripts";

struct Request {
  char name[sizeof ScriptInfo::name] = "";
  char host[sizeof ScriptInfo::host] = "";
  u64 minutes = 0;
  bool force = false;
};

bool find_script(const char* name, ScriptInfo& script) {
  for (u64 i = 0; system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::list), i, word_of(&script)) == 0; i++)
    if (equal(script.name, name)) return true;
  return false;
}

// Into the repository: what happens to the original later does not matter any more. An empty text, or why not.
const char* keep_copy(const char* from, const char* to) {
  char bytes[512];
  i64 count = 1;
  for (u64 at = 0; count > 0; at += static_cast<u64>(count)) {
    count = system_call(SystemCall::file_read, word_of(from), at, word_of(bytes), sizeof bytes);
    if (count < 0) return "no such file";
    if (system_call(SystemCall::file_write, word_of(to), word_of(bytes), static_cast<u64>(count), at != 0) < 0) return "no space is left";
  }
  return "";
}

bool is_file(const char* name) {
  char byte;
  return system_call(SystemCall::file_read, word_of(name), 0, word_of(&byte), 1) >= 0;
}

bool remove_script(const char* name, const char* host) {
  ScriptInfo script{};
  if (!find_script(name, script) || !equal(script.host, host)) return false;
  if (system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::remove), 0, word_of(&script)) != 0) return false;
  if (script.file[0]) system_call(SystemCall::file_remove, word_of(script.file));
  return true;
}

// An empty text, or why not.
const char* install(const char* environment, const Request& request) {
  ScriptInfo script{}, other{};
  const bool there = find_script(request.name, other);
  if (there && !request.force) return "is installed already";
  copy_text(script.environment, sizeof script.environment, environment);
  copy_text(script.name, sizeof script.name, request.name);
  copy_text(script.host, sizeof script.host, request.host);
  script.admin_minutes = static_cast<u32>(request.minutes);
  if (!ask(environment, request.name, "scriptinfo")) return "does not answer scriptinfo";
  take("DR_SCRIPTINFO", script.information, sizeof script.information);
  take("DR_VENDOR", script.vendor, sizeof script.vendor);
  take("DR_VERSION", script.version, sizeof script.version);
  take("DR_DATE", script.date, sizeof script.date);
  char seconds[12] = "";
  take("DR_TIMEOUT", seconds, sizeof seconds);
  u64 number = 10;
  if (seconds[0] && (!parse_number(seconds, number) || number == 0 || number > 86400)) return "has no DR_TIMEOUT in seconds";
  script.seconds = static_cast<u32>(number);
  if (!ask(environment, request.name, "register")) return "does not answer register";
  take("DR_RESOURCE", script.resource, sizeof script.resource);
  if (!script.resource[0]) return "registers for no resource";
  if (ask(environment, request.name, "usage")) take("DR_USAGE", script.usage, sizeof script.usage);
  if (there) remove_script(other.name, other.host);
  if (is_file(request.name)) {
    format(script.file, sizeof script.file, "%s/%s/%s", repository, script.host[0] ? script.host : "all", script.name);
    if (const char* why = keep_copy(request.name, script.file); *why) return why;
  }
  if (system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::install), 0, word_of(&script)) == 0) return "";
  if (script.file[0]) system_call(SystemCall::file_remove, word_of(script.file));
  return "cannot be registered";
}

void list() {
  print("DR Install Root Directory: %s\nSyslog ID: DRMGR\n", repository);
  print("------------------------------------------------------------\n");
  ScriptInfo script;
  for (u64 i = 0; system_call(SystemCall::dr_script, static_cast<u64>(ScriptOperation::list), i, word_of(&script)) == 0; i++) {
    print("%s/%s/%s          %s\n", repository, script.host[0] ? script.host : "all", script.name, script.information);
    print("Vendor:%s,      Version:%s,      Date:%s\n", script.vendor, script.version, script.date);
    print("Script Timeout:%u,      Admin Override Timeout:%u\nMemory DR Percentage:100\nResources Supported:\n", script.seconds,
          script.admin_minutes);
    const char* rest = script.resource;
    char resource[sizeof script.resource];
    while (next_word(rest, resource, sizeof resource))
      print("Resource Name: %s      Resource Usage: %s\n", resource, script.usage);
    print("------------------------------------------------------------\n");
  }
}

// The options behind -i NAME and -u NAME.
bool take_options(const char* rest, bool installs, Request& request) {
  char word[sizeof ScriptInfo::host];
  while (next_word(rest, word, sizeof word)) {
    if (equal(word, "-f") && installs) {
      request.force = true;
    } else if (equal(word, "-w") && installs) {
      if (!next_word(rest, word, sizeof word) || !parse_number(word, request.minutes) || request.minutes > 1440) return false;
    } else if (!equal(word, "-D") || !next_word(rest, request.host, sizeof request.host)) {
      return false;
    }
  }
  return true;
}

void usage() {
  print("drmgr: usage: drmgr {-i NAME [-w MINUTES] [-f] | -u NAME} [-D HOSTNAME] | -l | -c mem|cpu|slot -a|-r ...\n");
}

}  // namespace

void drmgr(const char* arguments) {
  const char* whole = arguments;
  char what[8], typed[64];
  if (!next_word(arguments, what, sizeof what)) return usage();
  if (equal(what, "-c")) {
    char program[command_line_bytes];
    format(program, sizeof program, "drmgr %s", whole);
    run_program(program);
    return;
  }
  if (equal(what, "-l")) return list();
  Request request;
  const bool installs = equal(what, "-i");
  if (!installs && !equal(what, "-u")) return usage();
  if (!next_word(arguments, typed, sizeof typed) || !take_options(arguments, installs, request)) return usage();
  copy_text(request.name, sizeof request.name, file_name(typed));
  if (!installs) return print(remove_script(request.name, request.host) ? "drmgr: %s removed\n" : "drmgr: %s is not installed\n", request.name);
  const char* why = install("", request);
  if (*why) print("drmgr: %s cannot be installed: it %s\n", request.name, why);
  else print("drmgr: %s installed\n", request.name);
}

void refuse(const char* arguments) {
  Request request;
  copy_text(request.name, sizeof request.name, "refuse");
  remove_script(request.name, request.host);
  const auto say_no = [&](const char* phase, const char* environment) {
    print(*install(environment, request) ? "refuse: failed\n" : "refuse: %s\n", phase);
  };
  if (equal(arguments, "off")) print("refuse: off\n");
  else if (equal(arguments, "check")) say_no("check", "REFUSE=check");
  else if (equal(arguments, "pre")) say_no("pre", "REFUSE=pre");
  else print("refuse: usage: refuse check|pre|off\n");
}

}  // namespace nomad::shell
