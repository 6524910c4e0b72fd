// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Address translation as Book III describes it for a partition: segment lookaside buffer, then hashed page table.

#include <functional>

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

inline constexpr u64 no_entry = ~u64{0};  // in real mode

struct Translation {
  Fault fault = Fault::none;
  bool read = false;
  bool write = false;
  bool execute = false;
  bool referenced = true;  // as the entry says now; true where there is no entry
  bool changed = true;
  u64 page = 0;         // real address >> 12
  u64 slot = no_entry;  // of the page table entry
  Hpte entry;           // as it was found
};

inline constexpr u32 spr_amr = 29;
inline constexpr u32 spr_iamr = 61;

// Looks only: R and C are set by whoever uses the result. Real mode does not reach huge pages.
Translation translate(const Registers&, u32 slb_slots, const HashPageTable&, const emu::GuestMemory&, u64 address, Access);

// The effective pages (addresses, 4096 bytes each) that a processor with these segments can have reached through an entry of
// the page table that was taken back. False: they are too many to name.
bool pages_reached(const Registers&, u32 slb_slots, const HashPageTable::TakenBack&, const std::function<void(u64)>& page);

// The slot of the SLB that translates this address, or -1.
int find_segment(const Registers&, u32 slb_slots, u64 address);

}  // namespace cpu
