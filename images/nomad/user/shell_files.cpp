// SPDX-License-Identifier: GPL-2.0-or-later
// Files in memory, which scripts are kept in: cat, ls, rm. And kernel extensions.
#include "user/shell.h"

namespace nomad::shell {
namespace {

// Lines up to one that is the word, as they are typed.
void take_lines(const char* name, const char* word) {
  static char line[512];
  bool append = false;
  for (;;) {
    read_line(line, sizeof line - 1);
    if (equal(line, word)) break;
    const u64 length = strlen(line);
    line[length] = '\n';
    if (system_call(SystemCall::file_write, word_of(name), word_of(line), length + 1, append) < 0)
      return print("cat: %s: no space is left\n", name);
    append = true;
  }
  if (!append) system_call(SystemCall::file_write, word_of(name), word_of(line), 0, false);
}

}  // namespace

const char* file_name(const char* typed) { return starts_with(typed, "./") ? typed + 2 : typed; }

void cat(const char* arguments) {
  char first[sizeof FileInfo::name], name[sizeof FileInfo::name], mark[32];
  if (!next_word(arguments, first, sizeof first)) return print("cat: usage: cat FILE | cat > FILE <<WORD\n");
  if (equal(first, ">")) {
    if (!next_word(arguments, name, sizeof name) || !next_word(arguments, mark, sizeof mark) || !starts_with(mark, "<<") || !mark[2])
      return print("cat: usage: cat > FILE <<WORD\n");
    return take_lines(file_name(name), mark + 2);
  }
  const char* file = file_name(first);
  char text[257];
  i64 count = 0;
  for (u64 at = 0; (count = system_call(SystemCall::file_read, word_of(file), at, word_of(text), sizeof text - 1)) > 0; at += static_cast<u64>(count))
    system_call(SystemCall::write, word_of(text), static_cast<u64>(count));
  if (count < 0) print("cat: %s: no such file\n", file);
}

void ls(const char*) {
  FileInfo info;
  for (u64 i = 0; system_call(SystemCall::file_info, i, word_of(&info)) == 0; i++) print("%8lu %s\n", info.bytes, info.name);
}

void rm(const char* arguments) {
  char name[sizeof FileInfo::name];
  if (!next_word(arguments, name, sizeof name)) print("rm: usage: rm FILE\n");
  else if (system_call(SystemCall::file_remove, word_of(file_name(name))) < 0) print("rm: %s: no such file\n", file_name(name));
}

void genkex(const char*) {
  ExtensionInfo info;
  for (u64 i = 0; system_call(SystemCall::extension, static_cast<u64>(ExtensionOperation::list), i, word_of(&info)) == 0; i++)
    print("genkex: %s check=%u pre=%u post=%u posterror=%u\n", info.name, info.checks, info.prepares, info.posts, info.post_errors);
}

void kextload(const char* arguments) {
  char name[24], how[24] = "";
  constexpr u64 check = 1, prepare = 2;  // of reconfig_register_ext's actions
  u64 refused = 0;
  bool known = next_word(arguments, name, sizeof name);
  if (known && next_word(arguments, how, sizeof how)) {
    refused = equal(how, "refuse=check") ? check : equal(how, "refuse=pre") ? prepare : 0;
    known = refused != 0;
  }
  if (!known) return print("kextload: usage: kextload NAME [refuse=check|pre]\n");
  const i64 result = system_call(SystemCall::extension, static_cast<u64>(ExtensionOperation::load), word_of(name), refused);
  if (result == 0) print("kextload: %s loaded\n", name);
  else print("kextload: %s: %s\n", name, result == Error::busy ? "is loaded already" : result == Error::no_such_thing ? "not found" : "not loaded");
}

void kextunload(const char* arguments) {
  char name[24];
  if (!next_word(arguments, name, sizeof name)) return print("kextunload: usage: kextunload NAME\n");
  const i64 result = system_call(SystemCall::extension, static_cast<u64>(ExtensionOperation::unload), word_of(name));
  print(result == 0 ? "kextunload: %s unloaded\n" : "kextunload: %s is not loaded\n", name);
}

}  // namespace nomad::shell
