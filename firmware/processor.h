// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual processor as the hypervisor keeps it: the engine, whether it may be dispatched, and the areas that the guest
// registered for it. Only the partition's dispatcher touches it, except where atomic.

#include <atomic>
#include <memory>

#include "cpu/cpu.h"
#include "emu/core/archive.h"

namespace firmware {

enum class RunState : u8 {
  stopped = 1,  // not started by RTAS start-cpu, or stopped by stop-self
  running,
  ceded,      // H_CEDE: until an interrupt or an H_PROD
  joined,     // H_JOIN: until an H_PROD
  suspended,  // inside ibm,suspend-me
};

struct ProcessorState {
  RunState run = RunState::stopped;
  bool prodded = false;
  u64 vpa = 0;  // real addresses; 0: not registered
  u64 slb_shadow = 0;
  u64 slb_shadow_bytes = 0;
  u64 dispatch_log = 0;
  u64 dispatch_log_bytes = 0;
  u64 suspend_answer = 0;  // where ibm,suspend-me's status belongs
  u64 used = 0;            // nanoseconds of a host's processor; of shared ones, the PURR
  bool operator==(const ProcessorState&) const = default;
};

struct Processor {
  u32 number = 0;                  // interrupt server number
  std::atomic<bool> there{false};  // the partition has it
  std::unique_ptr<cpu::Cpu> cpu;
  ProcessorState state;
  u64 dispatches = 0;
  std::atomic<bool> reset_asked{false};  // before its next instruction
};

void archive(emu::Archive&, ProcessorState&);

class Partition;
// A system reset of a processor that does not run, to which r3 is to be shown: what it then has in r3. On the dispatcher.
u64 reset_processor(Partition&, Processor&, u64 r3);

}  // namespace firmware
