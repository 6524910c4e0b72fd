// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/interrupts.h"

#include "kernel/cpu.h"
#include "kernel/hypercall.h"
#include "kernel/rtas.h"

namespace nomad::interrupts {
namespace {

constexpr u32 ipi_source = 2;
constexpr u64 ipi_priority = 4, device_priority = 5, allow_all = 0xFF;

struct Source {
  u32 number;
  Handler handler;
  void* argument;
};
Source sources[24];
u32 source_count = 0;

}  // namespace

void start_processor() {
  hypercall(H_CPPR, allow_all);
  hypercall(H_IPI, this_cpu().server, allow_all);  // no IPI pending
}

void stop_processor() {
  hypercall(H_CPPR, 0);
  hypercall(H_IPI, this_cpu().server, allow_all);
}

u32 number_of(const tree::Node* node) { return tree::cell(tree::property(node, "interrupts"), 0); }

bool connect(u32 number, Handler handler, void* argument) {
  if (!number || source_count == sizeof sources / sizeof *sources) return false;
  sources[source_count++] = {number, handler, argument};
  return rtas::call("ibm,set-xive", number, cpus[0].server, device_priority) == 0 && rtas::call("ibm,int-on", number) == 0;
}

void disconnect(u32 number) {
  for (u32 i = 0; i < source_count; i++)
    if (sources[i].number == number) {
      rtas::call("ibm,int-off", number);
      sources[i] = sources[--source_count];
      return;
    }
}

void serve() {
  for (;;) {
    const u64 xirr = hypercall(H_XIRR).out[0] & 0xFFFFFFFF;
    const u32 number = xirr & 0xFFFFFF;
    if (number == 0) return;
    if (number == ipi_source) {
      hypercall(H_IPI, this_cpu().server, allow_all);
    } else {
      for (u32 i = 0; i < source_count; i++)
        if (sources[i].number == number) sources[i].handler(sources[i].argument);
    }
    hypercall(H_EOI, xirr);
  }
}

void hold() { hypercall(H_CPPR, 0); }
void release() { hypercall(H_CPPR, allow_all); }

void poke(u32 processor) { hypercall(H_IPI, cpus[processor].server, ipi_priority); }

void poke_others() {
  for (const Cpu& cpu : cpus)
    if (cpu.online && cpu.index != this_cpu().index) poke(cpu.index);
}

}  // namespace nomad::interrupts
