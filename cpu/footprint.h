// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a transaction has stored: a copy of each page that it has written to, which only its own accesses see. The partition's
// memory does not change before the transaction ends; if it fails, the copies are thrown away. (Book II chapter 5)
//
// SIMPLIFIED: what a device writes while a transaction runs does not make it fail. Of each doubleword the one that comes later
// wins.

#include <memory>
#include <vector>

#include "emu/core/guest_memory.h"

namespace cpu {

class Footprint {
 public:
  // A POWER8 keeps 8 KiB in all, in lines of 128 bytes: what fits there mostly fits here.
  static constexpr size_t most_pages = 64;
  static constexpr u64 none = ~u64{0};

  static emu::Result<std::unique_ptr<Footprint>> create();
  ~Footprint();
  Footprint(const Footprint&) = delete;
  Footprint& operator=(const Footprint&) = delete;

  std::span<u8> memory() { return {copies_, most_pages * emu::page_size}; }  // of the copies, as engines map it

  // Where the copy of a page is in `memory`, in bytes; `none`.
  u64 copy_of(u64 page) const;
  u64 add(u64 page, const u8* content);  // `none`: there are too many

  // Stores what has changed, a doubleword at a time. The pages are present.
  void commit(emu::GuestMemory&);
  void discard() { pages_.clear(); }

 private:
  explicit Footprint(u8* copies) : copies_(copies) {}
  u8* original(size_t index) { return copies_ + (most_pages + index) * emu::page_size; }

  u8* copies_;  // and behind them, what they were copied from
  std::vector<u64> pages_;
};

}  // namespace cpu
