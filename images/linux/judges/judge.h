// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the judges have in common. Each works until it is ended, and says what it found when it is asked (SIGUSR1, `judge`):
// one line, "name: numbers verdict=OK" or "verdict=BAD" with the first thing that was wrong.
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace judge {

inline volatile sig_atomic_t asked = 0;
inline char wrong[160] = "";
inline const char* judge_name = "";

inline void begin(const char* name) {
  judge_name = name;
  struct sigaction action {};
  action.sa_handler = [](int) { asked = 1; };
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // NICE=10 memory ...: the root disk has no program `nice`.
  if (const char* const niceness = std::getenv("NICE")) (void)!nice(std::atoi(niceness));
  // Where `judge` finds whom to ask.
  mkdir("/run/judges", 0755);
  char file[80];
  std::snprintf(file, sizeof file, "/run/judges/%s", name);
  if (FILE* opened = std::fopen(file, "we")) {
    std::fprintf(opened, "%d\n", static_cast<int>(getpid()));
    std::fclose(opened);
  }
}

__attribute__((format(printf, 1, 2))) inline void found_wrong(const char* text, ...) {
  if (wrong[0]) return;
  va_list arguments;
  va_start(arguments, text);
  std::vsnprintf(wrong, sizeof wrong, text, arguments);
  va_end(arguments);
}

// One write, so that the lines of several judges do not mix.
__attribute__((format(printf, 1, 2))) inline void answer_if_asked(const char* numbers, ...) {
  if (!asked) return;
  asked = 0;
  char line[400];
  int length = std::snprintf(line, sizeof line, "%s: ", judge_name);
  va_list arguments;
  va_start(arguments, numbers);
  length += std::vsnprintf(line + length, sizeof line - 200, numbers, arguments);
  va_end(arguments);
  length += std::snprintf(line + length, sizeof line - static_cast<size_t>(length), " %s%sverdict=%s\n", wrong,
                          wrong[0] ? " " : "", wrong[0] ? "BAD" : "OK");
  (void)!write(1, line, static_cast<size_t>(length));
}

inline uint64_t nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

inline void sleep_microseconds(long microseconds) {
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000};
  nanosleep(&time, nullptr);
}

// xorshift64: the same content from the same seed, on both ends.
inline uint64_t next_random(uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

inline uint64_t argument(int count, char** words, const char* name, uint64_t otherwise) {
  const size_t length = std::strlen(name);
  for (int i = 1; i < count; i++)
    if (std::strncmp(words[i], name, length) == 0 && words[i][length] == '=')
      return std::strtoull(words[i] + length + 1, nullptr, 0);
  return otherwise;
}

}  // namespace judge
