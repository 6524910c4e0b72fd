// SPDX-License-Identifier: GPL-2.0-or-later
// Speed loops for the benchmark:  spin [kind=]int|mem|trap|syscall [seconds=N]
#include "user/program.h"

using namespace nomad;

namespace {

// 8 instructions a turn, counted: 7 additions and bdnz.
u64 integer_loop(u64 turns) {
  asm volatile(
      "mtctr %0\n"
      "1: addi 5,5,1\n addi 6,6,1\n addi 7,7,1\n addi 8,8,1\n addi 9,9,1\n addi 10,10,1\n addi 11,11,1\n bdnz 1b"
      :
      : "r"(turns)
      : "ctr", "r5", "r6", "r7", "r8", "r9", "r10", "r11");
  return turns * 8;
}

alignas(4096) u64 memory[8192];  // 64 KiB

// 9 instructions a turn: 4 loads, 4 stores, bdnz.
u64 memory_loop(u64 turns) {
  asm volatile(
      "mtctr %0\n"
      "1: ld 5,0(%1)\n std 5,4096(%1)\n ld 6,8192(%1)\n std 6,12288(%1)\n ld 7,16384(%1)\n std 7,20480(%1)\n ld 8,24576(%1)\n"
      " std 8,28672(%1)\n bdnz 1b"
      :
      : "r"(turns), "b"(memory)
      : "ctr", "r5", "r6", "r7", "r8", "memory");
  return turns * 9;
}

u64 trap_loop(u64 turns) { return static_cast<u64>(system_call(SystemCall::kernel_loop, turns)); }

u64 system_call_loop(u64 turns) {
  for (u64 i = 0; i < turns; i++) system_call(SystemCall::process_id);
  return turns;
}

struct Kind {
  const char* name;
  u64 (*run)(u64 turns);
  u64 batch;
};
// For trap and syscall "instructions" are traps and calls.
constexpr Kind kinds[] = {
    {"int", integer_loop, 1000000},
    {"mem", memory_loop, 1000000},
    {"trap", trap_loop, 10000},
    {"syscall", system_call_loop, 1000},
};

}  // namespace

int program_main(int count, char** words) {
  const char* wanted = option_text(count, words, "kind", option_text(count, words, "KIND", nullptr));
  const u64 seconds = option_number(count, words, "seconds", 2);
  for (const Kind& kind : kinds) {
    if (wanted ? !equal(kind.name, wanted) : !has_word(count, words, kind.name)) continue;
    const u64 started = timebase(), length = seconds * timebase_frequency();
    u64 done = 0;
    while (timebase() - started < length) done += kind.run(kind.batch);
    const u64 us = microseconds_of(timebase() - started);
    const u64 hundredths = us ? done * 100 / us : 0;
    print("spin: kind=%s instructions=%lu microseconds=%lu mips=%lu.%02lu\n", kind.name, done, us, hundredths / 100, hundredths % 100);
    return 0;
  }
  print("spin: usage: spin kind=int|mem|trap|syscall [seconds=N]\n");
  return 1;
}
