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

u32 online_count = 1;
u32 owner = 0;  // processor index + 1
alignas(16) u8 idle_stacks[cpu_limit][8192];

bool try_take(u32 self) {
  u32 expected = 0;
  return __atomic_compare_exchange_n(&owner, &expected, self, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

// One cell per hardware thread; without the property `reg` is the only thread's number.
const tree::Property* servers_of(const tree::Node* node) {
  const tree::Property* servers = tree::property(node, "ibm,ppc-interrupt-server#s");
  return servers ? servers : tree::property(node, "reg");
}

// The first free place; nullptr when there are more than we use.
Cpu* take_place(const tree::Node* node, u32 server) {
  for (u32 i = 0; i < cpu_limit; i++) {
    Cpu& cpu = cpus[i];
    if (cpu.present) continue;
    cpu.index = i;
    cpu.server = server;
    cpu.connector = static_cast<u32>(tree::number(node, "ibm,my-drc-index", 0));
    cpu.present = true;
    cpu.online = cpu.idle = cpu.leaving = false;
    cpu.table_of_contents = cpus[0].table_of_contents;
    if (i) cpu.kernel_stack = reinterpret_cast<u64>(idle_stacks[i] + sizeof idle_stacks[0]);
    return &cpu;
  }
  return nullptr;
}

bool start(Cpu& cpu) {
  constexpr u64 real_mode_msr = MSR_SF | MSR_ME | MSR_RI;  // until it has turned translation on
  cpu.kernel_msr = real_mode_msr;
  if (rtas::call("start-cpu", cpu.server, static_cast<u32>(real_of(secondary_start)), cpu.index) != 0) return false;
  // It announces itself before it wants the kernel lock, which we hold.
  const u64 deadline = clock::after_milliseconds(10000);
  while (!__atomic_load_n(&cpu.online, __ATOMIC_ACQUIRE) && timebase() < deadline) hypercall(H_CONFER, cpu.server, 0), relax();
  if (cpu.online) online_count++;
  return cpu.online;
}

}  // namespace

void find_processors() {
  for (tree::Node* node = tree::next_of_type(nullptr, "cpu"); node; node = tree::next_of_type(node, "cpu")) {
    const tree::Property* servers = servers_of(node);
    for (u32 i = 0; servers && (i + 1) * 4 <= servers->length; i++) take_place(node, tree::cell(servers, i));
  }
  cpus[0].online = true;
}

void start_processors() {
  for (Cpu& cpu : cpus)
    if (cpu.present && !cpu.online) start(cpu);
}

// SIMPLIFIED: processors that come later have one thread.
bool add_processor(const tree::Node* node) {
  const tree::Property* servers = servers_of(node);
  Cpu* cpu = servers && servers->length == 4 ? take_place(node, tree::cell(servers, 0)) : nullptr;
  if (!cpu) return false;
  prepare_idle_process(*cpu);
  if (start(*cpu)) return true;
  cpu->present = false;
  return false;
}

bool remove_processor(Cpu& cpu) {
  enum Stopped : u32 { stopped = 0 };
  if (cpu.index == 0) return false;
  if (cpu.online) {
    cpu.leaving = true;
    if (&cpu != &this_cpu()) interrupts::poke(cpu.index);
  }
  while (cpu.online) sleep_until(clock::after_milliseconds(1));
  for (const u64 deadline = clock::after_milliseconds(5000); timebase() < deadline; sleep_until(clock::after_milliseconds(1))) {
    u32 state = ~0u;
    if (rtas::call("query-cpu-stopped-state", &cpu.server, 1, &state, 1) == 0 && state == stopped) {
      cpu.present = false;
      return true;
    }
  }
  return false;
}

void leave_if_wanted() {
  Cpu& cpu = this_cpu();
  if (!cpu.leaving) return;
  clock::disarm();
  interrupts::stop_processor();
  cpu.leaving = cpu.idle = cpu.online = false;
  online_count--;
  rtas::stop_self();
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
