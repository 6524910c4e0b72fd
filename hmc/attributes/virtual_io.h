// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual adapters, slots and switches. (`lshwres -r virtualio`)

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct AdapterRow {
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  emu::VirtualAdapter adapter;
  std::string backing;  // devices behind a virtual SCSI server adapter
};
struct SlotsRow {
  const Lpar* lpar = nullptr;
  emu::Current current;
};
struct SwitchRow {
  std::string name;
};

// A VLAN of a virtual switch.
struct NetworkRow {
  std::string vswitch;
  u16 vlan = 0;
  bool tagged = false;
};

using AdapterAttribute = Attribute<AdapterRow, emu::VirtualAdapter>;

inline constexpr std::string_view every_attribute = "*";

// What --rsubtype asks for, and what it lists.
struct AdapterKinds {
  std::string_view rsubtype;
  std::string_view resource;  // "a virtual SCSI adapter"
  std::string_view listing;
  std::string_view attribute;  // of the profile; every_attribute
  std::string_view config;     // what a slot shows
  std::span<const AdapterAttribute> attributes;
  std::optional<emu::AdapterKind> added = {};  // by chhwres, if nothing else is said; none: it adds none of these
};
std::span<const AdapterKinds> adapter_kinds();
bool lists(const AdapterKinds&, emu::AdapterKind);

std::span<const Attribute<SlotsRow>> slots_attributes();
std::span<const Attribute<SwitchRow>> switch_attributes();
std::span<const Attribute<NetworkRow>> network_attributes();

}  // namespace hmc::attributes
