// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which code a processor runs lately, for another engine that is about to run the same partition: it can translate it
// before it is needed. Advice, never state: what is missing or wrong here costs time, and nothing else.

#include <compare>
#include <functional>
#include <vector>

#include "emu/core/types.h"

namespace cpu {

// A block of code: where it begins, and all that its translation depends on.
struct HotCode {
  u32 page = 0;  // the real page in which it lies
  u32 mode = 0;  // the guest's MSR as far as the engine knows it: its low word, and SF as the highest bit
  u64 pc = 0;    // effective address of its first instruction
  auto operator<=>(const HotCode&) const = default;
};

constexpr u32 hot_mode(u64 msr) { return static_cast<u32>(msr & 0x7FFFFFFF) | static_cast<u32>(msr >> 63) << 31; }
constexpr u64 msr_of_mode(u32 mode) { return u64{mode >> 31} << 63 | (mode & 0x7FFFFFFF); }

// Used by the processor's thread. A table in which the newer of two blocks with one place wins: it costs a comparison per
// block that is executed, and 400 KB while it is there.
class CodeNotes {
 public:
  CodeNotes() : blocks_(block_places), pages_(page_places) {}

  void page_fetched(u64 page_address, u64 page) {
    pages_[(page_address >> 12) % page_places] = {page_address | 1, static_cast<u32>(page)};
  }
  // `key` is the engine's word for a block. Only its first bits say little: host code is aligned.
  void block_begun(u64 key, u32 mode) {
    Block& known = blocks_[(key >> 4 ^ key >> 18) % block_places];
    if (known.key == key && known.mode == mode) return;
    known = {key, 0, mode};
  }
  // In no order. `address_of` answers where the block of a key begins, or 0; it is asked once for each.
  std::vector<HotCode> all(const std::function<u64(u64)>& address_of);

 private:
  static constexpr u64 block_places = 16384;
  static constexpr u64 page_places = 1024;
  struct Block {
    u64 key = 0;
    u64 pc = 0;  // 0: not asked yet
    u32 mode = 0;
  };
  struct Page {
    u64 tag = 0;
    u32 number = 0;
  };
  std::vector<Block> blocks_;
  std::vector<Page> pages_;
};

}  // namespace cpu
