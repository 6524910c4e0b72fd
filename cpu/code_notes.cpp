// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/code_notes.h"

#include <algorithm>
#include <span>

namespace cpu {

std::vector<HotCode> CodeNotes::since(size_t first) const {
  std::vector<HotCode> found;
  for (const u32 place : std::span(order_).subspan(std::min(first, order_.size()))) {
    const Block& block = blocks_[place];
    const Page& page = pages_[(block.pc >> 12) % page_places];
    if (block.pc && page.tag == ((block.pc & ~u64{0xFFF}) | 1)) found.push_back({page.number, block.mode, block.pc});
  }
  return found;
}

}  // namespace cpu
