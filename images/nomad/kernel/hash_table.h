// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The hashed page table, owned by the hypervisor and reached with H_ENTER, H_REMOVE and H_PROTECT only. Sizes come from
// ibm,pft-size and ibm,segment-page-sizes and must be exactly the hypervisor's.
#include "lib/types.h"

namespace nomad::hash_table {

struct PageSize {
  u32 shift;
  u32 slb_encoding;  // L and LP bits of slbmte's RS
  u32 penc;          // goes to the LP field of the entry's second doubleword
};

// Second doubleword: storage key pair with Ks=0/Kp=1 segments.
enum Protection : u64 { kernel_only = 0, read_write = 2, read_only = 3, no_execute = 4, uncached = 0x28, memory = 0x10 };

// Where an entry went. Kept with the page so that it can be removed by position, as Linux does: a migrated table must keep positions.
struct Slot {
  bool valid;
  bool secondary;
  u8 index;
};

void start();
PageSize kernel_page();  // the largest offered of 16 MiB, 64 KiB, 4 KiB
PageSize huge_page();    // 16 GiB; shift 0 if it is not offered
u64 vsid(u32 context, u64 address);

// Panics when the hypervisor refuses the entry for another reason than full groups. Bolted entries are never evicted.
Slot enter(u64 vsid, u64 address, const PageSize& size, u64 real, u64 protection, bool bolted);
void remove(u64 vsid, u64 address, Slot slot);              // 4 KiB pages; an evicted entry is no error
bool protect(u64 vsid, u64 address, Slot slot, u64 protection);

// An entry whose place nobody has kept: its two groups are searched. The first word tells pages of 16 MiB and more apart, not smaller ones.
void remove_large(u64 vsid, u64 address, const PageSize& size);

// A huge page lies in a segment of 1 TiB: no other is large enough.
Slot enter_huge(u64 vsid, u64 address, u64 real, u64 protection);
void remove_huge(u64 vsid, u64 address, Slot slot);

extern const PageSize small_page;

}  // namespace nomad::hash_table
