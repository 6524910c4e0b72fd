// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/table.h"

#include "emu/core/adapter_kinds.h"
#include "vios/backends/vasi.h"
#include "vios/backends/virtual_ethernet.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/backends/virtual_serial.h"

namespace vios {

namespace {

template <class T>
std::unique_ptr<Backend> make(Devices& devices) {
  return std::make_unique<T>(devices);
}

struct Row {
  emu::AdapterKind kind;
  std::unique_ptr<Backend> (*make)(Devices&);  // null: no server has such an adapter
};
// In the order in which they start: what comes first gets its names first.
constexpr Row rows[] = {
    {emu::AdapterKind::serial, make<VirtualSerial>},
    {emu::AdapterKind::vasi, make<Vasi>},
    {emu::AdapterKind::scsi_client, nullptr},
    {emu::AdapterKind::scsi_server, make<VirtualScsi>},
    {emu::AdapterKind::ethernet, make<VirtualEthernet>},
};
static_assert(emu::one_row_for_each_kind(rows));
static_assert(std::ranges::all_of(rows, [](const Row& row) {
  return (row.make != nullptr) == emu::may_have(emu::LparEnv::vioserver, row.kind);
}));

}  // namespace

std::vector<std::unique_ptr<Backend>> make_backends(Devices& devices) {
  std::vector<std::unique_ptr<Backend>> all;
  for (const Row& row : rows)
    if (row.make) all.push_back(row.make(devices));
  return all;
}

}  // namespace vios
