// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/footprint.h"

#include <algorithm>
#include <cstring>

#include <sys/mman.h>

namespace cpu {

namespace {
constexpr size_t all_bytes = 2 * Footprint::most_pages * emu::page_size;
}

emu::Result<std::unique_ptr<Footprint>> Footprint::create() {
  void* memory = mmap(nullptr, all_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return emu::Error{"memory", "The host has no room for a processor's transactions."};
  return std::unique_ptr<Footprint>(new Footprint(static_cast<u8*>(memory)));
}

Footprint::~Footprint() { munmap(copies_, all_bytes); }

u64 Footprint::copy_of(u64 page) const {
  const auto found = std::ranges::find(pages_, page);
  return found == pages_.end() ? none : static_cast<u64>(found - pages_.begin()) * emu::page_size;
}

u64 Footprint::add(u64 page, const u8* content) {
  if (pages_.size() == most_pages) return none;
  const u64 at = pages_.size() * emu::page_size;
  std::memcpy(original(pages_.size()), content, emu::page_size);
  std::memcpy(copies_ + at, original(pages_.size()), emu::page_size);
  pages_.push_back(page);
  return at;
}

void Footprint::commit(emu::GuestMemory& memory) {
  constexpr u64 word = sizeof(u64);
  for (size_t i = 0; i < pages_.size(); ++i) {
    const u8* copy = copies_ + i * emu::page_size;
    const auto changed = [&](u64 at) { return std::memcmp(copy + at, original(i) + at, word) != 0; };
    for (u64 at = 0; at < emu::page_size; at += word) {
      if (!changed(at)) continue;
      const u64 begin = at;
      while (at < emu::page_size && changed(at)) at += word;
      (void)memory.write((pages_[i] << emu::page_shift) + begin, {copy + begin, at - begin});
    }
  }
  discard();
}

}  // namespace cpu
