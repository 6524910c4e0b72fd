// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Physical I/O slots. (`lshwres -r io --rsubtype slot`)

#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct PhysicalSlotRow {
  const emu::PhysicalSlot* slot = nullptr;
  const Lpar* owner = nullptr;  // null: nobody has it
};

std::span<const Attribute<PhysicalSlotRow>> physical_slot_attributes();
// The unit of its location code: what is before the planar.
std::string unit_location(const emu::PhysicalSlot&);
// Who runs with it; null: nobody.
const Lpar* owner_of(const System&, u32 drc_index);

}  // namespace hmc::attributes
