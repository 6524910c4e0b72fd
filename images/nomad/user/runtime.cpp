// SPDX-License-Identifier: GPL-2.0-or-later
#include "user/program.h"

namespace nomad {
namespace {

void (*handlers[signal_count])(u32);
volatile bool judge_requested, end_requested;
u64 frequency;

// The kernel enters here to deliver a signal; `saved` is where the interrupted registers are, which signal_return puts back.
void signal_entry(u32 signal, u64 saved) {
  if (signal < signal_count && handlers[signal]) handlers[signal](signal);
  system_call(SystemCall::signal_return, saved);
}

}  // namespace

i64 system_call(SystemCall number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 r0 asm("r0") = static_cast<u64>(number);
  register u64 r3 asm("r3") = a;
  register u64 r4 asm("r4") = b;
  register u64 r5 asm("r5") = c;
  register u64 r6 asm("r6") = d;
  register u64 r7 asm("r7") = e;
  register u64 r8 asm("r8") = f;
  asm volatile("sc" : "+r"(r3) : "r"(r0), "r"(r4), "r"(r5), "r"(r6), "r"(r7), "r"(r8) : "memory");
  return static_cast<i64>(r3);
}

void print(const char* pattern, ...) {
  char line[512];
  __builtin_va_list arguments;
  __builtin_va_start(arguments, pattern);
  const u64 length = format_list(line, sizeof line, pattern, arguments);
  __builtin_va_end(arguments);
  system_call(SystemCall::write, word_of(line), length);
}

const char* option_text(int count, char** words, const char* name, const char* otherwise) {
  const char* value;
  for (int i = 0; i < count; i++)
    if (option(words[i], name, value)) return value;
  return otherwise;
}

u64 option_number(int count, char** words, const char* name, u64 otherwise) {
  u64 number;
  const char* text = option_text(count, words, name, nullptr);
  return text && parse_number(text, number) ? number : otherwise;
}

bool has_word(int count, char** words, const char* word) {
  for (int i = 0; i < count; i++)
    if (equal(words[i], word)) return true;
  return false;
}

void handle_signal(u32 signal, void (*handler)(u32)) {
  handlers[signal] = handler;
  system_call(SystemCall::signal_handler, 0, word_of(signal_entry));
  system_call(SystemCall::signal_handler, signal, handler ? word_of(signal_entry) : 0);
}

void accept_judge() {
  handle_signal(SIGUSR1, [](u32) { judge_requested = true; });
  handle_signal(SIGTERM, [](u32) { end_requested = true; });
}

bool judge_wanted() {
  if (!judge_requested) return false;
  judge_requested = false;
  return true;
}

bool end_wanted() { return end_requested; }

void sleep_milliseconds(u64 ms) { system_call(SystemCall::sleep, ms * 1000); }

u64 timebase() {
  u64 value;
  asm volatile("mfspr %0, 268" : "=r"(value) : : "memory");
  return value;
}

u64 timebase_frequency() {
  if (!frequency) {
    static SystemInfo info;
    system_call(SystemCall::system_info, word_of(&info));
    frequency = info.timebase_frequency;
  }
  return frequency;
}

u64 microseconds_of(u64 ticks) {
  const u64 hertz = timebase_frequency();
  return ticks / hertz * 1000000 + ticks % hertz * 1000000 / hertz;
}

extern "C" void runtime_start(char* line) {
  static char* words[24];
  int count = 0;
  bool name_seen = false;
  while (*line && count < 24) {
    while (*line == ' ') line++;
    if (!*line) break;
    char* word = line;
    while (*line && *line != ' ') line++;
    if (*line) *line++ = 0;
    if (!name_seen && !find(word, '='))
      name_seen = true;
    else
      words[count++] = word;
  }
  const int status = program_main(count, words);
  system_call(SystemCall::exit, static_cast<u64>(static_cast<i64>(status)));
}

}  // namespace nomad
