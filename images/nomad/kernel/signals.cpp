// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/signals.h"

#include "kernel/machine.h"

namespace nomad::signals {
namespace {

constexpr u64 bit(u32 signal) { return 1ul << (signal & 63); }

}  // namespace

bool send(Process& process, u32 signal) {
  if (process.kernel_thread || signal == 0 || signal >= signal_count) return false;
  if (signal == SIGKILL || (signal == SIGTERM && !process.handlers[SIGTERM])) {
    process.killed = true;
    interrupt_wait(process);
    return true;
  }
  if (!process.handlers[signal]) return false;
  process.signals |= bit(signal);
  if (!process.in_handler) interrupt_wait(process);
  return true;
}

bool pending(const Process& process) { return process.killed || (process.signals && !process.in_handler); }

// The interrupted registers are kept on the program's own stack; the handler gets r3 = signal, r4 = where that is, and the runtime's
// trampoline ends with signal_return. Handlers do not nest and must not use floating point or vectors.
void deliver(Process& process, SavedRegisters& registers) {
  if (process.in_handler || !process.signals) return;
  const u32 signal = static_cast<u32>(__builtin_ctzl(process.signals));
  process.signals &= ~bit(signal);
  const u64 saved = ((registers.gpr[1] - RED_ZONE - sizeof(SavedRegisters)) & ~15ul);
  if (!process.space.copy_out(saved, &registers, sizeof(SavedRegisters))) {
    process.killed = true;
    return;
  }
  process.in_handler = true;
  registers.gpr[1] = saved - 128;
  registers.gpr[3] = signal;
  registers.gpr[4] = saved;
  registers.gpr[12] = process.handlers[signal];
  registers.nip = process.handlers[0];  // the trampoline; it calls the handler in r12
}

bool restore(Process& process, SavedRegisters& registers) {
  SavedRegisters saved;
  if (!process.in_handler || !process.space.copy_in(&saved, registers.gpr[3], sizeof saved)) return false;
  const u64 facilities = registers.msr;  // FP and VEC stay as they are: the registers were not touched
  registers = saved;
  registers.msr = facilities;
  process.in_handler = false;
  return true;
}

void process_ends(Process& process) {
  process.signals = 0;
  process.dr_answered = true;
}

}  // namespace nomad::signals
