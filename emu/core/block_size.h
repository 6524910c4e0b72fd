// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Size of a system's logical memory blocks: partitions have memory in whole ones. The service processor is told another; the system has it
// from its next power-on. (Redbook 3.3.2)

#include <bit>

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

constexpr bool is_block_size(u32 mb) { return mb >= 16 && mb <= 256 && std::has_single_bit(mb); }

// What a system of so much memory has if nobody chooses. (IBM, Memory)
constexpr u32 automatic_block_mb(u64 memory_mb) {
  u32 block = 16;
  for (u64 most = 4096; block < 256 && memory_mb > most; most *= 2) block *= 2;
  return block;
}

// A pending size of 0: as a system of its memory has it.
struct BlockSize {
  u32 current_mb = 0;
  u32 pending_mb = 0;
  FIELDS(BlockSize, current_mb, pending_mb)
};

}  // namespace emu
