// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Address translation as Book III describes it for a partition: segment lookaside buffer, then hashed page table.

#include "cpu/engine.h"
#include "cpu/hash_page_table.h"
#include "cpu/registers.h"

namespace cpu {

enum class Fault : u8 {
  none,
  segment,     // no SLB entry
  no_page,     // no page table entry
  protection,  // PP bits and key; or a real-mode access beyond the partition's memory
  key,         // authority mask register (data) or instruction authority mask register
  no_execute,  // N bit of page or segment, or guarded storage
  no_memory,   // the entry leads to no memory: a machine check
};

struct Translation {
  Fault fault = Fault::none;
  bool read = false;
  bool write = false;
  bool execute = false;
  bool referenced = true;  // as the entry says now; true where there is no entry
  bool changed = true;
  u64 page = 0;  // real address >> 12
  u64 slot = 0;  // of the page table entry, if referenced or changed is false
};

inline constexpr u32 spr_amr = 29;
inline constexpr u32 spr_iamr = 61;

// Looks only: R and C are set by whoever uses the result.
Translation translate(const Registers&, u32 slb_slots, const HashPageTable&, u64 memory_size, u64 address, Access);

// The slot of the SLB that translates this address, or -1.
int find_segment(const Registers&, u32 slb_slots, u64 address);

}  // namespace cpu
