// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Processes and kernel threads, one table, one ready queue. Kernel code is never preempted; programs are, at the tick and when an
// interrupt made something else ready.
#include "kernel/address_space.h"
#include "kernel/saved_registers.h"
#include "kernel/transactions.h"
#include "lib/abi.h"
#include "lib/types.h"

namespace nomad {

struct Cpu;

struct alignas(16) FloatingState {
  u64 floating[34];  // 32 registers and the FPSCR
};
struct alignas(16) VectorState {
  u8 vector[544];  // 32 registers, VSCR, VRSAVE
};

struct Process {
  enum class State : u8 { unused, ready, running, waiting, zombie };
  State state;
  bool kernel_thread;
  bool root;
  bool killed;
  bool wait_ended_by_signal;
  bool timed_out;
  bool interruptible;
  bool in_handler;
  bool dr_answered;
  bool dr_refused;
  u32 pid;
  u32 parent;
  u32 processor;
  i32 status;
  u64 kernel_stack_pointer;  // while not running
  u64 kernel_stack_top;
  const void* channel;
  u64 deadline;              // time base; 0 none
  Process* next_ready;
  u64 run_started, run_time;  // time base
  u64 signals;
  u64 handlers[signal_count];
  char* capture;             // one page for captured output
  u64 captured;
  char name[20];
  char arguments[command_line_bytes];
  AddressSpace space;
  FloatingState floating;
  VectorState vector;
  transactions::State transactions;
};

constexpr u32 process_limit = 40;
extern Process processes[process_limit];

Process& current();
Process* find_process(u32 pid);

void start_scheduler();         // the caller becomes the idle process of processor 0
void prepare_idle_process(Cpu& cpu);
[[noreturn]] void idle_loop();

// A program of the image. The line is "[NAME=value ...] program arguments". Negative result = Error.
i64 spawn(const char* line, u64 flags, bool root, u32 parent);
Process* start_thread(const char* name, void (*function)(void*), void* argument);
[[noreturn]] void exit_process(i32 status);
void reap(Process& process);    // a zombie whose status has been read

enum class Wake { event, time_out, signal };
Wake wait_on(const void* channel, u64 deadline = 0, bool interruptible = false);
Wake sleep_until(u64 deadline, bool interruptible = false);
void wake(const void* channel);
void wake_expired(u64 now);
u64 earliest_deadline();

void yield();                   // current goes to the end of the ready queue
bool others_ready();

void floating_unavailable(SavedRegisters& registers);
void vector_unavailable(SavedRegisters& registers);

}  // namespace nomad
