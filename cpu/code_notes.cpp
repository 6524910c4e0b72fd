// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/code_notes.h"

#include <algorithm>
#include <iterator>

namespace cpu {

std::vector<HotCode> CodeNotes::all() const {
  std::vector<HotCode> found;
  std::ranges::copy_if(blocks_, std::back_inserter(found), [](const HotCode& block) { return block.pc != 0; });
  return found;
}

}  // namespace cpu
