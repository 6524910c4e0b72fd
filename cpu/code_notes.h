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
  u32 mode = 0;  // the engine's MSR: its low word, and SF as the highest bit
  u64 pc = 0;    // effective address of its first instruction
  auto operator<=>(const HotCode&) const = default;
};

constexpr u32 hot_mode(u64 msr) { return static_cast<u32>(msr & 0x7FFFFFFF) | static_cast<u32>(msr >> 63) << 31; }
constexpr u64 msr_of_mode(u32 mode) { return u64{mode >> 31} << 63 | (mode & 0x7FFFFFFF); }

// Used by the processor's thread. A table in which the newer of two blocks with one place wins: it costs a comparison per
// block that is executed, and 300 KB while it is there.
class CodeNotes {
 public:
  CodeNotes() : blocks_(block_places), pages_(page_places) {}

  void page_fetched(u64 page_address, u64 page) {
    pages_[(page_address >> 12) % page_places] = {page_address | 1, static_cast<u32>(page)};
  }
  void block_begun(u64 pc, u64 msr) {
    HotCode& known = blocks_[(pc >> 2 ^ pc >> 16) % block_places];
    if (known.pc == pc && known.mode == hot_mode(msr)) return;
    const Page& page = pages_[(pc >> 12) % page_places];
    if (page.tag == ((pc & ~u64{0xFFF}) | 1)) known = {page.number, hot_mode(msr), pc};
  }
  std::vector<HotCode> all() const;  // in no order

 private:
  static constexpr u64 block_places = 16384;
  static constexpr u64 page_places = 1024;
  struct Page {
    u64 tag = 0;
    u32 number = 0;
  };
  std::vector<HotCode> blocks_;
  std::vector<Page> pages_;
};

}  // namespace cpu
