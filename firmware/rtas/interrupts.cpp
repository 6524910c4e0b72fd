// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: interrupt sources.
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

s32 set_xive(Partition& partition, Request& request) {
  if (request.in[2] > 0xFF) return parameter_error;
  return partition.interrupts().set_xive(request.in[0], request.in[1], static_cast<u8>(request.in[2])) ? success
                                                                                                       : parameter_error;
}

s32 get_xive(Partition& partition, Request& request) {
  u32 server = 0;
  u8 priority = 0;
  if (!partition.interrupts().get_xive(request.in[0], server, priority)) return parameter_error;
  request.out[1] = server;
  request.out[2] = priority;
  return success;
}

s32 int_off(Partition& partition, Request& request) {
  return partition.interrupts().set_enabled(request.in[0], false) ? success : parameter_error;
}

s32 int_on(Partition& partition, Request& request) {
  return partition.interrupts().set_enabled(request.in[0], true) ? success : parameter_error;
}

}  // namespace firmware::rtas
