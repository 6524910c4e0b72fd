// SPDX-License-Identifier: GPL-2.0-or-later
// Partition mobility as the guest sees it. (LoPAR 14.11.5.1, 17.7.6; docs/papr.md, A migration in Linux)
#include "firmware/dispatcher.h"
#include "firmware/frame.h"
#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;

// All but the last wait for an H_PROD; the last is told to go on.
Answer h_join(Partition& partition, Call& call) {
  Processor* caller = call.processor;
  if (!caller) return H_FUNCTION;
  constexpr u64 msr_ee = u64{1} << 15;
  if (caller->cpu->msr() & msr_ee) return H_BAD_MODE;
  bool last = true;
  for (const Processor* p : partition.processors())
    if (p != caller && p->state.run != RunState::joined && p->state.run != RunState::stopped) last = false;
  if (last) return H_CONTINUE;
  if (caller->state.prodded) {
    caller->state.prodded = false;
    return H_SUCCESS;
  }
  caller->state.run = RunState::joined;
  caller->cpu->stop();
  return H_SUCCESS;
}

// Processor time of a mover for its streams. Ours has threads of its own.
Answer h_donor_operation(Partition& partition, Call& call) { return partition.frame().donor_operation(partition, call.in[0]); }

// The guest may cancel, and nothing else.
Answer h_vasi_signal(Partition& partition, Call& call) {
  constexpr u64 cancel = 1;
  const auto [stream, code, reason] = std::array{call.in[0], call.in[1], call.in[2]};
  if (stream == 0 || stream != partition.stream()) return H_PARAMETER;
  if (code != cancel) return H_P2;
  if (reason > 0xFFFFFFFF) return H_P3;
  const StreamState state = partition.stream_state();
  if (state != StreamState::enabled && state != StreamState::suspending) return H_NOOP;
  SuspendListener* listener = partition.suspend_listener();
  if (!listener) return H_NOOP;
  listener->cancelled(partition, static_cast<u32>(reason));
  return H_SUCCESS;
}

Answer h_vasi_state(Partition& partition, Call& call) {
  const u64 stream = call.in[0];
  if (stream == 0 || stream != partition.stream()) return H_PARAMETER;
  call.give({static_cast<u64>(partition.stream_state())});
  return H_SUCCESS;
}

}  // namespace firmware
