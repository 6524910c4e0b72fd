// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which virtual slots of a partition are free. The listing that names the next one, the count that a validation looks at, and the hypervisor
// that gives one away ask here.

#include <algorithm>
#include <optional>
#include <vector>

#include "emu/core/partition_profile.h"

namespace emu {

inline constexpr u32 first_virtual_slot = 2;  // 0 and 1 are those of the default serial adapters

// `taken`: whether a slot is. `end`: max_virtual_slots.
template <class Taken>
std::optional<u32> next_free_slot(u32 end, const Taken& taken, u32 from = first_virtual_slot) {
  for (u32 slot = from; slot < std::min(end, virtual_slot_limit); ++slot)
    if (!taken(slot)) return slot;
  return std::nullopt;
}

template <class Taken>
u32 free_slot_count(u32 end, const Taken& taken) {
  u32 count = 0;
  for (auto slot = next_free_slot(end, taken); slot; slot = next_free_slot(end, taken, *slot + 1)) ++count;
  return count;
}

inline bool slot_taken(const std::vector<VirtualAdapter>& adapters, u32 slot) {
  return std::ranges::count(adapters, slot, &VirtualAdapter::slot) > 0;
}

// Whether an adapter that is added to the partition can have it. The profile from which it runs may have been changed since the
// activation: an adapter that is added stands in it, too, and must not take the place of another one there.
inline bool slot_taken(const LparDefinition& lpar, const std::vector<VirtualAdapter>& current, u32 slot) {
  const Profile* profile = lpar.profile(lpar.curr_profile());
  return slot_taken(current, slot) || (profile && slot_taken(profile->adapters, slot));
}

// What the HMC's virtual terminals connect to: every profile has them.
inline VirtualAdapter default_serial_adapter(u32 slot) {
  VirtualAdapter terminal;
  terminal.slot = slot;
  terminal.required = true;
  return terminal;
}
inline std::vector<VirtualAdapter> default_adapters() { return {default_serial_adapter(0), default_serial_adapter(1)}; }

}  // namespace emu
