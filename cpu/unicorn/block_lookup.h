// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where the host code of a block is: asked at the end of every block that goes on in another page, or where a register says.
// Unicorn's own answer looks at two places in memory that nothing has touched lately; here one is enough.

#include <bitset>
#include <vector>

#include "emu/core/guest_memory.h"
#include "emu/core/types.h"

namespace cpu::unicorn {

class BlockLookup {
 public:
  BlockLookup() : entries_(places) {}

  // Null: not known. `mode` is what else the code depends on.
  const void* find(u64 pc, u32 mode) const {
    const Entry& entry = entries_[place(pc)];
    return entry.pc == pc && entry.mode == mode && entry.generation == generation_ ? entry.code : nullptr;
  }
  void remember(u64 pc, u32 mode, const void* code) {
    entries_[place(pc)] = {pc, mode, generation_, code};
    pages_.set(page_place(pc));
  }

  void forget() {
    // 0 is what an empty entry has.
    if (++generation_ == 0) {
      entries_.assign(places, {});
      generation_ = 1;
    }
    pages_.reset();
  }
  // Blocks may be forgotten that are not of this page.
  void forget_page(u64 page_address) {
    if (pages_.test(page_place(page_address))) forget();
  }

 private:
  static constexpr u64 places = 8192, page_places = 4096;
  struct alignas(32) Entry {  // none lies across two cache lines
    u64 pc = 0;
    u32 mode = 0;
    u32 generation = 0;
    const void* code = nullptr;
  };
  static u64 place(u64 pc) { return (pc >> 2 ^ pc >> 15 ^ pc >> 29) % places; }
  static u64 page_place(u64 pc) { return (pc >> emu::page_shift ^ pc >> 24) % page_places; }

  std::vector<Entry> entries_;
  u32 generation_ = 1;
  std::bitset<page_places> pages_;  // of which a block is remembered
};

}  // namespace cpu::unicorn
