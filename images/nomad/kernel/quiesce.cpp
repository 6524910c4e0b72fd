// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/quiesce.h"

#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"

namespace nomad::quiesce {
namespace {

// Written with sequential consistency: other processors read these without the kernel lock. Every suspension is a round with a
// number of its own, so that a processor which is slow to leave one cannot mistake the next for it.
u32 round_wanted = 0;    // 0 none
u32 round_finished = 0;
u32 last_round = 0;
u32 inside = 0;
i64 final_status = 0;
bool every_join_good = false;

u32 load(const u32& word) { return __atomic_load_n(&word, __ATOMIC_SEQ_CST); }
void store(u32& word, u32 value) { __atomic_store_n(&word, value, __ATOMIC_SEQ_CST); }

// LoPAR 14.11.5.1: which processor is last, and gets H_CONTINUE, is the hypervisor's choice; any of us must be able to go on.
void join_until_finished(u32 round) {
  // Nothing may be pending that the processor cannot take with EE off: QEMU 7.2 would deliver it in spite of that, and any hypervisor
  // may let a pending interrupt end H_JOIN early, again and again.
  interrupts::hold();
  clock::disarm();
  while (load(round_finished) != round) {
    const i64 status = hypercall(H_JOIN).status;
    if (status == H_SUCCESS) continue;  // prodded because it is over, or too early: look again
    if (load(round_finished) == round) break;
    every_join_good = status == H_CONTINUE;
    final_status = every_join_good ? rtas::call_once("ibm,suspend-me", nullptr, 0) : status;
    store(round_finished, round);
    for (const Cpu& cpu : cpus)
      if (cpu.online && cpu.index != this_cpu().index) hypercall(H_PROD, cpu.server);
  }
  clock::arm_tick();
  interrupts::release();
}

}  // namespace

bool requested() { return load(round_wanted) != 0; }

void join() {
  const u32 round = load(round_wanted);
  if (!round) return;
  __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  join_until_finished(round);
  __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  while (load(round_wanted) == round) hypercall(H_CONFER, ~0ul, 0), relax();
}

Outcome suspend() {
  const u32 round = ++last_round;
  store(round_wanted, round);
  interrupts::poke_others();
  // A processor in a program, or ceded, takes the IPI and comes to the lock; one that waits for the lock sees the round.
  while (load(inside) + 1 < processors_online()) hypercall(H_CONFER, ~0ul, 0), relax();
  join_until_finished(round);
  while (load(inside)) hypercall(H_CONFER, ~0ul, 0), relax();
  store(round_wanted, 0);
  return {static_cast<i32>(final_status), every_join_good};
}

}  // namespace nomad::quiesce
