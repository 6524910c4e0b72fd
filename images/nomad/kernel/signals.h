// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Signals of programs: kill, terminate, "judge yourself" (SIGUSR1) and SIGRECONFIG. A signal without handler is ignored, except
// SIGKILL and SIGTERM, which end the process.
#include "kernel/process.h"

namespace nomad::signals {

bool send(Process& process, u32 signal);          // false: nothing handles it
bool pending(const Process& process);
void deliver(Process& process, SavedRegisters& registers);     // on the way back to the program
bool restore(Process& process, SavedRegisters& registers);     // system call signal_return
void interrupt_wait(Process& process);
void process_ends(Process& process);

}  // namespace nomad::signals
