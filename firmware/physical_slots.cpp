// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/physical_slots.h"

#include <algorithm>

#include <fmt/format.h>

#include "firmware/lpars.h"

namespace firmware {

const emu::PhysicalSlot* find_slot(const emu::FrameConfig& frame, u32 drc_index) {
  const auto found = std::ranges::find(frame.slots, drc_index, &emu::PhysicalSlot::drc_index);
  return found == frame.slots.end() ? nullptr : &*found;
}

const emu::PhysicalSlot* slot_on_bus(const emu::FrameConfig& frame, u32 bus) {
  const auto found = std::ranges::find(frame.slots, bus, &emu::PhysicalSlot::bus);
  return found == frame.slots.end() ? nullptr : &*found;
}

const Lpar* owner_of_slot(const Lpars& lpars, u32 drc_index) {
  for (const auto& [id, lpar] : lpars.all()) {
    if (!lpar.holds_resources || !lpar.definition.current) continue;
    for (const std::string& text : lpar.definition.current->io_slots)
      if (const auto claim = emu::slot_claim(text); claim && claim->drc_index == drc_index) return &lpar;
  }
  return nullptr;
}

emu::Result<std::vector<std::string>> grant_slots(const emu::FrameConfig& frame, const Lpars& lpars,
                                                  const emu::LparDefinition& of, const std::vector<std::string>& wished) {
  std::vector<std::string> granted;
  for (const std::string& text : wished) {
    const auto claim = emu::slot_claim(text);
    if (!claim) continue;
    const Lpar* owner = owner_of_slot(lpars, claim->drc_index);
    const bool there = find_slot(frame, claim->drc_index);
    const bool free = there && (!owner || owner->definition.lpar_id == of.lpar_id);
    if (free) {
      granted.push_back(text);
      continue;
    }
    if (!claim->required) continue;
    const std::string index = emu::drc_text(claim->drc_index);
    if (!there)
      return emu::Error{
          "HSCLF070",
          fmt::format("Partition {} requires the physical slot {}, and the managed system has no such slot.", of.name, index)};
    return emu::Error{"HSCLF071", fmt::format("Partition {} requires the physical slot {}, which partition {} has.", of.name,
                                              index, owner->definition.name)};
  }
  return granted;
}

}  // namespace firmware
