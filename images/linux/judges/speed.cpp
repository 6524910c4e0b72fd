// SPDX-License-Identifier: GPL-2.0-or-later
// How fast the things are that a guest's kernel is asked for all day. One line a measurement: "speed: NAME VALUE UNIT".
//   speed [NAME...]    all of them, or these
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstddef>

#include "judges/judge.h"

namespace {

int wanted = 0;
char** names = nullptr;

// Repeats `work` (which answers how much it did) for a second.
template <class Work>
void measure(const char* name, const char* unit, double scale, Work work) {
  bool asked_for = wanted == 0;
  for (int i = 0; i < wanted; i++) asked_for = asked_for || std::strcmp(names[i], name) == 0;
  if (!asked_for) return;
  const uint64_t began = judge::nanoseconds(CLOCK_MONOTONIC);
  double done = 0;
  uint64_t now = began;
  while (now - began < 1'000'000'000) {
    done += work();
    now = judge::nanoseconds(CLOCK_MONOTONIC);
  }
  std::printf("speed: %s %.6g %s\n", name, done * scale * 1e9 / static_cast<double>(now - began), unit);
  std::fflush(stdout);
}

double system_calls() {
  for (int i = 0; i < 1000; i++) syscall(SYS_getppid);
  return 1000;
}

double page_faults() {
  constexpr size_t page = 65536, pages = 64;
  auto* const memory =
      static_cast<volatile char*>(mmap(nullptr, page * pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (size_t i = 0; i < pages; i++) memory[i * page] = 1;
  munmap(const_cast<char*>(memory), page * pages);
  return pages;
}

int to_child[2], to_parent[2];
double context_switches() {
  char byte = 0;
  for (int i = 0; i < 100; i++) (void)!(write(to_child[1], &byte, 1) + read(to_parent[0], &byte, 1));
  return 200;
}

double integers() {
  uint64_t value = 1, other = 3;
  for (int i = 0; i < 1'000'000; i++) {
    value = value * 6364136223846793005 + 1442695040888963407;
    other = (other ^ value >> 33) + (other << 3);
  }
  asm volatile("" : : "r"(value + other));
  return 1'000'000;
}

// Numbers that stay about 1, so that no operation is a special case. One round: two multiply-adds, an addition, and a quotient.
// In the vectors it is one of two doubles, and one of four singles.
double scalars() {
  double x = 1.1, y = 0.9, z = 0;
  for (int i = 0; i < 100'000; i++) {
    x = x * 0.999 + 0.0013;
    y = y * x - 0.25;
    z = y + 1.7;
    y = x / z;
  }
  asm volatile("" : : "d"(x + y + z));
  return 100'000;
}

typedef double Doubles __attribute__((vector_size(16)));
typedef float Singles __attribute__((vector_size(16)));
double vectors() {
  Doubles x = {1.1, 1.2}, y = {0.9, 0.8}, z = {};
  Singles a = {1.1F, 1.2F, 1.3F, 1.4F}, b = {0.9F, 0.8F, 0.7F, 0.6F}, c = {};
  for (int i = 0; i < 100'000; i++) {
    x = x * 0.999 + 0.0013;
    y = y * x - 0.25;
    z = y + 1.7;
    y = x / z;
    a = a * 0.999F + 0.0013F;
    b = b * a - 0.25F;
    c = b + 1.7F;
    b = a / c;
  }
  asm volatile("" : : "wa"(x + y + z), "wa"(a + b + c));
  return 100'000;
}

// As a program that counts money: sums that are exact, a product and a quotient that are rounded.
typedef float Decimal __attribute__((mode(DD)));
double decimals() {
  const Decimal hundred = 100, rate = Decimal(119) / hundred;
  Decimal price = Decimal(1999) / hundred, sum = 0;
  for (int i = 0; i < 100'000; i++) {
    const Decimal gross = price * rate;
    sum = sum + gross;
    sum = sum - price;
    price = sum / gross + rate;
  }
  asm volatile("" : : "d"(sum + price));
  return 100'000;
}

constexpr size_t copied = 4 << 20;
char* from;
char* to;
double copies() {
  std::memcpy(to, from, copied);
  asm volatile("" : : "r"(to) : "memory");
  return static_cast<double>(copied);
}

}  // namespace

int main(int count, char** arguments) {
  wanted = count - 1;
  names = arguments + 1;
  measure("system_calls", "1/s", 1, system_calls);
  measure("page_faults", "1/s", 1, page_faults);
  if (pipe(to_child) != 0 || pipe(to_parent) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    while (read(to_child[0], &byte, 1) == 1 && write(to_parent[1], &byte, 1) == 1) {
    }
    _exit(0);
  }
  measure("context_switches", "1/s", 1, context_switches);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  measure("integer_rounds", "millions/s", 1e-6, integers);
  measure("scalar_floating_point", "million rounds/s", 1e-6, scalars);
  measure("vector_floating_point", "million rounds/s", 1e-6, vectors);
  measure("decimal_floating_point", "million rounds/s", 1e-6, decimals);
  from = static_cast<char*>(std::malloc(copied));
  to = static_cast<char*>(std::malloc(copied));
  std::memset(from, 1, copied);
  std::memset(to, 2, copied);
  measure("memory_copy", "GiB/s", 1.0 / (1 << 30), copies);
}
