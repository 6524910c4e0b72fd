// SPDX-License-Identifier: GPL-2.0-or-later
// From the first C++ instruction to the shell. Order matters: the tree first (its place in memory is not ours to keep), then
// everything the MMU needs, then the scheduler, then devices, each of which may wait.
#include "drivers/vty.h"
#include "kernel/boot_arguments.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/devices.h"
#include "kernel/hash_table.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/kernel_map.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "kernel/rtas.h"
#include "kernel/segments.h"
#include "kernel/shutdown.h"
#include "kernel/transactions.h"
#include "lib/text.h"

extern "C" void enable_translation(nomad::u64 msr);

namespace nomad {
namespace {

// POWER9 and later can also translate with radix trees, and must be told that this system uses the hashed table. (LoPAR 14.13.2.3)
void choose_hashed_table() {
  constexpr u64 new_table = 0x10;
  const u64 version = read_spr<spr_pvr>() >> 16;
  if (version >= 0x4E) hypercall(H_REGISTER_PROC_TBL, new_table, 0, 0, 0);
}

void run_boot_programs() {
  char list[256];
  if (!boot_arguments::value("run", list, sizeof list)) copy_text(list, sizeof list, "rmcd;netd");
  for (char* at = list; *at;) {
    char* start = at;
    while (*at && *at != ';') at++;
    if (*at) *at++ = 0;
    const char* rest = start;
    char word[32];
    if (!next_word(rest, word, sizeof word)) continue;
    if (spawn(start, 0, true, 0) < 0) console_line("nomad: cannot run %s\n", start);
  }
}

// The first thread: it may wait, so drivers can shake hands with their partners.
void initialize(void*) {
  start_processors();
  devices::start();
  console_line("nomad: %u processors, %lu MiB, kernel pages of %lu KiB\n", processors_online(), pages::total() >> 20,
               kernel_map::page_size() >> 10);
  run_boot_programs();
  while (!shutdown::under_way()) {
    const i64 shell = spawn("shell", 0, true, current().pid);
    if (shell < 0) {
      console_line("nomad: cannot run shell (%ld)\n", shell);
      return;
    }
    while (Process* process = find_process(static_cast<u32>(shell))) {
      if (process->state == Process::State::zombie) {
        reap(*process);
        break;
      }
      wait_on(process);
    }
  }
}

}  // namespace

extern "C" void kernel_main(const void* flattened_tree) {
  tree::read(flattened_tree);
  rtas::start();
  vty::start();
  vty::put_now("\nnomad 1.0\n");
  clock::start();
  find_processors();
  transactions::start();
  choose_hashed_table();
  hash_table::start();
  pages::start();
  kernel_map::start();
  segments::start();
  segments::start_processor();
  constexpr u64 kernel_msr = MSR_SF | MSR_ME | MSR_IR | MSR_DR | MSR_RI;
  this_cpu().kernel_msr = kernel_msr;
  enable_translation(kernel_msr);
  interrupts::start_processor();
  clock::read_time_of_day();
  start_scheduler();
  lock_kernel();
  vty::start_interrupts();
  start_thread("initialize", initialize, nullptr);
  idle_loop();
}

}  // namespace nomad
