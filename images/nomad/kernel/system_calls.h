// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// System calls: one handler per name of NOMAD_SYSTEM_CALLS.
#include "kernel/process.h"

namespace nomad::system_calls {

// The caller's arguments, and its memory through checked copies.
struct Call {
  Process& process;
  SavedRegisters& registers;
  u64 argument(u32 index) const { return registers.gpr[3 + index]; }
  template <class T>
  bool give(u64 address, const T& value) const {
    return process.space.copy_out(address, &value, sizeof value);
  }
  template <class T>
  bool take(u64 address, T& value) const {
    return process.space.copy_in(&value, address, sizeof value);
  }
};

void serve(SavedRegisters& registers);

#define X(name) i64 name(Call& call);
NOMAD_SYSTEM_CALLS(X)
#undef X

// Milliseconds, -1 = for ever, as a deadline for wait_on.
u64 deadline_of(u64 milliseconds);

}  // namespace nomad::system_calls
