// SPDX-License-Identifier: GPL-2.0-or-later
// Everything that interrupts a program or the idle loop ends here, with translation on and EE off.
#include "drivers/vty.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/saved_registers.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/process.h"
#include "kernel/segments.h"
#include "kernel/signals.h"
#include "kernel/system_calls.h"

namespace nomad {
namespace {

enum Vector : u64 {
  machine_check = 0x200,
  data_storage = 0x300,
  data_segment = 0x380,
  instruction_storage = 0x400,
  instruction_segment = 0x480,
  external = 0x500,
  alignment = 0x600,
  program = 0x700,
  floating_point_unavailable = 0x800,
  decrementer = 0x900,
  doorbell = 0xA00,
  system_call = 0xC00,
  vector_unavailable_exception = 0xF20,
};

const char* name_of(u64 vector) {
  switch (vector) {
    case data_storage:
    case data_segment: return "data storage";
    case instruction_storage:
    case instruction_segment: return "instruction storage";
    case alignment: return "alignment";
    case program: return "program check";
    default: return "exception";
  }
}

void stop_program(const SavedRegisters& registers, u64 address) {
  Process& process = current();
  console_line("nomad: process %u (%s) ended by %s (0x%lx) at 0x%lx, address 0x%lx\n", process.pid, process.name,
               name_of(registers.vector), registers.vector, registers.nip, address);
  process.killed = true;
  process.status = 128 + SIGKILL;
}

constexpr u64 dsisr_store = 0x02000000;
constexpr u64 user_address_limit = 1ul << 43;

}  // namespace

// The last thing before a program continues.
extern "C" void leave_kernel(SavedRegisters* registers) {
  Process& process = current();
  if (process.killed) exit_process(process.status ? process.status : 128 + SIGKILL);
  signals::deliver(process, *registers);
  if (process.killed) exit_process(128 + SIGKILL);
  unlock_kernel();
}

extern "C" void handle_exception(SavedRegisters* registers) {
  const u64 vector = registers->vector;
  const u64 address = vector == data_storage || vector == data_segment || vector == alignment ? read_spr<spr_dar>() : registers->nip;
  const u64 dsisr = vector == data_storage ? read_spr<spr_dsisr>() : 0;
  const bool interrupt = vector == external || vector == decrementer || vector == doorbell;
  // In the kernel EE is on inside H_CEDE only, where the lock is free.
  if (!registers->from_user() && (!interrupt || kernel_locked_by_us()))
    panic("exception 0x%lx in the kernel at 0x%lx, address 0x%lx, dsisr 0x%lx, lr 0x%lx, r1 0x%lx, msr 0x%lx, processor %u", vector, registers->nip,
          address, dsisr, registers->lr, registers->gpr[1], registers->msr, this_cpu().index);

  // A segment is a matter of this processor and the process that runs on it: no lock.
  if ((vector == data_segment || vector == instruction_segment) && address < user_address_limit) {
    segments::enter_user(current().space.context(), address);
    return;
  }

  lock_kernel();
  bool may_switch = false;
  switch (vector) {
    case external:
      interrupts::serve();
      may_switch = true;
      break;
    case decrementer:
      clock::tick();
      may_switch = true;
      break;
    case doorbell: break;
    case data_storage:
      if (!current().space.fault(address, dsisr & dsisr_store)) stop_program(*registers, address);
      break;
    case instruction_storage:
      // SRR1 tells "no-execute" (0x10000000) from "not found" (0x40000000).
      if (registers->msr & 0x10000000 || !current().space.fault(address, false)) stop_program(*registers, address);
      break;
    case floating_point_unavailable: floating_unavailable(*registers); break;
    case vector_unavailable_exception: vector_unavailable(*registers); break;
    case system_call:
      system_calls::serve(*registers);
      break;
    case machine_check: panic("machine check at 0x%lx", registers->nip);
    default: stop_program(*registers, address);
  }
  if (!registers->from_user()) {
    unlock_kernel();
    return;
  }
  if (may_switch && others_ready()) yield();
  leave_kernel(registers);
}

}  // namespace nomad
