// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who has which physical slot of a frame. A slot is the partition's that runs with it; of a partition that is off, it is nobody's.
// Pure: no locks, no state.

#include <string>
#include <vector>

#include "emu/core/lab.h"
#include "emu/core/result.h"

namespace firmware {

struct Lpar;
class Lpars;

const emu::PhysicalSlot* find_slot(const emu::FrameConfig&, u32 drc_index);
const emu::PhysicalSlot* slot_on_bus(const emu::FrameConfig&, u32 bus);
const Lpar* owner_of_slot(const Lpars&, u32 drc_index);  // null: nobody

// What a partition gets of the slots that it wishes for: those that are free. HSCLF070, HSCLF071: one that it requires is not.
emu::Result<std::vector<std::string>> grant_slots(const emu::FrameConfig&, const Lpars&, const emu::LparDefinition& of,
                                                  const std::vector<std::string>& wished);

}  // namespace firmware
