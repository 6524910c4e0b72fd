// SPDX-License-Identifier: GPL-2.0-or-later
// Two counters in two pages that a transaction moves on together, while it ruins registers that must come back if it fails: because
// it aborts itself (every eighth), or because somebody else got to run meanwhile. Needs a POWER8.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 abort_code = 0x42;

struct alignas(4096) Counter {
  volatile u64 value;
};
Counter first, second;

struct alignas(16) Registers {
  u64 general, floating, vector[2];
};

// True if it has been committed; otherwise `status` is TEXASR. `seen` is what the registers are afterwards.
bool attempt(const Registers& known, Registers& seen, u64 wait, bool abort, u64& status) {
  u64 committed;
  asm volatile(
      ".machine push\n.machine altivec\n"
      "ld 20, 0(%[known])\n lfd 20, 8(%[known])\n li 5, 16\n lvx 20, 5, %[known]\n"
      ".long 0x7C00051D\n"  // tbegin.
      "beq 3f\n"
      "ld 5, 0(%[first])\n addi 5, 5, 1\n std 5, 0(%[first])\n"
      "li 20, -1\n fsub 20, 20, 20\n vxor 20, 20, 20\n"
      "mfspr 6, 268\n add 6, 6, %[wait]\n 1: mfspr 5, 268\n cmpld 5, 6\n blt 1b\n"
      "ld 5, 0(%[second])\n addi 5, 5, 1\n std 5, 0(%[second])\n"
      "cmpdi %[abort], 0\n beq 2f\n"
      "li 5, %[code]\n .long 0x7C05071D\n"  // tabort. 5
      "2: .long 0x7C00055D\n"               // tend.
      "li %[committed], 1\n li %[status], 0\n b 4f\n"
      "3: li %[committed], 0\n mfspr %[status], 130\n"
      "4: std 20, 0(%[seen])\n stfd 20, 8(%[seen])\n li 5, 16\n stvx 20, 5, %[seen]\n"
      ".machine pop"
      : [committed] "=&r"(committed), [status] "=&r"(status)
      : [known] "b"(&known), [seen] "b"(&seen), [first] "b"(&first), [second] "b"(&second), [wait] "r"(wait), [abort] "r"(u64{abort}),
        [code] "i"(abort_code)
      : "r5", "r6", "r20", "fr20", "cr0", "memory");
  return committed;
}

}  // namespace

int program_main(int, char**) {
  accept_judge();
  const u64 wait = timebase_frequency() / 20'000;
  u64 committed = 0, aborted = 0, interrupted = 0, bad = 0;
  for (u64 round = 0; !end_wanted(); round++) {
    const u64 pattern = (round * 0x9E3779B97F4A7C15) & 0x7FEFFFFFFFFFFFFF;
    const Registers known{pattern, pattern ^ 1, {pattern ^ 2, ~pattern}};
    Registers seen{};
    const u64 before = first.value;
    const bool abort = round % 8 == 7;
    u64 status;
    if (attempt(known, seen, wait, abort, status)) {
      committed++;
      if (first.value != before + 1 || abort) bad++;
    } else {
      if (status >> 56 == abort_code) {
        aborted++;
        if (!abort) bad++;
      } else {
        interrupted++;
      }
      if (first.value != before) bad++;
      if (seen.general != known.general || seen.floating != known.floating || seen.vector[0] != known.vector[0] ||
          seen.vector[1] != known.vector[1])
        bad++;
    }
    if (first.value != second.value) bad++;
    if (judge_wanted() || end_wanted())
      print("transact: committed=%lu aborted=%lu interrupted=%lu bad=%lu verdict=%s\n", committed, aborted, interrupted, bad,
            verdict(bad == 0));
  }
  return 0;
}
