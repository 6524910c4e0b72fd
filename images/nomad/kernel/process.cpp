// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/process.h"

#include "drivers/disks.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/files.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/network.h"
#include "kernel/pages.h"
#include "kernel/panic.h"
#include "kernel/programs.h"
#include "kernel/segments.h"
#include "kernel/signals.h"
#include "kernel/volumes.h"
#include "lib/text.h"

extern "C" {
void switch_stacks(nomad::u64* save, nomad::u64 next);
void floating_save(void*);
void floating_restore(const void*);
void vector_save(void*);
void vector_restore(const void*);
extern char process_start[], thread_start[];
}

namespace nomad {

constinit Process processes[process_limit] = {};

namespace {

// In the image, because exceptions save registers in real mode: stacks must lie in the real mode area.
constexpr u64 stack_bytes = 16384;
alignas(4096) u8 stacks[process_limit][stack_bytes];
constinit Process idle_processes[cpu_limit] = {};

Process* ready_first = nullptr;
Process* ready_last = nullptr;
u32 next_pid = 1;

constexpr u64 user_msr = MSR_SF | MSR_EE | MSR_PR | MSR_ME | MSR_IR | MSR_DR | MSR_RI;

SavedRegisters& registers_of(Process& process) { return *reinterpret_cast<SavedRegisters*>(process.kernel_stack_top - SAVED_BYTES); }

void make_ready(Process& process) {
  process.state = Process::State::ready;
  process.next_ready = nullptr;
  (ready_last ? ready_last->next_ready : ready_first) = &process;
  ready_last = &process;
  for (Cpu& cpu : cpus)
    if (cpu.idle && !cpu.leaving && cpu.index != this_cpu().index) {
      cpu.idle = false;  // one poke is enough
      interrupts::poke(cpu.index);
      return;
    }
}

Process* next_ready() {
  Process* process = ready_first;
  if (process) {
    ready_first = process->next_ready;
    if (!ready_first) ready_last = nullptr;
  }
  return process;
}

// Whoever leaves the processor leaves its registers in memory, so that it may continue on another processor.
void save_facilities(Process& process) {
  if (process.kernel_thread) return;
  transactions::save(process.transactions);
  SavedRegisters& registers = registers_of(process);
  if (registers.msr & (MSR_FP | MSR_VEC)) {
    const u64 msr = read_msr();
    write_msr(msr | (registers.msr & (MSR_FP | MSR_VEC)));
    if (registers.msr & MSR_FP) floating_save(&process.floating);
    if (registers.msr & MSR_VEC) vector_save(&process.vector);
    write_msr(msr);
    registers.msr &= ~static_cast<u64>(MSR_FP | MSR_VEC);
  }
}

void switch_to(Process& next) {
  Cpu& cpu = this_cpu();
  Process& previous = *cpu.current;
  if (&next == &previous) {
    next.state = Process::State::running;
    return;
  }
  const u64 now = timebase();
  previous.run_time += now - previous.run_started;
  next.run_started = now;
  if (previous.state != Process::State::unused) save_facilities(previous);
  if (!next.kernel_thread) transactions::restore(next.transactions);
  segments::forget_user();
  next.state = Process::State::running;
  next.processor = cpu.index;
  cpu.current = &next;
  cpu.kernel_stack = next.kernel_stack_top;
  clock::arm_tick();
  switch_stacks(&previous.kernel_stack_pointer, next.kernel_stack_pointer);
}

void schedule() {
  Process* next = this_cpu().leaving ? nullptr : next_ready();
  switch_to(next ? *next : *this_cpu().idle_process);
}

Process* allocate_process() {
  for (u32 i = 0; i < process_limit; i++)
    if (processes[i].state == Process::State::unused) {
      Process& process = processes[i];
      memset(&process, 0, sizeof process);
      process.kernel_stack_top = reinterpret_cast<u64>(stacks[i]) + stack_bytes;
      process.pid = next_pid++;
      return &process;
    }
  return nullptr;
}

// The stack as switch_stacks would have left it, so that the first switch "returns" to `start` with r1 = top.
void prepare_stack(Process& process, const char* start, u64 r14, u64 r15) {
  const u64 top = process.kernel_stack_top - SAVED_TOTAL;
  auto* header = reinterpret_cast<u64*>(top);
  header[0] = 0;
  header[1] = 0;
  header[2] = reinterpret_cast<u64>(start);
  auto* saved = reinterpret_cast<u64*>(top - SWITCH_AREA);
  memset(saved, 0, SWITCH_AREA);
  saved[4] = r14;
  saved[5] = r15;
  process.kernel_stack_pointer = top - SWITCH_AREA;
}

void release(Process& process) {
  if (process.capture) pages::release(real_of(process.capture));
  process.capture = nullptr;
  process.state = Process::State::unused;
}

}  // namespace

Process& current() { return *this_cpu().current; }

void reap(Process& process) { release(process); }

Process* find_process(u32 pid) {
  for (Process& process : processes)
    if (process.state != Process::State::unused && process.pid == pid) return &process;
  return nullptr;
}

void start_scheduler() {
  for (Cpu& cpu : cpus)
    if (cpu.present) prepare_idle_process(cpu);
}

void prepare_idle_process(Cpu& cpu) {
  Process& idle = idle_processes[cpu.index];
  idle.state = Process::State::running;
  idle.kernel_thread = true;
  idle.kernel_stack_top = cpu.kernel_stack;
  copy_text(idle.name, sizeof idle.name, "idle");
  cpu.idle_process = &idle;
  cpu.current = &idle;
}

void idle_loop() {
  Cpu& cpu = this_cpu();
  for (;;) {
    leave_if_wanted();
    if (ready_first) {
      schedule();
      continue;
    }
    clock::arm_idle(earliest_deadline());
    cpu.idle = true;
    unlock_kernel();
    hypercall(H_CEDE);  // comes back with EE on, after a pending interrupt has been taken
    interrupts_off();
    lock_kernel();
    cpu.idle = false;
  }
}

i64 spawn(const char* line, u64 flags, bool root, u32 parent) {
  const char* rest = line;
  char word[64];
  do
    if (!next_word(rest, word, sizeof word)) return Error::no_such_thing;
  while (find(word, '='));
  const programs::Program* program = programs::find(word);
  // A script: the shell of its language runs it.
  char script_line[sizeof Process::arguments];
  if (!program && files::exists(word)) {
    const u64 before = static_cast<u64>(rest - line) - strlen(word);
    copy_text(script_line, before + 1 < sizeof script_line ? before + 1 : sizeof script_line, line);
    format(script_line + before, sizeof script_line - before, "ksh %s%s", word, rest);
    line = script_line;
    program = programs::find("ksh");
  }
  if (!program) return Error::no_such_thing;
  Process* process = allocate_process();
  if (!process) return Error::try_again;
  process->root = root && !(flags & spawn_without_authority);
  process->parent = parent;
  const char* base = word;
  for (const char* at = word; *at; at++)
    if (*at == '/' && at[1]) base = at + 1;
  copy_text(process->name, sizeof process->name, base);
  copy_text(process->arguments, sizeof process->arguments, line);
  u64 entry = 0;
  if (!process->space.create() || !programs::load(*program, process->space, entry) ||
      ((flags & spawn_capture) && !(process->capture = static_cast<char*>(pages::allocate_contiguous(1))))) {
    process->space.destroy();
    process->state = Process::State::unused;
    return Error::no_memory;
  }
  // The command line lies at the top of the stack; r3 points to it.
  const u64 text = AddressSpace::stack_top - sizeof process->arguments;
  if (!process->space.copy_out(text, process->arguments, sizeof process->arguments)) {
    process->space.destroy();
    release(*process);
    return Error::no_memory;
  }
  SavedRegisters& registers = registers_of(*process);
  memset(&registers, 0, sizeof registers);
  registers.gpr[1] = text - 128;
  registers.gpr[3] = text;
  registers.gpr[12] = entry;
  registers.nip = entry;
  registers.msr = user_msr | transactions::user_msr();
  prepare_stack(*process, process_start, 0, 0);
  make_ready(*process);
  return process->pid;
}

Process* start_thread(const char* name, void (*function)(void*), void* argument) {
  Process* process = allocate_process();
  if (!process) panic("no room for kernel thread %s", name);
  process->kernel_thread = true;
  process->root = true;
  copy_text(process->name, sizeof process->name, name);
  prepare_stack(*process, thread_start, reinterpret_cast<u64>(function), reinterpret_cast<u64>(argument));
  make_ready(*process);
  return process;
}

extern "C" void thread_end() { exit_process(0); }

void exit_process(i32 status) {
  Process& process = current();
  process.status = status;
  process.space.destroy();
  signals::process_ends(process);
  network::close_all(process.pid);
  if (!process.kernel_thread) {
    disks::close_all(static_cast<u32>(&process - processes));
    volumes::close_all(static_cast<u32>(&process - processes));
  }
  const Process* parent = find_process(process.parent);
  // Children of an ended process have nobody who would wait for them.
  for (Process& child : processes) {
    if (child.state == Process::State::unused || child.parent != process.pid) continue;
    child.parent = 0;
    if (child.state == Process::State::zombie) release(child);
  }
  process.run_time += timebase() - process.run_started;
  process.run_started = timebase();
  if (parent && parent->state != Process::State::zombie)
    process.state = Process::State::zombie;
  else
    release(process);
  wake(&process);
  wake(&processes);
  schedule();
  panic("an ended process ran again");
}

Wake wait_on(const void* channel, u64 deadline, bool interruptible) {
  Process& process = current();
  if (interruptible && signals::pending(process)) return Wake::signal;
  process.channel = channel;
  process.deadline = deadline;
  process.interruptible = interruptible;
  process.timed_out = false;
  process.wait_ended_by_signal = false;
  process.state = Process::State::waiting;
  schedule();
  process.channel = nullptr;
  process.deadline = 0;
  if (process.wait_ended_by_signal) return Wake::signal;
  return process.timed_out ? Wake::time_out : Wake::event;
}

Wake sleep_until(u64 deadline, bool interruptible) {
  static const char sleepers = 0;
  return wait_on(&sleepers, deadline ? deadline : 1, interruptible);
}

void wake(const void* channel) {
  for (Process& process : processes)
    if (process.state == Process::State::waiting && process.channel == channel) make_ready(process);
}

void wake_expired(u64 now) {
  for (Process& process : processes)
    if (process.state == Process::State::waiting && process.deadline && now >= process.deadline) {
      process.timed_out = true;
      make_ready(process);
    }
}

u64 earliest_deadline() {
  u64 earliest = 0;
  for (const Process& process : processes)
    if (process.state == Process::State::waiting && process.deadline && (!earliest || process.deadline < earliest))
      earliest = process.deadline;
  return earliest;
}

void signals::interrupt_wait(Process& process) {
  if (process.state != Process::State::waiting || !process.interruptible) return;
  process.wait_ended_by_signal = true;
  make_ready(process);
}

void yield() {
  make_ready(current());
  schedule();
}

bool others_ready() { return ready_first || this_cpu().leaving; }

void floating_unavailable(SavedRegisters& registers) {
  Process& process = current();
  const u64 msr = read_msr();
  write_msr(msr | MSR_FP);
  floating_restore(&process.floating);
  write_msr(msr);
  registers.msr |= MSR_FP;
}

void vector_unavailable(SavedRegisters& registers) {
  Process& process = current();
  const u64 msr = read_msr();
  write_msr(msr | MSR_VEC);
  vector_restore(&process.vector);
  write_msr(msr);
  registers.msr |= MSR_VEC;
}

}  // namespace nomad
