// SPDX-License-Identifier: GPL-2.0-or-later
// Virtual processors: areas, ceding, prodding, modes. (LoPAR 14.11, 14.5.4.3.5; docs/papr.md, Processors)
#include <random>

#include "firmware/boot.h"
#include "firmware/dispatcher.h"
#include "firmware/frame.h"
#include "firmware/hcall/handlers.h"
#include "firmware/processor_shares.h"

namespace firmware {

using namespace status;

namespace {

constexpr u64 vpa_bytes = 640;
constexpr u64 vpa_old_status = 9;
constexpr u8 vpa_shared = 2;
constexpr u64 line_bytes = 128;
constexpr u64 msr_ee = u64{1} << 15;

Answer register_vpa(Partition& partition, Processor& p, u64 address) {
  u16 size = 0;
  if (address == 0 || address % line_bytes || !partition.memory().contains(address, vpa_bytes)) return H_PARAMETER;
  if (!partition.memory().read_be(address + 4, size) || size < vpa_bytes) return H_PARAMETER;
  if (address / emu::page_size != (address + size - 1) / emu::page_size) return H_PARAMETER;
  if (!partition.memory().contains(address, size)) return H_PARAMETER;
  // Whether its processors are shared ones: by it a guest yields to who holds a lock, instead of waiting beside it.
  u8 old_status = 0;
  (void)partition.memory().read_be(address + vpa_old_status, old_status);
  const bool shared = partition.configuration().proc_mode == emu::ProcMode::shared;
  old_status = static_cast<u8>(shared ? old_status | vpa_shared : old_status & ~vpa_shared);
  (void)partition.memory().write_be(address + vpa_old_status, old_status);
  p.state.vpa = address;
  return H_SUCCESS;
}

// A shadow or a log: its length is its second word.
Answer register_area(Partition& partition, const Processor& p, u64 address, u64 least, u64& at, u64& bytes) {
  if (!p.state.vpa) return H_RESOURCE;
  u32 size = 0;
  if (address == 0 || address % line_bytes || !partition.memory().contains(address, 8)) return H_PARAMETER;
  if (!partition.memory().read_be(address + 4, size) || size < least) return H_PARAMETER;
  if (!partition.memory().contains(address, size)) return H_PARAMETER;
  at = address;
  bytes = size;
  return H_SUCCESS;
}

}  // namespace

Answer h_register_vpa(Partition& partition, Call& call) {
  enum : u64 { vpa = 1, log, shadow, off_vpa = 5, off_log, off_shadow };
  const auto [flags, server, address] = std::array{call.in[0], call.in[1], call.in[2]};
  Processor* p = partition.processor(server);
  if (!p) return H_PARAMETER;
  ProcessorState& state = p->state;
  switch (flags >> 45 & 7) {
    case vpa:
      return register_vpa(partition, *p, address);
    case log:
      return register_area(partition, *p, address, 48, state.dispatch_log, state.dispatch_log_bytes);
    case shadow:
      return register_area(partition, *p, address, 8, state.slb_shadow, state.slb_shadow_bytes);
    case off_vpa:
      if (state.slb_shadow || state.dispatch_log) return H_RESOURCE;
      state.vpa = 0;
      return H_SUCCESS;
    case off_log:
      state.dispatch_log = state.dispatch_log_bytes = 0;
      return H_SUCCESS;
    case off_shadow:
      state.slb_shadow = state.slb_shadow_bytes = 0;
      return H_SUCCESS;
    default:
      return H_PARAMETER;
  }
}

// Interrupts are enabled by it, so that the one that ends it can be taken.
Answer h_cede(Partition&, Call& call) {
  Processor* p = call.processor;
  if (!p) return H_FUNCTION;
  p->cpu->set_msr(p->cpu->msr() | msr_ee);
  if (p->state.prodded || p->cpu->interrupt_pending()) {
    p->state.prodded = false;
    return H_SUCCESS;
  }
  p->state.run = RunState::ceded;
  p->cpu->stop();
  return H_SUCCESS;
}

// The rest of the time slice goes to the one that is named, if it can run and does not, or else to the next.
Answer h_confer(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  if (call.in[0] != ~u64{0} && call.in[0] != 0xFFFFFFFF) {
    const Processor* named = partition.processor(call.in[0]);
    if (!named) return H_PARAMETER;
    partition.dispatcher().prefer(*named);
  }
  call.processor->cpu->stop();
  return H_SUCCESS;
}

Answer h_prod(Partition& partition, Call& call) {
  Processor* p = partition.processor(call.in[0]);
  if (!p) return H_PARAMETER;
  p->state.prodded = true;
  partition.dispatcher().wake(p);
  return H_SUCCESS;
}

Answer h_get_ppp(Partition& partition, Call& call) {
  const emu::Configuration& current = partition.configuration();
  const bool uncapped = current.sharing_mode == emu::SharingMode::uncap;
  const u64 weight = uncapped ? current.uncap_weight : 0;
  const u64 frame_processors = partition.frame().config().processors;
  const u64 pool_processors = partition.frame().processor_shares().units(current.shared_proc_pool) / 100;
  // Entitled and unallocated capacity; group and pool, 16 bits each; whether it is capped, weight, unallocated weight in bytes 1 to 3, then
  // processors of pool and platform, 16 bits each. (LoPAR 14.11)
  call.give({u64{emu::units_of(current)}, 0, u64{partition.id()} << 16 | current.shared_proc_pool,
             u64{!uncapped} << 48 | weight << 40 | pool_processors << 16 | frame_processors});
  return H_SUCCESS;
}

Answer h_purr(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  call.give({partition.utilization(*call.processor)});
  return H_SUCCESS;
}

// SIMPLIFIED: whether it may is as it was at its activation.
Answer h_pic(Partition& partition, Call& call) {
  if (!partition.definition().allow_perf_collection) return H_AUTHORITY;
  const u32 pool = partition.configuration().shared_proc_pool;
  ProcessorShares& shares = partition.frame().processor_shares();
  call.give({emu::to_ticks(shares.idle(pool)), shares.units(pool) / 100});
  return H_SUCCESS;
}

Answer h_poll_pending(Partition&, Call&) { return H_SUCCESS; }

Answer h_set_sprg0(Partition&, Call& call) {
  if (!call.processor) return H_FUNCTION;
  call.processor->cpu->set_sprg0(call.in[0]);
  return H_SUCCESS;
}

// SIMPLIFIED: no breakpoints on data or on instructions: the engine has no way to watch an address.
Answer h_set_mode(Partition& partition, Call& call) {
  enum : u64 { ciabr = 1, dawr, address_translation_mode = 3, endian };
  const auto [flags, resource, value1, value2] = std::array{call.in[0], call.in[1], call.in[2], call.in[3]};
  if (partition.native()) return H_FUNCTION;
  switch (resource) {
    case endian:
      if (value1) return H_P3;
      if (value2) return H_P4;
      if (flags > 1) return H_PARAMETER;
      partition.set_interrupt_mode(flags == 1, partition.ail());
      return H_SUCCESS;
    case address_translation_mode:
      if (value1) return H_P3;
      if (value2) return H_P4;
      if (flags != 0 && flags != 3) return H_UNSUPPORTED_FLAG_START;
      partition.set_interrupt_mode(partition.interrupts_little_endian(), static_cast<u32>(flags));
      return H_SUCCESS;
    default:
      return H_P2;
  }
}

// With ibm,nmi-register the reset is taken at the registered address, with r3 leading to where the old r3 was put: an area
// of this processor inside RTAS's own page. (LoPAR 7.3.14)
u64 reset_processor(Partition& partition, Processor& p, u64 r3) {
  constexpr u64 areas = 0x800;
  constexpr u64 area_bytes = 16;
  const RtasState& rtas = partition.rtas();
  p.cpu->deliver(cpu::Interrupt::system_reset);
  p.state.run = RunState::running;
  partition.dispatcher().wake(&p);
  const u64 area = rtas.base + areas + p.number % ((rtas_bytes - areas) / area_bytes) * area_bytes;
  if (!rtas.system_reset_handler || !partition.memory().write_be(area, r3)) return r3;
  cpu::Registers registers = p.cpu->save();
  registers.pc = rtas.system_reset_handler;
  registers.gpr[3] = area;
  p.cpu->load(registers);
  return area;
}

Answer h_signal_sys_reset(Partition& partition, Call& call) {
  const s64 target = static_cast<s64>(call.in[0]);
  if (partition.native()) return H_FUNCTION;
  if (target < -2) return H_PARAMETER;
  if (target >= 0 && !partition.processor(static_cast<u64>(target))) return H_PARAMETER;
  Answer answer = H_SUCCESS;
  for (Processor* p : partition.processors()) {
    if (target >= 0 && p->number != static_cast<u64>(target)) continue;
    if (target == -2 && p == call.processor) continue;
    if (p->state.run == RunState::stopped || p->state.run == RunState::suspended) continue;
    if (p == call.processor) {
      // Its r3 is about to become this call's answer: so that is what it resumes with, and what the handler must see is
      // answered instead.
      p->cpu->stop();
      answer = static_cast<Answer>(reset_processor(partition, *p, H_SUCCESS));
    } else if (partition.dispatcher().is_running(*p)) {
      p->reset_asked = true;
      p->cpu->kick();
    } else {
      reset_processor(partition, *p, p->cpu->gpr(3));
    }
  }
  return answer;
}

// No flush is needed before kernel exits: there is no speculation to be held back.
Answer h_get_cpu_characteristics(Partition&, Call& call) {
  call.give({0, 0});
  return H_SUCCESS;
}

Answer h_home_node_associativity(Partition& partition, Call& call) {
  const auto [flags, server] = std::array{call.in[0], call.in[1]};
  if (flags != 1 && flags != 2) return H_PARAMETER;
  if (flags == 1 && !partition.processor(server)) return H_P2;
  // One list of four 32-bit zeros with 0 in front: domain 0 at all levels; the rest is "no more".
  call.give({0x8000'8000'8000'8000, ~u64{0}, ~u64{0}, ~u64{0}, ~u64{0}, ~u64{0}});
  return H_SUCCESS;
}

Answer h_random(Partition&, Call& call) {
  // The host's source; it throws when there is none, which a Linux host does not lack.
  thread_local std::random_device source;
  call.give({u64{source()} << 32 | source()});
  return H_SUCCESS;
}

}  // namespace firmware
