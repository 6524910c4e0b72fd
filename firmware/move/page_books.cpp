// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/page_books.h"

#include <algorithm>
#include <bit>

namespace firmware::move {

namespace {
constexpr u64 most_cells = 1024;  // what a picture can show, and few enough to be asked for thirty times a second

// In 255ths, rounded up: one page of many can still be seen.
u8 part(u64 count, u64 of) { return static_cast<u8>((count * 255 + of - 1) / of); }
}  // namespace

PageBooks::PageBooks(u64 pages) : pages_(pages), words_((pages + 63) / 64) {
  for (Words* words : {&moved_, &current_, &zero_, &demanded_}) *words = std::make_unique<std::atomic<u64>[]>(words_);
}

void PageBooks::hole(u64 first_page, u64 pages) {
  for (u64 word = first_page / 64; word < (first_page + pages) / 64; ++word)
    for (Words* words : {&moved_, &current_, &zero_}) (*words)[word].store(~u64{0}, std::memory_order_relaxed);
}

void PageBooks::outdated(std::span<const u64> words) {
  for (u64 i = 0; i < std::min<u64>(words.size(), words_); ++i)
    if (words[i]) current_[i].store(current_[i].load(std::memory_order_relaxed) & ~words[i], std::memory_order_relaxed);
}

MemoryMap PageBooks::map(const emu::PageMap* also_outdated) const {
  MemoryMap map;
  map.pages = pages_;
  u64 words_per_cell = 1;
  while (words_ / words_per_cell > most_cells) words_per_cell *= 2;
  map.pages_per_cell = static_cast<u32>(words_per_cell * 64);
  for (u64 first = 0; first < words_; first += words_per_cell) {
    u64 content = 0, zero = 0, stale = 0, demanded = 0;
    for (u64 i = first; i < std::min(first + words_per_cell, words_); ++i) {
      const u64 moved = moved_[i].load(std::memory_order_relaxed);
      const u64 outdated = moved & (~current_[i].load(std::memory_order_relaxed) | (also_outdated ? also_outdated->load(i) : 0));
      const u64 empty = zero_[i].load(std::memory_order_relaxed);
      content += static_cast<u64>(std::popcount(moved & ~outdated & ~empty));
      zero += static_cast<u64>(std::popcount(moved & ~outdated & empty));
      stale += static_cast<u64>(std::popcount(outdated));
      demanded += static_cast<u64>(std::popcount(demanded_[i].load(std::memory_order_relaxed)));
    }
    const u64 pages = std::min<u64>(map.pages_per_cell, pages_ - first * 64);
    map.content.push_back(part(content, pages));
    map.zero.push_back(part(zero, pages));
    map.stale.push_back(part(stale, pages));
    map.demanded.push_back(part(demanded, pages));
  }
  return map;
}

}  // namespace firmware::move
