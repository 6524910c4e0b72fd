// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: configuration spaces behind the host bridges. (LoPAR chapter 7)
#include "devices/pci/host_bridge.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/partition.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {

// Address, the unit of the bridge in two halves, size. Null: there is no such bridge, or no such field.
std::shared_ptr<devices::pci::HostBridge> bridge_of(Partition& partition, const Request& request) {
  const auto [address, high, low, bytes] = std::array{request.in[0], request.in[1], request.in[2], request.in[3]};
  if (partition.native() || (bytes != 1 && bytes != 2 && bytes != 4) || address % bytes) return nullptr;
  const u64 unit = u64{high} << 32 | low;
  for (const auto& bridge : partition.bridges())
    if (bridge->unit() == unit) return partition.connectors().bridge_reached(bridge->bus()) ? bridge : nullptr;
  return nullptr;
}

}  // namespace

s32 read_pci_config(Partition& partition, Request& request) {
  const auto bridge = bridge_of(partition, request);
  if (!bridge) return parameter_error;
  request.out[1] = bridge->read_configuration(request.in[0], request.in[3]);
  return bridge->answers(request.in[0]) ? success : hardware_error;
}

s32 write_pci_config(Partition& partition, Request& request) {
  const auto bridge = bridge_of(partition, request);
  if (!bridge) return parameter_error;
  bridge->write_configuration(request.in[0], request.in[3], request.in[4]);
  return bridge->answers(request.in[0]) ? success : hardware_error;
}

}  // namespace firmware::rtas
