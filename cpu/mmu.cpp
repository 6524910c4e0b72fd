// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/mmu.h"

#include <algorithm>

#include "cpu/msr.h"

namespace cpu {

namespace {

// Fields of slbmte's RS and RB.
constexpr u64 slb_valid = 0x8000000;
constexpr u64 slb_1t = u64{1} << 62;
constexpr u64 slb_segment_size = u64{3} << 62;
constexpr u64 slb_ks = 0x800;
constexpr u64 slb_kp = 0x400;
constexpr u64 slb_no_execute = 0x200;
constexpr u64 slb_large = 0x100;
constexpr u64 slb_lp = 0x30;

// Fields of a page table entry.
constexpr u64 hpte_compare = 0xFFFFFFFFFFFFFF83;  // B, AVPN, H, V
constexpr u64 hpte_guarded = 0x08;
constexpr u64 hpte_no_execute = 0x04;

// Page sizes: what the LP field of an entry says in which segment, and how many low bits count. (docs/papr.md, Page table)
struct PageSize {
  u32 base;
  u32 actual;
  u64 lp;
  u64 lp_mask;
};
constexpr PageSize large_pages[] = {
    {12, 16, 0x07, 0x0F}, {12, 24, 0x38, 0xFF},  // mixed segments since POWER7
    {16, 16, 0x01, 0x0F}, {16, 24, 0x08, 0xFF},  //
    {24, 24, 0x00, 0xFF}, {34, 34, 0x03, 0xFF},
};

u32 base_page_shift(u64 vsid) {
  if (!(vsid & slb_large)) return 12;
  switch (vsid & slb_lp) {
    case 0x10:
      return 16;
    case 0x20:
      return 34;
    default:
      return 24;
  }
}

// 0 if the entry is not one of this segment's page sizes.
u32 actual_page_shift(const Hpte& entry, u32 base) {
  if (!(entry.v & hpte_large)) return base == 12 ? 12 : 0;
  const u64 lp = entry.r >> 12 & 0xFF;
  for (const PageSize& size : large_pages)
    if (size.base == base && (lp & size.lp_mask) == size.lp) return size.actual;
  return 0;
}

struct Rights {
  bool read;
  bool write;
};

// Figure "PP bit protection states, address translation enabled".
Rights rights(bool key, u64 r) {
  const u64 pp = (r & 3) | (r >> 61 & 4);
  if (!key) {
    if (pp <= 2) return {true, true};
    return {pp == 3 || pp == 6, false};
  }
  if (pp == 2) return {true, true};
  return {pp == 1 || pp == 3, false};
}

u64 storage_key(u64 r) { return (r >> 57 & 0x18) | (r >> 9 & 7); }

bool is_there(const emu::GuestMemory& memory, u64 page) { return memory.contains(page << emu::page_shift, emu::page_size); }

Translation real_mode(const emu::GuestMemory& memory, u64 address) {
  Translation t;
  t.page = (address & 0x0FFFFFFFFFFFFFFF) >> emu::page_shift;
  // Beyond the real mode area: what the guest's own page table could say about it, a protection fault.
  if (t.page >= memory.size() >> emu::page_shift || !is_there(memory, t.page)) t.fault = Fault::protection;
  t.read = t.write = t.execute = true;
  return t;
}

}  // namespace

int find_segment(const Registers& registers, u32 slb_slots, u64 address) {
  for (u32 i = 0; i < slb_slots; ++i) {
    const SlbEntry& entry = registers.slb[i];
    if (!(entry.esid & slb_valid)) continue;
    const u64 differs = entry.esid ^ address;
    if ((entry.vsid & slb_segment_size) == slb_1t ? differs >> 40 == 0 : differs >> 28 == 0) return static_cast<int>(i);
  }
  return -1;
}

Translation translate(const Registers& registers, u32 slb_slots, const HashPageTable& table, const emu::GuestMemory& memory,
                      u64 address, Access access) {
  if (!(registers.msr & (access == Access::fetch ? msr::ir : msr::dr))) return real_mode(memory, address);

  Translation t;
  const int index = find_segment(registers, slb_slots, address);
  if (index < 0) {
    t.fault = Fault::segment;
    return t;
  }
  const u64 segment = registers.slb[static_cast<size_t>(index)].vsid;
  const bool huge_segment = (segment & slb_segment_size) == slb_1t;
  const u32 base = base_page_shift(segment);
  // The page index counts in pages of the segment's base size; bits below must not enter the comparison.
  const u64 offset = address & ((u64{1} << (huge_segment ? 40 : 28)) - 1) & ~((u64{1} << base) - 1);
  u64 hash;
  u64 wanted = (segment & slb_segment_size) | ((offset >> 16) & 0xFFFFFF80) | hpte_valid;
  if (huge_segment) {
    const u64 vsid = segment >> 24 & 0x3FFFFFFFFF;
    hash = vsid ^ (vsid << 25) ^ (offset >> base);
    wanted |= vsid << 24;
  } else {
    const u64 vsid = segment >> 12 & 0x3FFFFFFFFFFFF;
    hash = vsid ^ (offset >> base);
    wanted |= vsid << 12;
  }

  const u64 groups = table.groups();
  for (const u64 secondary : {u64{0}, hpte_secondary}) {
    const u64 group = (secondary ? ~hash : hash) & (groups - 1);
    for (u64 slot = group * 8; slot < group * 8 + 8; ++slot) {
      const Hpte entry = table.read(slot);
      if ((entry.v ^ (wanted | secondary)) & hpte_compare) continue;
      const u32 actual = actual_page_shift(entry, base);
      if (!actual) continue;

      const u64 mask = (u64{1} << actual) - 1;
      t.page = ((entry.r & hpte_rpn & ~mask) | (address & mask)) >> emu::page_shift;
      t.slot = slot;
      t.entry = entry;
      t.referenced = entry.r & hpte_referenced;
      t.changed = entry.r & hpte_changed;
      const auto [read, write] = rights(segment & ((registers.msr & msr::pr) ? slb_kp : slb_ks), entry.r);
      const u64 key_shift = 62 - 2 * storage_key(entry.r);
      const u64 denied = registers.spr[spr_amr] >> key_shift;
      t.read = read && !(denied & 1);
      t.write = write && !(denied & 2);
      t.execute = read;

      if (access == Access::fetch) {
        if ((segment & slb_no_execute) || (entry.r & (hpte_no_execute | hpte_guarded))) {
          t.fault = Fault::no_execute;
        } else if (!read) {
          t.fault = Fault::protection;
        } else if (registers.spr[spr_iamr] >> key_shift & 1) {
          t.fault = Fault::key;
        }
      } else if (access == Access::read ? !t.read : !t.write) {
        t.fault = (access == Access::read ? read : write) ? Fault::key : Fault::protection;
      }
      if (t.fault == Fault::none && !is_there(memory, t.page)) t.fault = Fault::no_memory;
      return t;
    }
  }
  t.fault = Fault::no_page;
  return t;
}

// The other way round: the group tells the bits of the page's number that the entry leaves out. (Book III "Page Table Search")
bool pages_reached(const Registers& registers, u32 slb_slots, const HashPageTable::TakenBack& taken,
                   const std::function<void(u64)>& page) {
  const auto [v, r] = taken.entry;
  u32 base = 12;
  u32 actual = 12;
  if (v & hpte_large) {
    const auto* size = std::ranges::find_if(large_pages, [&, r = r](const PageSize& s) { return (r >> 12 & s.lp_mask) == s.lp; });
    if (size == std::end(large_pages)) return true;  // nothing was
    base = size->base;
    actual = size->actual;
  }
  constexpr u32 largest = 16;
  if (actual > largest) return false;

  const bool huge_segment = (v & slb_segment_size) == slb_1t;
  const u64 vsid = huge_segment ? v >> 24 & 0x3FFFFFFFFF : v >> 12 & 0x3FFFFFFFFFFFF;
  const u64 group = taken.slot / 8;
  const u64 hash = v & hpte_secondary ? ~group : group;
  constexpr u64 left_out = (u64{1} << 23) - 1;
  const u64 offset = (v & (huge_segment ? 0xFFFF80 : 0xF80)) << 16 | ((hash ^ vsid) << base & left_out);
  for (u32 i = 0; i < slb_slots; ++i) {
    const SlbEntry& entry = registers.slb[i];
    if (!(entry.esid & slb_valid) || ((entry.vsid ^ v) & slb_segment_size)) continue;
    if ((huge_segment ? entry.vsid >> 24 & 0x3FFFFFFFFF : entry.vsid >> 12 & 0x3FFFFFFFFFFFF) != vsid) continue;
    const u64 segment = entry.esid & ~((u64{1} << (huge_segment ? 40 : 28)) - 1);
    const u64 first = (segment | offset) & ~((u64{1} << actual) - 1);
    if (actual == 12) {
      page(first);
      continue;
    }
    for (u32 part = 0; part < 16; ++part)
      if (taken.parts >> part & 1) page(first + u64{part} * emu::page_size);
  }
  return true;
}

}  // namespace cpu
