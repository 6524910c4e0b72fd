// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which code a processor runs lately, for another engine that is about to run the same partition: it can translate it
// before it is needed. Advice, never state: what is missing or wrong here costs time, and nothing else.

#include <compare>
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

// Used by the processor's thread. Each block that is executed costs a look into the table, 1.5 MB while it is there. A block
// whose places are taken is not noted: those that came first ran at least as long.
class CodeNotes {
 public:
  CodeNotes() : blocks_(block_places), pages_(page_places) { order_.reserve(block_places); }

  void page_fetched(u64 page_address, u64 page) {
    pages_[(page_address >> 12) % page_places] = {page_address | 1, static_cast<u32>(page)};
  }
  // `key` is the engine's word for a block; `begins` says where it does, or 0.
  template <class Begins>
  void block_begun(u64 key, u32 mode, const Begins& begins) {
    // Keys are addresses of host code: aligned, and far apart.
    const u64 place = (key >> 4 ^ key >> 20) % block_places & ~u64{1};
    for (Block* block = &blocks_[place]; block != &blocks_[place] + 2; ++block) {
      if (block->key == key && block->mode == mode) return;
      if (block->key != 0) continue;
      *block = {key, begins(key), mode};
      order_.push_back(static_cast<u32>(block - blocks_.data()));
      return;
    }
  }
  // In the order in which they first ran, from the `first` one on: what count() was is a place to go on from.
  std::vector<HotCode> since(size_t first) const;
  size_t count() const { return order_.size(); }

 private:
  static constexpr u64 block_places = 65536;
  static constexpr u64 page_places = 8192;
  struct Block {
    u64 key = 0;
    u64 pc = 0;
    u32 mode = 0;
  };
  struct Page {
    u64 tag = 0;
    u32 number = 0;
  };
  std::vector<Block> blocks_;
  std::vector<u32> order_;  // places of blocks
  std::vector<Page> pages_;
};

}  // namespace cpu
