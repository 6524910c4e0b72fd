// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/effective_address.h"

#include <algorithm>

namespace cpu {

namespace {

// Vector element accesses ignore the low bits of the address: extended opcode under primary opcode 31, bits ignored.
struct Aligned {
  u32 extended;
  u64 ignored;
};
constexpr Aligned aligned[] = {
    {39, 1}, {71, 3}, {103, 15}, {135, 0}, {167, 1}, {199, 3}, {231, 15}, {359, 15}, {487, 15}, {1014, 127}, {7, 0},
};

}  // namespace

std::optional<u64> effective_address(Instruction i, const Engine& registers, bool sixty_four_bit) {
  const u64 base = i.ra() ? registers.gpr(i.ra()) : 0;
  u64 address;
  switch (i.opcode()) {
    case 31: {
      constexpr u32 without[] = {597, 725, 582, 614, 710, 742, 269, 301, 397, 429};  // [l|st]swi, [l|st][w|d]at, [l|st]xvl[l]
      const u32 x = i.extended();
      const bool without_index = std::ranges::find(without, x) != std::end(without);
      address = base + (without_index ? 0 : registers.gpr(i.rb()));
      for (const Aligned& row : aligned)
        if (row.extended == x) address &= ~row.ignored;
      break;
    }
    case 56:  // lq: DQ-form
      address = base + (i.displacement() & ~u64{15});
      break;
    case 57:  // DS-form: lxsd, lxssp, lfdp
    case 58:  // ld, ldu, lwa
    case 62:  // std, stdu, stq
      address = base + (i.displacement() & ~u64{3});
      break;
    case 61:  // lxv, stxv are DQ-form, stxsd, stxssp, stfdp DS-form
      address = base + (i.displacement() & ~((i.word & 3) == 1 ? u64{15} : u64{3}));
      break;
    default:
      if (i.opcode() < 32 || i.opcode() > 55) return std::nullopt;
      address = base + i.displacement();
  }
  return sixty_four_bit ? address : address & 0xFFFFFFFF;
}

u64 alignment_dsisr(Instruction i) {
  const u64 operands = static_cast<u64>(i.rt()) << 5 | static_cast<u64>(i.ra());
  if (i.opcode() == 31) {
    // Bits 15:16 = instruction 29:30, 17 = 25, 18:21 = 21:24.
    return (u64{i.word} >> 1 & 3) << 15 | (u64{i.word} >> 6 & 1) << 14 | (u64{i.word} >> 7 & 0xF) << 10 | operands;
  }
  // DS-form: 12:13 = instruction 30:31. Bit 17 = instruction 5, 18:21 = 1:4.
  const bool ds_form = i.opcode() >= 56;
  return (ds_form ? u64{i.word & 3} << 18 : 0) | (u64{i.word} >> 26 & 1) << 14 | (u64{i.word} >> 27 & 0xF) << 10 | operands;
}

}  // namespace cpu
