#include "kernel/panic.h"

#include "drivers/vty.h"
#include "kernel/cpu.h"
#include "kernel/hypercall.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad {

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
    if (rtas::present("ibm,extended-os-term")) rtas::call("ibm,os-term", static_cast<u32>(real_of(message)));
    rtas::call("power-off", ~0u, ~0u);
  }
  for (;;) hypercall(H_CEDE), interrupts_off();
}

}  // namespace nomad

extern "C" [[noreturn]] void system_reset_panic() { nomad::panic("system reset on processor %u", nomad::this_cpu().index); }
