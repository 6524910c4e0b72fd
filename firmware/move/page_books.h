// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has become of every page during a move: for people who watch it, nothing else depends on it. The stream's owner of
// work_ writes, without a locked instruction for each page; anybody reads at any time, and may see a page a moment late.

#include <atomic>
#include <memory>
#include <span>

#include "emu/core/guest_memory.h"
#include "firmware/move/progress.h"

namespace firmware::move {

enum class Content : u8 { some, none };
enum class Fetched : u8 { in_turn, on_demand };

class PageBooks {
 public:
  explicit PageBooks(u64 pages);

  // Sent on the source, or arrived on the destination.
  void moved(u64 page, Content content, Fetched how = Fetched::in_turn) {
    put(moved_, page, true);
    put(current_, page, true);
    put(zero_, page, content == Content::none);
    if (how == Fetched::on_demand) put(demanded_, page, true);
  }
  // A hole: it looks as what was empty, and is never sent. Whole words of 64 pages.
  void hole(u64 first_page, u64 pages);
  // Pages that must move again, one bit for each: a pass has taken them, or the suspension.
  void outdated(std::span<const u64> words);

  // The picture. `also_outdated`: what is dirty, or missing, at this moment; may be null.
  MemoryMap map(const emu::PageMap* also_outdated) const;

 private:
  using Words = std::unique_ptr<std::atomic<u64>[]>;
  void put(Words& words, u64 page, bool on) {
    std::atomic<u64>& word = words[page / 64];
    const u64 bit = u64{1} << (page % 64), old = word.load(std::memory_order_relaxed);
    const u64 now = on ? old | bit : old & ~bit;
    if (now != old) word.store(now, std::memory_order_relaxed);
  }

  u64 pages_;
  u64 words_;
  Words moved_;     // at least once
  Words current_;   // and not known to be outdated
  Words zero_;      // was empty the last time
  Words demanded_;  // was waited for
};

}  // namespace firmware::move
