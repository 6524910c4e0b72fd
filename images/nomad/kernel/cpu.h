// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual processor, and the one lock of the kernel: who runs kernel code holds it, with EE off, until it returns to a program
// or cedes. A processor that waits for it while the partition is about to be suspended joins instead of spinning.
#include "kernel/device_tree.h"
#include "kernel/offsets.h"
#include "lib/types.h"

namespace nomad {

struct Process;

struct alignas(128) Cpu {
  u64 saved_r10, saved_r11, saved_r12;  // vectors.S
  u64 kernel_stack;                     // where an exception from a program starts
  u64 kernel_msr;
  u64 table_of_contents;
  u64 rtas_stack, rtas_msr;             // entry.S
  u32 index;
  u32 server;                           // ibm,ppc-interrupt-server#s: the name that hypercalls and RTAS use
  u32 connector;                        // ibm,my-drc-index; 0 none
  bool present;
  bool online;
  bool idle;
  bool leaving;                         // it runs nothing any more, and stops itself
  Process* current;
  Process* idle_process;
  u64 user_segments[32];                // by SLB index: effective segment | 1
  u32 next_segment;
  u64 next_tick;                        // time base
  u8 rest[CPU_BYTES - 8 * 8 - 16 - 2 * 8 - 32 * 8 - 2 * 8];
};

static_assert(sizeof(Cpu) == CPU_BYTES && __builtin_offsetof(Cpu, rtas_msr) == CPU_RTAS_MSR);

constexpr u32 cpu_limit = 8;
extern "C" Cpu cpus[cpu_limit];

inline Cpu& this_cpu() {
  Cpu* cpu;
  asm volatile("mr %0, 13" : "=r"(cpu));
  return *cpu;
}

void find_processors();
void start_processors();  // RTAS start-cpu; needs the MMU and the scheduler
u32 processors_online();

// Dynamic reconfiguration: a processor of the tree begins to run processes; another one stops, and its place is free.
bool add_processor(const tree::Node* node);
bool remove_processor(Cpu& cpu);
void leave_if_wanted();  // by the idle loop: stops this processor

void lock_kernel();
void unlock_kernel();
bool kernel_locked_by_us();

}  // namespace nomad
