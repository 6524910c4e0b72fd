#include "kernel/quiesce.h"

#include "kernel/cpu.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"

namespace nomad::quiesce {
namespace {

// Written with sequential consistency: other processors read these without the kernel lock.
u32 wanted = 0;
u32 done = 0;
u32 inside = 0;
i64 suspend_status = 0;

u32 load(const u32& word) { return __atomic_load_n(&word, __ATOMIC_SEQ_CST); }
void store(u32& word, u32 value) { __atomic_store_n(&word, value, __ATOMIC_SEQ_CST); }

// LoPAR 14.11.6.1: which processor is last, and gets H_CONTINUE, is the hypervisor's choice; any of us must be able to go on.
void join_until_done() {
  while (!load(done)) {
    const i64 status = hypercall(H_JOIN).status;
    if (status == H_SUCCESS) continue;  // prodded because it is over, or early: look at `done` again
    if (load(done)) break;
    suspend_status = status == H_CONTINUE ? rtas::call_once("ibm,suspend-me", nullptr, 0) : status;
    store(done, status == H_CONTINUE ? 1 : 2);
    for (const Cpu& cpu : cpus)
      if (cpu.online && cpu.index != this_cpu().index) hypercall(H_PROD, cpu.server);
  }
}

}  // namespace

bool requested() { return load(wanted); }

void join() {
  __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  join_until_done();
  __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  // Not back to the lock before the holder has seen everybody leave, or a second suspension could find us in the first.
  while (requested()) hypercall(H_CONFER, ~0ul, 0), relax();
}

Outcome suspend() {
  store(done, 0);
  store(wanted, 1);
  interrupts::poke_others();
  // A processor in H_JOIN cannot take the IPI; it is there already. One in a program or ceded takes it and comes to the lock.
  while (load(inside) + 1 < processors_online()) hypercall(H_CONFER, ~0ul, 0), relax();
  join_until_done();
  while (load(inside)) hypercall(H_CONFER, ~0ul, 0), relax();
  store(wanted, 0);
  return {static_cast<i32>(suspend_status), load(done) == 1};
}

}  // namespace nomad::quiesce
