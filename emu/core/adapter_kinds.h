// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The kinds of virtual adapters, a row each: what holds of a kind wherever it is plugged. A layer that adds something to the kinds (rules,
// text form, listing, device, the Virtual I/O Server's side) has a table of its own, and holds it against this one at compile time.

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>

#include "emu/core/configuration.h"
#include "emu/core/partition_profile.h"

namespace emu {

// Which partitions may have it.
enum class Owners : u8 { anybody = 1, clients, servers };

// Which end of a connection between two partitions it is.
enum class End : u8 { none = 1, client, server };

struct AdapterKindRow {
  AdapterKind kind;
  std::string_view word;       // in a lab file
  std::string_view attribute;  // of a profile, which lists it
  std::string_view name;       // in a sentence, after "virtual", where an "adapter" follows
  Owners owners;
  u32 most;  // in one partition; 0: as many as it has slots
  End end;
  AdapterKind other_end;                   // of the partner's adapter, if there is one
  std::span<const std::string_view> keys;  // of a lab file, beside kind and slot
};

inline constexpr std::string_view serial_keys[] = {"required"};
inline constexpr std::string_view scsi_keys[] = {"required", "remote_lpar", "remote_slot"};
inline constexpr std::string_view ethernet_keys[] = {"required",       "port_vlan_id", "addl_vlan_ids", "is_trunk",
                                                     "trunk_priority", "vswitch",      "mac_addr"};

inline constexpr AdapterKindRow adapter_kinds[] = {
    {AdapterKind::serial, "serial", "virtual_serial_adapters", "serial", Owners::anybody, 0, End::none, {}, serial_keys},
    {AdapterKind::scsi_client, "scsi_client", "virtual_scsi_adapters", "SCSI client", Owners::clients, 0, End::client,
     AdapterKind::scsi_server, scsi_keys},
    {AdapterKind::scsi_server, "scsi_server", "virtual_scsi_adapters", "SCSI server", Owners::servers, 0, End::server,
     AdapterKind::scsi_client, scsi_keys},
    {AdapterKind::ethernet, "ethernet", "virtual_eth_adapters", "Ethernet", Owners::anybody, 0, End::none, {}, ethernet_keys},
    // Redbook 5.6.3
    {AdapterKind::vasi,
     "vasi",
     "virtual_vasi_adapters",
     "asynchronous services interface (VASI)",
     Owners::servers,
     1,
     End::none,
     {},
     {}},
};

constexpr bool is_adapter_kind(AdapterKind kind) { return std::ranges::count(adapter_kinds, kind, &AdapterKindRow::kind) == 1; }

constexpr const AdapterKindRow& row_of(AdapterKind kind) {
  return adapter_kinds[static_cast<size_t>(kind) - static_cast<size_t>(AdapterKind::serial)];
}
static_assert(std::ranges::all_of(adapter_kinds, [](const AdapterKindRow& row) { return &row_of(row.kind) == &row; }));

constexpr bool may_have(LparEnv env, AdapterKind kind) {
  const Owners owners = row_of(kind).owners;
  return owners == Owners::anybody || (owners == Owners::servers) == (env == LparEnv::vioserver);
}

// Whether a layer's table has one row for each kind, in any order.
template <class Rows>
constexpr bool one_row_for_each_kind(const Rows& rows) {
  return std::ranges::all_of(adapter_kinds,
                             [&](const AdapterKindRow& each) {
                               return std::ranges::count_if(rows, [&](const auto& row) { return row.kind == each.kind; }) == 1;
                             }) &&
         std::size(rows) == std::size(adapter_kinds);
}

// Of such a table.
template <class Rows>
constexpr const auto& row_of(AdapterKind kind, const Rows& rows) {
  return *std::ranges::find_if(rows, [kind](const auto& row) { return row.kind == kind; });
}

// How often each attribute of the kinds stands in a table whose rows have an `attribute`: once.
template <class Rows>
constexpr bool one_row_for_each_attribute(const Rows& rows) {
  return std::ranges::all_of(adapter_kinds, [&](const AdapterKindRow& each) {
    return std::ranges::count_if(rows, [&](const auto& row) { return row.attribute == each.attribute; }) == 1;
  });
}

}  // namespace emu
