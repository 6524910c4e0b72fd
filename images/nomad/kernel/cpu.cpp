// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/cpu.h"

#include "kernel/clock.h"
#include "kernel/device_tree.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/process.h"
#include "kernel/quiesce.h"
#include "kernel/rtas.h"
#include "kernel/segments.h"

extern "C" {
extern char secondary_start[];
void enable_translation(nomad::u64 msr);
}

namespace nomad {

Cpu cpus[cpu_limit];

namespace {

constexpr u64 kernel_msr_on = MSR_SF | MSR_ME | MSR_IR | MSR_DR | MSR_RI;

u32 cpu_count = 0;
u32 online_count = 1;
u32 owner = 0;  // processor index + 1
alignas(16) u8 idle_stacks[cpu_limit][8192];

bool try_take(u32 self) {
  u32 expected = 0;
  return __atomic_compare_exchange_n(&owner, &expected, self, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

}  // namespace

void find_processors() {
  for (tree::Node* node = tree::next_of_type(nullptr, "cpu"); node; node = tree::next_of_type(node, "cpu")) {
    // One cell per hardware thread; without the property `reg` is the only thread's number.
    const tree::Property* servers = tree::property(node, "ibm,ppc-interrupt-server#s");
    if (!servers) servers = tree::property(node, "reg");
    for (u32 i = 0; servers && (i + 1) * 4 <= servers->length && cpu_count < cpu_limit; i++) {
      Cpu& cpu = cpus[cpu_count];
      cpu.index = cpu_count++;
      cpu.server = tree::cell(servers, i);
      cpu.table_of_contents = cpus[0].table_of_contents;
      if (cpu.index) cpu.kernel_stack = reinterpret_cast<u64>(idle_stacks[cpu.index] + sizeof idle_stacks[0]);
      cpu.kernel_msr = cpus[0].kernel_msr;
    }
  }
  cpus[0].online = true;
}

void start_processors() {
  for (u32 i = 1; i < cpu_count; i++) {
    Cpu& cpu = cpus[i];
    const i32 status = rtas::call("start-cpu", cpu.server, static_cast<u32>(real_of(secondary_start)), i);
    if (status != 0) continue;
    // It announces itself before it wants the kernel lock, which we hold.
    const u64 deadline = clock::after_milliseconds(2000);
    while (!__atomic_load_n(&cpu.online, __ATOMIC_ACQUIRE) && timebase() < deadline) hypercall(H_CONFER, cpu.server, 0), relax();
    if (cpu.online) online_count++;
  }
}

u32 processors_online() { return online_count; }

void lock_kernel() {
  const u32 self = this_cpu().index + 1;
  for (u32 tries = 0; !try_take(self);) {
    if (quiesce::requested()) quiesce::join();
    relax();
    // Virtual processors may share one physical processor: give the time to whoever holds the lock.
    if (++tries % 64 == 0) hypercall(H_CONFER, ~0ul, 0);
  }
}

bool kernel_locked_by_us() { return __atomic_load_n(&owner, __ATOMIC_RELAXED) == this_cpu().index + 1; }

void unlock_kernel() { __atomic_store_n(&owner, 0, __ATOMIC_RELEASE); }

extern "C" void secondary_main() {
  Cpu& cpu = this_cpu();
  segments::start_processor();
  cpu.kernel_msr = kernel_msr_on;
  enable_translation(kernel_msr_on);
  interrupts::start_processor();
  __atomic_store_n(&cpu.online, true, __ATOMIC_RELEASE);
  lock_kernel();
  idle_loop();
}

}  // namespace nomad
