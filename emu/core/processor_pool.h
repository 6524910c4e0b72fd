// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Shared-processor pools of a system: 64 of them, always. Number 0 is the default one, which has what the others leave. Another one takes
// partitions as soon as it has a maximum: their entitlements, and what is reserved for all of them, are no more than that. (Redbook 5.4)

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u32 default_pool = 0;
inline constexpr u32 processor_pools = 64;
inline constexpr size_t longest_pool_name = 14;  // bytes
inline constexpr std::string_view pool_name_rule = "a name of a pool has 1 to 14 letters, digits and _ - .";

struct ProcessorPool {
  u32 id = 0;
  std::string name;
  u32 max_units = 0;       // hundredths of a processor, whole processors; 0: it takes no partition. Not of the default one
  u32 reserved_units = 0;  // hundredths of a processor
  bool operator==(const ProcessorPool&) const = default;
  FIELDS(ProcessorPool, id, name, max_units, reserved_units)

  bool takes_partitions() const { return id == default_pool || max_units > 0; }
};

// As a new system has it: DefaultPool, SharedPool01 ...
ProcessorPool usual_pool(u32 id);
bool is_pool_name(std::string_view);

// All 64, in order, of those that are not as usual.
std::vector<ProcessorPool> all_pools(std::span<const ProcessorPool> unusual);
ProcessorPool pool_of(std::span<const ProcessorPool> unusual, u32 id);
// Takes the place of the one with its number; `pools` has the unusual ones, in order.
void put_pool(std::vector<ProcessorPool>& pools, ProcessorPool);

}  // namespace emu
