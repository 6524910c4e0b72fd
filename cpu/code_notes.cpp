// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/code_notes.h"

namespace cpu {

std::vector<HotCode> CodeNotes::all() const {
  std::vector<HotCode> all;
  for (const Block& block : blocks_) {
    if (!block.pc) continue;
    const Page& page = pages_[(block.pc >> 12) % page_places];
    if (page.tag == ((block.pc & ~u64{0xFFF}) | 1)) all.push_back({page.number, block.mode, block.pc});
  }
  return all;
}

}  // namespace cpu
