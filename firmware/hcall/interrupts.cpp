// SPDX-License-Identifier: GPL-2.0-or-later
// External interrupts: the presentation controller of the calling processor. (LoPAR 14.5.4.7; docs/papr.md, Interrupts)
#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;

Answer h_eoi(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  partition.interrupts().end(call.processor->number, static_cast<u32>(call.in[0]));
  return H_SUCCESS;
}

Answer h_cppr(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  partition.interrupts().set_priority(call.processor->number, static_cast<u8>(call.in[0]));
  return H_SUCCESS;
}

Answer h_ipi(Partition& partition, Call& call) {
  const auto [server, mfrr] = std::array{call.in[0], call.in[1]};
  if (!partition.processor(server)) return H_PARAMETER;
  return partition.interrupts().set_mfrr(static_cast<u32>(server), static_cast<u8>(mfrr)) ? H_SUCCESS : H_PARAMETER;
}

Answer h_ipoll(Partition& partition, Call& call) {
  if (!partition.processor(call.in[0])) return H_PARAMETER;
  u8 mfrr = 0;
  const u32 xirr = partition.interrupts().poll(static_cast<u32>(call.in[0]), mfrr);
  call.give({xirr, mfrr});
  return H_SUCCESS;
}

Answer h_xirr(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  call.give({partition.interrupts().accept(call.processor->number)});
  return H_SUCCESS;
}

Answer h_xirr_x(Partition& partition, Call& call) {
  if (!call.processor) return H_FUNCTION;
  call.give({partition.interrupts().accept(call.processor->number), partition.time_base()});
  return H_SUCCESS;
}

Answer h_vio_signal(Partition& partition, Call& call) {
  const auto adapter = partition.adapter(call.in[0]);
  if (!adapter) return H_PARAMETER;
  if (call.in[1] > 1) return H_PARAMETER;
  adapter->device().set_interrupts(call.in[1] == 1);
  return H_SUCCESS;
}

}  // namespace firmware
