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
  std::unique_ptr<Backend> (*make)(Devices&);
  bool is_there;  // beside the pointer: with sanitizers, GCC 12 compares no address of a function at compile time
};
template <class T>
constexpr Row with(emu::AdapterKind kind) {
  return {kind, make<T>, true};
}
// No server has such an adapter.
constexpr Row none(emu::AdapterKind kind) { return {kind, nullptr, false}; }

// In the order in which they start: what comes first gets its names first.
constexpr Row rows[] = {
    with<VirtualSerial>(emu::AdapterKind::serial),
    with<Vasi>(emu::AdapterKind::vasi),
    none(emu::AdapterKind::scsi_client),
    with<VirtualScsi>(emu::AdapterKind::scsi_server),
    with<VirtualEthernet>(emu::AdapterKind::ethernet),
};
static_assert(emu::one_row_for_each_kind(rows));
static_assert(std::ranges::all_of(rows, [](const Row& row) {
  return row.is_there == emu::may_have(emu::LparEnv::vioserver, row.kind);
}));

}  // namespace

std::vector<std::unique_ptr<Backend>> make_backends(Devices& devices) {
  std::vector<std::unique_ptr<Backend>> all;
  for (const Row& row : rows)
    if (row.is_there) all.push_back(row.make(devices));
  return all;
}

}  // namespace vios
