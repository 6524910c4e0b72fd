// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: starting and stopping processors; handlers of machine checks and resets.
#include <algorithm>

#include "firmware/dispatcher.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

s32 query_cpu_stopped_state(Partition& partition, Request& request) {
  const Processor* p = partition.processor(request.in[0]);
  if (!p) return parameter_error;
  request.out[1] = p->state.run == RunState::stopped ? 0 : 2;
  return success;
}

s32 start_cpu(Partition& partition, Request& request) {
  const auto [server, address, r3] = std::array{request.in[0], request.in[1], request.in[2]};
  Processor* p = partition.processor(server);
  if (!p || partition.connectors().isolated(dlpar::index_of(dlpar::Kind::processor, server))) return parameter_error;
  if (!partition.memory().contains(address, 4)) return parameter_error;
  if (p->state.run != RunState::stopped) return hardware_error;
  partition.start_processor(*p, address, r3);
  return success;
}

s32 stop_self(Partition&, Request& request) {
  if (!request.processor) return parameter_error;
  request.processor->state = {};
  request.processor->cpu->stop();
  return success;
}

s32 nmi_register(Partition& partition, Request& request) {
  if (!partition.memory().contains(request.in[0], 4) || !partition.memory().contains(request.in[1], 4)) return parameter_error;
  partition.rtas().system_reset_handler = request.in[0];
  partition.rtas().machine_check_handler = request.in[1];
  return success;
}

// SIMPLIFIED: there are no machine checks with an error log, so nothing has to be held back until the guest has read one.
s32 nmi_interlock(Partition& partition, Request&) { return partition.rtas().machine_check_handler ? success : parameter_error; }

}  // namespace firmware::rtas
