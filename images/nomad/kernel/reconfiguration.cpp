// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/reconfiguration.h"

#include "kernel/clock.h"
#include "kernel/device_tree.h"
#include "kernel/machine.h"
#include "kernel/process.h"
#include "kernel/signals.h"
#include "lib/text.h"

namespace nomad::reconfiguration {
namespace {

struct PhaseRow {
  const char* name;
  Action action;               // of a migration
  const char* script_command;  // with the verb of the subject behind it
  bool may_refuse;
  u64 program_milliseconds;  // how long programs have for their answer; silence means consent (Redbook 5.8.2)
};

// In the order of enum Phase.
constexpr PhaseRow phases[] = {
    {"check", DR_MIGRATE_CHECK, "check", true, 2000},
    {"prepare", DR_MIGRATE_PRE, "pre", true, 2000},
    {"post", DR_MIGRATE_POST, "post", false, 200},
    {"undo check", DR_MIGRATE_POST_ERROR, "undocheck", false, 200},
    {"undo prepare", DR_MIGRATE_POST_ERROR, "undopre", false, 200},
};

struct SubjectRow {
  const char* resource;  // as scripts register for it
  const char* verb;
};

// In the order of enum Subject.
constexpr SubjectRow subjects[] = {
    {"pmig", "migrate"}, {"mem", "acquire"}, {"mem", "release"}, {"cpu", "acquire"}, {"cpu", "release"},
};

struct Happening {
  const PhaseRow& phase;
  const SubjectRow& subject;
  long long action;
  u32 detail;
  u64 deadline;  // 0: none
};

struct Extension {
  Handler handler;
  long long actions;
  void* argument;
  char name[24];
};
constexpr u32 extension_limit = 16;
Extension extensions[extension_limit];

constexpr u32 script_limit = 8;
ScriptInfo scripts[script_limit];

bool event_running = false;
dr_info event{};

bool ask_extensions(const Happening& now, void* info, char* why, u64 size) {
  for (Extension& extension : extensions) {
    if (!extension.handler || !(extension.actions & now.action)) continue;
    const int result = extension.handler(&event, extension.argument, now.action, info);
    if (result && now.phase.may_refuse) {
      format(why, size, "kernel extension %s refused %s (%d)", extension.name, now.phase.name, result);
      return false;
    }
  }
  return true;
}

bool all_answered() {
  for (const Process& process : processes)
    if (process.state != Process::State::unused && process.state != Process::State::zombie && !process.dr_answered) return false;
  return true;
}

bool ask_programs(const PhaseRow& phase, char* why, u64 size) {
  for (Process& process : processes) {
    process.dr_refused = false;
    process.dr_answered = process.state == Process::State::unused || process.state == Process::State::zombie ||
                          !signals::send(process, SIGRECONFIG);
  }
  const u64 deadline = clock::after_milliseconds(phase.program_milliseconds);
  while (!all_answered() && timebase() < deadline) sleep_until(clock::after_milliseconds(2));
  for (const Process& process : processes)
    if (phase.may_refuse && process.state != Process::State::unused && process.dr_refused) {
      format(why, size, "process %u (%s) refused %s", process.pid, process.name, phase.name);
      return false;
    }
  return true;
}

// A script says why it refuses with a line DR_ERROR=text.
void find_error(const char* output, char* text, u64 size) {
  static constexpr char tag[] = "DR_ERROR=";
  text[0] = 0;
  for (const char* at = output; *at; at++)
    if (starts_with(at, tag)) {
      copy_text(text, size, at + sizeof tag - 1);
      for (char* end = text; *end; end++)
        if (*end == '\n') *end = 0;
      return;
    }
}

bool run_script(const ScriptInfo& script, const Happening& now, char* why, u64 size) {
  const PhaseRow& phase = now.phase;
  char command[32], line[command_line_bytes], reason[64] = "";
  format(command, sizeof command, "%s%s", phase.script_command, now.subject.verb);
  format(line, sizeof line, "%s%sDR_DETAIL_LEVEL=%u %s %s %s", script.environment, script.environment[0] ? " " : "", now.detail,
         script.file[0] ? script.file : script.name, command,
         now.subject.resource);
  const i64 pid = spawn(line, spawn_capture, true, current().pid);
  if (pid < 0) {
    format(why, size, "script %s could not be started for %s", script.name, command);
    return !phase.may_refuse;
  }
  Process* process = find_process(static_cast<u32>(pid));
  u64 deadline = clock::after_milliseconds(u64{1000} * (script.admin_minutes ? 60 * script.admin_minutes : script.seconds));
  if (now.deadline && now.deadline < deadline) deadline = now.deadline;
  while (process->state != Process::State::zombie) {
    if (wait_on(process, deadline) != Wake::time_out) continue;
    signals::send(*process, SIGKILL);
    copy_text(reason, sizeof reason, "timed out");
    while (process->state != Process::State::zombie) wait_on(process);
  }
  process->capture[process->captured] = 0;
  if (!reason[0]) find_error(process->capture, reason, sizeof reason);
  const i32 status = process->status;
  reap(*process);
  if (status == 0 || !phase.may_refuse) return true;
  format(why, size, "script %s refused %s (%d)%s%s", script.name, command, status, reason[0] ? ": " : "", reason);
  return false;
}

bool registered_for(const ScriptInfo& script, const char* resource) {
  const char* rest = script.resource;
  char word[sizeof script.resource];
  while (next_word(rest, word, sizeof word))
    if (equal(word, resource)) return true;
  return false;
}

bool ask_scripts(const Happening& now, char* why, u64 size) {
  const char* here = tree::text(tree::root(), "ibm,partition-name", "nomad");
  for (const ScriptInfo& script : scripts)
    if (script.name[0] && (!script.host[0] || equal(script.host, here)) && registered_for(script, now.subject.resource) && !run_script(script, now, why, size)) return false;
  return true;
}

}  // namespace

int reconfig_register_ext(Handler handler, long long actions, void* h_arg, u64* h_token, const char* name) {
  constexpr int einval = 22, enomem = 12;
  constexpr long long all_actions = 2 * DR_CPU_REMOVE_POST_ERROR - 1;
  if (!handler || !h_token || !(actions & all_actions)) return einval;
  for (u32 i = 0; i < extension_limit; i++)
    if (!extensions[i].handler) {
      extensions[i] = {handler, actions, h_arg, {}};
      copy_text(extensions[i].name, sizeof extensions[i].name, name);
      *h_token = i + 1;
      return 0;
    }
  return enomem;
}

int reconfig_unregister(u64 token) {
  constexpr int einval = 22;
  if (token == 0 || token > extension_limit || !extensions[token - 1].handler) return einval;
  extensions[token - 1].handler = nullptr;
  return 0;
}

bool run(Phase which, Subject subject, u64 amount, const Patience& patience, char* why, u64 size) {
  constexpr u32 bits_each = 4;
  const PhaseRow& phase = phases[static_cast<u32>(which)];
  const Happening now{phase, subjects[static_cast<u32>(subject)], phase.action << bits_each * static_cast<u32>(subject), patience.detail,
                      patience.minutes ? clock::after_milliseconds(patience.minutes * 60000ul) : 0};
  event = {};
  event.check = which == Phase::check;
  event.pre = which == Phase::prepare;
  event.post = which == Phase::post;
  event.posterror = phase.action == DR_MIGRATE_POST_ERROR;
  event.add = subject == Subject::memory_add || subject == Subject::processor_add;
  event.rem = subject == Subject::memory_remove || subject == Subject::processor_remove;
  dri_pmig migration{1, 0, 0};
  dri_mem memory{0};
  dri_cpu processor{0};
  void* info = nullptr;
  switch (subject) {
    case Subject::migration:
      event.migrate = event.partition = 1;
      event.streamid = event.check ? 0 : amount;
      migration.streamid = static_cast<long long>(event.streamid);
      info = &migration;
      break;
    case Subject::memory_add:
    case Subject::memory_remove:
      event.mem = 1;
      event.req_memsz_change = memory.req_memsz_change = amount;
      info = &memory;
      break;
    case Subject::processor_add:
    case Subject::processor_remove:
      event.cpu = 1;
      event.cpu_change = processor.count = static_cast<u32>(amount);
      info = &processor;
      break;
  }
  event_running = true;
  why[0] = 0;
  const bool accepted = ask_extensions(now, info, why, size) && ask_programs(phase, why, size) && ask_scripts(now, why, size);
  event_running = false;
  return accepted;
}

bool current_event(dr_info& info) {
  info = event;
  return event_running;
}

i64 install(const ScriptInfo& script) {
  if (!script.name[0] || !script.resource[0]) return Error::invalid;
  for (ScriptInfo& place : scripts)
    if (equal(place.name, script.name)) {
      place = script;
      return 0;
    }
  for (ScriptInfo& place : scripts)
    if (!place.name[0]) {
      place = script;
      return 0;
    }
  return Error::try_again;
}

i64 remove(const char* name) {
  for (ScriptInfo& place : scripts)
    if (place.name[0] && equal(place.name, name)) {
      place = {};
      return 0;
    }
  return Error::no_such_thing;
}

bool script(u64 index, ScriptInfo& out) {
  for (const ScriptInfo& place : scripts)
    if (place.name[0] && index-- == 0) {
      out = place;
      return true;
    }
  return false;
}

}  // namespace nomad::reconfiguration
