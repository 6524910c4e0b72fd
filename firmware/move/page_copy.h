// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Pages of a running partition are read while it writes them: a race that the dirty map repairs, as between two processors
// of a server. These loops are kept out of the race detector's sight, and nothing else is.

#include <cstring>

#include "emu/core/guest_memory.h"

namespace firmware::move {

__attribute__((no_sanitize("thread"))) inline bool is_zero_page(const u8* page) {
  using Vector = u64 __attribute__((vector_size(32), may_alias, aligned(32)));
  const auto* at = reinterpret_cast<const Vector*>(page);
  // The first line tells for nearly every page that is not empty.
  for (u64 i = 0; i < emu::page_size / sizeof(Vector); i += 8) {
    const Vector any = (at[i] | at[i + 1]) | (at[i + 2] | at[i + 3]) | (at[i + 4] | at[i + 5]) | (at[i + 6] | at[i + 7]);
    if (any[0] | any[1] | any[2] | any[3]) return false;
  }
  return true;
}

// Neighbours in one piece: the processor copies 64 KiB at twice the rate of 4 KiB, because it need not read what it overwrites.
__attribute__((no_sanitize("thread"))) inline void copy_pages(u8* to, const u8* from, u64 pages) {
#ifdef __SANITIZE_THREAD__
  const auto* source = reinterpret_cast<const volatile u64*>(from);
  auto* target = reinterpret_cast<volatile u64*>(to);
  for (u64 i = 0; i < pages * emu::page_size / 8; ++i) target[i] = source[i];
#else
  std::memcpy(to, from, pages * emu::page_size);
#endif
}

}  // namespace firmware::move
