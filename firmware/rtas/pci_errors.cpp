// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: enhanced error handling of host bridges. (LoPAR chapter 7)
// SIMPLIFIED: no adapter ever fails, so no bridge is ever frozen; an adapter can be reset.
#include "devices/pci/host_bridge.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/partition.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {

// The one partitionable endpoint of a bridge, and its function. Null: it is neither.
std::shared_ptr<devices::pci::HostBridge> endpoint_of(Partition& partition, const Request& request) {
  if (partition.native() || request.in[0] >> 8 != 0) return nullptr;
  const u64 unit = u64{request.in[1]} << 32 | request.in[2];
  for (const auto& bridge : partition.bridges())
    if (bridge->unit() == unit && partition.connectors().bridge_reached(bridge->bus())) return bridge;
  return nullptr;
}

constexpr u32 endpoint_address = 1;
constexpr s32 no_detail = 1;

}  // namespace

// Disable, enable, release stopped loads and stores, release stopped DMA.
s32 set_eeh_option(Partition& partition, Request& request) {
  return request.in[3] <= 3 && endpoint_of(partition, request) ? success : parameter_error;
}

// Which endpoint a function is of, or whether it shares it: 1, it does not.
s32 get_config_addr_info2(Partition& partition, Request& request) {
  if (request.in[3] > 1 || !endpoint_of(partition, request)) return parameter_error;
  request.out[1] = request.in[3] == 0 ? endpoint_address : 1;
  return success;
}

// State 0, neither reset nor stopped; errors can be handled; not unavailable.
s32 read_slot_reset_state2(Partition& partition, Request& request) {
  if (!endpoint_of(partition, request)) return parameter_error;
  request.out[1] = 0;
  request.out[2] = 1;
  request.out[3] = 0;
  return success;
}

// Deactivated, hot, fundamental.
s32 set_slot_reset(Partition& partition, Request& request) {
  const auto bridge = endpoint_of(partition, request);
  const u32 kind = request.in[3];
  if (!bridge || (kind != 0 && kind != 1 && kind != 3)) return parameter_error;
  if (kind) bridge->reset();
  return success;
}

s32 slot_error_detail(Partition& partition, Request& request) {
  return endpoint_of(partition, request) ? no_detail : parameter_error;
}

s32 configure_pe(Partition& partition, Request& request) { return endpoint_of(partition, request) ? success : parameter_error; }

}  // namespace firmware::rtas
