// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How large the hashed page table of a partition is. The firmware makes it, out of the system's memory beside the
// partition's own; the HMC must know whether both fit.

#include <algorithm>
#include <bit>

#include "emu/core/configuration.h"
#include "emu/core/types.h"

namespace emu {

// Made for what the partition's memory may grow to: that part of it, a power of two, at least 256 KiB.
constexpr u32 page_table_shift(u64 memory_bytes, HptRatio ratio) {
  return std::max<u32>(18, static_cast<u32>(std::bit_width(std::bit_ceil(memory_bytes / divisor_of(ratio))) - 1));
}

// What it takes from the system: the firmware uses whole logical memory blocks.
constexpr u64 page_table_mb(u64 memory_mb, u32 lmb_mb, HptRatio ratio) {
  const u64 block = std::max<u32>(1, lmb_mb);
  const u64 mb = ((u64{1} << page_table_shift(memory_mb * MiB, ratio)) + MiB - 1) / MiB;
  return (mb + block - 1) / block * block;
}
static_assert(page_table_mb(256, 16, HptRatio::of_128) == 16 && page_table_mb(4096, 16, HptRatio::of_128) == 32);
static_assert(page_table_mb(4096, 16, HptRatio::of_32) == 128 && page_table_mb(4096, 16, HptRatio::of_512) == 16);

}  // namespace emu
