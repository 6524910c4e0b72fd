// SPDX-License-Identifier: GPL-2.0-or-later
// The shell on the virtual terminal. Its output is read by scripts: change a text here and a test changes with it.
#include "user/shell.h"

namespace nomad::shell {
namespace {

SystemInfo system;
char line[512];

void show_prompt() { print("%s# ", system.partition_name); }

void execute(char* text) {
  const char* rest = text;
  char name[64];
  if (!next_word(rest, name, sizeof name)) return;
  while (*rest == ' ') rest++;
  for (const Command* command = commands; command->name; command++)
    if (equal(command->name, name)) {
      command->run(rest);
      return;
    }
  if (starts_with(text, "./")) text += 2;
  const u64 length = strlen(name);
  if (name[length - 1] == '?') {
    name[length - 1] = 0;
    judge(name);
    return;
  }
  if (!run_program(text)) print("%s: not found\n", name);
}

}  // namespace

// A line with echo; backspace and ^U edit. What does not fit is refused with a bell, never cut silently.
void read_line(char* to, u64 size) {
  u64 length = 0;
  static bool after_return = false;
  for (;;) {
    char c;
    if (system_call(SystemCall::read, word_of(&c), 1, ~0ul) != 1) continue;
    if (c == '\n' && after_return) {  // CR LF is one end of line
      after_return = false;
      continue;
    }
    after_return = c == '\r';
    if (c == '\r' || c == '\n') {
      print("\n");
      to[length] = 0;
      return;
    }
    if (c == 8 || c == 127) {
      if (length) length--, print("\b \b");
    } else if (c == 21) {
      while (length) length--, print("\b \b");
    } else if (c == 3) {
      length = 0;
      print("^C\n");
      if (to == line) show_prompt();
    } else if (c >= ' ' && c < 127) {
      if (length + 1 < size)
        to[length++] = c, print("%c", c);
      else
        print("\a");
    }
  }
}

bool run_program(const char* text) {
  char command[command_line_bytes];
  if (strlen(text) >= sizeof command) return print("ksh: 0403-027 The parameter list is too long.\n"), true;
  copy_text(command, sizeof command, text);
  u64 length = strlen(command);
  u64 flags = 0;
  const auto trim = [&] {
    while (length && command[length - 1] == ' ') command[--length] = 0;
  };
  trim();
  const bool background = length && command[length - 1] == '&';
  if (background) command[--length] = 0;
  trim();
  const char* start = command;
  if (starts_with(start, "-u ")) flags |= spawn_without_authority, start += 3;
  const i64 pid = system_call(SystemCall::spawn, word_of(start), flags);
  if (pid == Error::no_such_thing) return false;
  if (pid < 0) {
    print("run: error %ld\n", pid);
    return true;
  }
  if (background) {
    print("[%ld]\n", pid);
    return true;
  }
  system_call(SystemCall::foreground, static_cast<u64>(pid));
  i32 status = 0;
  while (system_call(SystemCall::wait, static_cast<u64>(pid), word_of(&status), 0, 0, ~0ul) == Error::interrupted) continue;
  system_call(SystemCall::foreground, 0);
  if (status) print("run: status %d\n", status);
  return true;
}

void judge(const char* name) {
  u32 asked = 0;
  ProcessInfo info;
  for (u64 slot = 0; system_call(SystemCall::process_info, slot, word_of(&info)) == 0; slot++)
    if (info.pid && (!*name || equal(info.name, name)) && system_call(SystemCall::kill, info.pid, SIGUSR1) == 0) asked++;
  // The programs print their lines themselves; then ours says that there was time for it.
  sleep_milliseconds(300);
  print("judge: asked %u\n", asked);
}

const SystemInfo& system_info() {
  system_call(SystemCall::system_info, word_of(&system));
  return system;
}

}  // namespace nomad::shell

int program_main(int, char**) {
  using namespace nomad;
  shell::system_info();
  print("Welcome to nomad. Type help for the commands.\n");
  for (;;) {
    shell::system_info();  // the name may have changed with the device tree
    shell::show_prompt();
    shell::read_line(shell::line, sizeof shell::line);
    // Children that ran in the background and have ended are collected here, silently.
    ProcessInfo info;
    for (u64 slot = 0; system_call(SystemCall::process_info, slot, word_of(&info)) == 0; slot++)
      if (info.pid && equal(info.state, "ended") && info.parent == static_cast<u32>(system_call(SystemCall::process_id)))
        system_call(SystemCall::wait, info.pid, 0, 0, 0, 0);
    shell::execute(shell::line);
  }
}
