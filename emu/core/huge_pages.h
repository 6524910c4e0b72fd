// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where a partition's huge pages lie: behind all memory that it may ever have, at multiples of their size.

#include "emu/core/configuration.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u64 huge_page_bytes = huge_page_mb * MiB;
inline constexpr u64 real_address_end = u64{1} << 40;  // from here on the processor engine has things of its own

constexpr u64 first_huge_page(u64 memory_bytes) {
  return (memory_bytes + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
}

}  // namespace emu
