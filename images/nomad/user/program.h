// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a program of nomad has: system calls, a little printing, and the request to judge itself.
#include "lib/abi.h"
#include "lib/text.h"

// Every program defines this. `words` are the arguments without the program's name; leading NAME=value words are included first
// when the program was started with them.
int program_main(int count, char** words);

namespace nomad {

i64 system_call(SystemCall number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0);

template <class T>
u64 word_of(T* pointer) {
  return reinterpret_cast<u64>(pointer);
}

void print(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
const char* option_text(int count, char** words, const char* name, const char* otherwise);
u64 option_number(int count, char** words, const char* name, u64 otherwise);
bool has_word(int count, char** words, const char* word);

void handle_signal(u32 signal, void (*handler)(u32));

// SIGUSR1: print the verdict soon. SIGTERM: print it and end.
void accept_judge();
bool judge_wanted();  // true once per request
bool end_wanted();

void sleep_milliseconds(u64 ms);
u64 timebase();
u64 timebase_frequency();
u64 microseconds_of(u64 timebase_ticks);

inline const char* verdict(bool good) { return good ? "OK" : "BAD"; }

}  // namespace nomad
