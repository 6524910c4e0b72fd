// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps patterns in floating point and vector registers across everything that interrupts a program, and looks whether they are still
// there. "novector" leaves the vector registers alone (a partition without ibm,vmx).
#include "user/program.h"

using namespace nomad;

namespace {

alignas(16) u64 expected[32][2], seen[32][2];

}  // namespace

int program_main(int count, char** words) {
  accept_judge();
  const bool vector = !has_word(count, words, "novector");
  u64 checks = 0, bad = 0, generation = 1;
  while (!end_wanted()) {
    for (u64 i = 0; i < 32; i++)
      for (u64 half = 0; half < 2; half++) expected[i][half] = ((generation + i) * 0x9E3779B97F4A7C15 ^ half) & 0x7FEFFFFFFFFFFFFF;
    const u64 wait = timebase_frequency() / 200;
    // One block of assembler, so that the compiler cannot use these registers in between: load, wait 5 ms (ticks and other processes
    // come in between), store.
#define EACH(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15)
#define LOAD_F(n) "lfd " #n ", 16*" #n "(%0)\n"
#define STORE_F(n) "stfd " #n ", 16*" #n "(%1)\n"
#define LOAD_V(n) "li 5, 16*" #n "+256\n lvx " #n ", 5, %0\n"
#define STORE_V(n) "li 5, 16*" #n "+256\n stvx " #n ", 5, %1\n"
#define WAIT "mfspr 6, 268\n add 6, 6, %2\n 1: mfspr 5, 268\n cmpld 5, 6\n blt 1b\n"
#define USED "r5", "r6", "cr0", "memory", "fr0", "fr1", "fr2", "fr3", "fr4", "fr5", "fr6", "fr7", "fr8", "fr9", "fr10", "fr11", "fr12", "fr13", "fr14", "fr15"
    if (vector)
      asm volatile(".machine push\n.machine altivec\n" EACH(LOAD_F) EACH(LOAD_V) WAIT EACH(STORE_F) EACH(STORE_V) ".machine pop"
                   :
                   : "b"(expected), "b"(seen), "r"(wait)
                   : USED);
    else
      asm volatile(EACH(LOAD_F) WAIT EACH(STORE_F) : : "b"(expected), "b"(seen), "r"(wait) : USED);
    for (u64 i = 0; i < 16; i++) {
      if (seen[i][0] != expected[i][0]) bad++;
      if (vector && (seen[16 + i][0] != expected[16 + i][0] || seen[16 + i][1] != expected[16 + i][1])) bad++;
    }
    checks++;
    generation++;
    if (judge_wanted() || end_wanted()) print("registers: checks=%lu bad=%lu verdict=%s\n", checks, bad, verdict(bad == 0));
  }
  return 0;
}
