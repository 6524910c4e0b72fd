// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/panic.h"

#include "drivers/vty.h"
#include "kernel/cpu.h"
#include "kernel/hypercall.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad {
namespace {

// The ABI's back chain: each function's stack area begins with the address of its caller's, which keeps the return address at +16.
void show_callers() {
  char line[64];
  u64 area;
  asm volatile("mr %0, 1" : "=r"(area));
  for (u32 depth = 0; depth < 16 && area >= kernel_base && area % 8 == 0; depth++) {
    const u64* words = pointer<u64>(real_of(reinterpret_cast<const void*>(area)));
    format(line, sizeof line, "  0x%lx\n", words[2]);
    vty::put_now(line);
    if (words[0] <= area) return;
    area = words[0];
  }
}

}  // namespace

void panic(const char* pattern, ...) {
  static bool again = false;
  static char message[256];
  interrupts_off();
  if (!again) {
    again = true;
    __builtin_va_list arguments;
    __builtin_va_start(arguments, pattern);
    format_list(message, sizeof message, pattern, arguments);
    __builtin_va_end(arguments);
    vty::put_now("\nnomad: panic: ");
    vty::put_now(message);
    vty::put_now("\n");
    show_callers();
    if (rtas::present("ibm,extended-os-term")) rtas::call("ibm,os-term", static_cast<u32>(real_of(message)));
    rtas::call("power-off", ~0u, ~0u);
  }
  for (;;) hypercall(H_CEDE), interrupts_off();
}

}  // namespace nomad

extern "C" [[noreturn]] void system_reset_panic() { nomad::panic("system reset on processor %u", nomad::this_cpu().index); }
