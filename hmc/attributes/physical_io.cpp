// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/physical_io.h"

#include <array>

#include <fmt/format.h>

namespace hmc::attributes {

namespace {

using Row = const PhysicalSlotRow&;
using emu::SlotAdapter;
constexpr Shown always = Shown::always;

// As its configuration space has them. (VIRTIO 4.1)
struct Identity {
  std::string_view vendor, device, subsystem_vendor, subsystem, pci_class, revision;
};
constexpr std::array<Identity, 3> identities = {{{"null", "null", "null", "null", "null", "null"},
                                                 {"1AF4", "1042", "1AF4", "1100", "0100", "01"},
                                                 {"1AF4", "1041", "1AF4", "1100", "0200", "01"}}};
const Identity& identity(Row r) { return identities[static_cast<size_t>(r.slot->adapter) % identities.size()]; }
Value of_adapter(Row r, std::string_view text) { return r.slot->adapter == SlotAdapter::empty ? Value("0000") : Value(text); }

std::string connector(const emu::PhysicalSlot& slot) {
  const size_t at = slot.location.rfind('-');
  return at == std::string::npos ? slot.location : slot.location.substr(at + 1);
}

constexpr Attribute<PhysicalSlotRow> slots[] = {
    {{"unit_phys_loc", always, [](Row r) { return Value(unit_location(*r.slot)); }},
     Type::text,
     "The location code of the unit that it is in."},
    {{"bus_id", always, [](Row r) { return Value(r.slot->bus()); }}, Type::number, "The bus that it is on."},
    {{"phys_loc", always, [](Row r) { return Value(connector(*r.slot)); }}, Type::text, "Its place in the unit."},
    {{"drc_index", always, [](Row r) { return Value(emu::drc_text(r.slot->drc_index)); }},
     Type::text,
     "The number of its connector, by which commands name it."},
    {{"lpar_name", always, [](Row r) { return r.owner ? Value(r.owner->name()) : Value::absent(); }},
     Type::text,
     "The partition that runs with it."},
    {{"lpar_id", always, [](Row r) { return r.owner ? Value(r.owner->id()) : Value("none"); }},
     Type::text,
     "The ID of that partition, or none."},
    {{"slot_io_pool_id", always, [](Row) { return Value("none"); }}, Type::text, "none: there are no pools of slots."},
    {{"description", always, [](Row r) { return Value(r.slot->description); }}, Type::text, "Of the adapter in it."},
    {{"feature_codes", always, [](Row) { return Value("none"); }}, Type::text, "none: nobody sells these adapters."},
    {{"pci_vendor_id", always, [](Row r) { return of_adapter(r, identity(r).vendor); }}, Type::text, "Of the adapter."},
    {{"pci_device_id", always, [](Row r) { return of_adapter(r, identity(r).device); }}, Type::text, "Of the adapter."},
    {{"pci_subs_vendor_id", always, [](Row r) { return of_adapter(r, identity(r).subsystem_vendor); }},
     Type::text,
     "Of the adapter."},
    {{"pci_subs_device_id", always, [](Row r) { return of_adapter(r, identity(r).subsystem); }}, Type::text, "Of the adapter."},
    {{"pci_class", always, [](Row r) { return of_adapter(r, identity(r).pci_class); }}, Type::text, "Of the adapter."},
    {{"pci_revision_id", always,
      [](Row r) { return r.slot->adapter == SlotAdapter::empty ? Value("00") : Value(identity(r).revision); }},
     Type::text,
     "Of the adapter."},
    {{"bus_grouping", always, [](Row) { return Value(0); }}, Type::flag, "0: the slots of a bus are not given away together."},
    {{"iop", always, [](Row) { return Value(0); }}, Type::flag, "Whether the adapter is an I/O processor of IBM i."},
    {{"parent_slot_drc_index", always, [](Row) { return Value("none"); }}, Type::text, "none: no slot is behind another."},
    {{"drc_name", always, [](Row r) { return Value(r.slot->location); }}, Type::text, "Its location code."},
    {{"interposer_present", always, [](Row) { return Value(0); }}, Type::flag, "Whether a card for several adapters is in it."},
    {{"interposer_pcie", always, [](Row) { return Value(0); }}, Type::flag, "Whether that is one of PCI Express."},
};

}  // namespace

std::span<const Attribute<PhysicalSlotRow>> physical_slot_attributes() { return slots; }

std::string unit_location(const emu::PhysicalSlot& slot) { return slot.location.substr(0, slot.location.find("-P")); }

const Lpar* owner_of(const System& system, u32 drc_index) {
  for (const Lpar& lpar : system.lpars) {
    if (!lpar.info.has_resources || !lpar.current()) continue;
    for (const std::string& text : lpar.current()->io_slots)
      if (const auto claim = emu::slot_claim(text); claim && claim->drc_index == drc_index) return &lpar;
  }
  return nullptr;
}

}  // namespace hmc::attributes
