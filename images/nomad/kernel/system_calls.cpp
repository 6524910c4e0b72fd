// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/system_calls.h"

#include "kernel/clock.h"

namespace nomad::system_calls {
namespace {

using Handler = i64 (*)(Call&);

constexpr Handler handlers[] = {
#define X(name) name,
    NOMAD_SYSTEM_CALLS(X)
#undef X
};

}  // namespace

u64 deadline_of(u64 milliseconds) {
  return static_cast<i64>(milliseconds) < 0 ? 0 : clock::after_milliseconds(milliseconds > 86400000 ? 86400000 : milliseconds);
}

void serve(SavedRegisters& registers) {
  const u64 number = registers.gpr[0];
  if (number >= static_cast<u64>(SystemCall::count)) {
    registers.gpr[3] = static_cast<u64>(Error::not_supported);
    return;
  }
  Call call{current(), registers};
  const i64 result = handlers[number](call);
  // signal_return puts all old registers back; r3 is one of them.
  if (number != static_cast<u64>(SystemCall::signal_return)) registers.gpr[3] = static_cast<u64>(result);
}

}  // namespace nomad::system_calls
