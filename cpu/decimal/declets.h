// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Densely packed decimal: three digits in ten bits, a declet. (Power ISA, Book I, appendix on DFP formats)

#include "emu/core/types.h"

namespace cpu::decimal {

// `bcd`: three digits of four bits each.
constexpr u32 declet_of_bcd(u32 bcd) {
  const u32 high = bcd >> 8 & 15, middle = bcd >> 4 & 15, low = bcd & 15;
  const u32 h = high & 7, m = middle & 7, l = low & 7;  // of a digit below 8
  const u32 h1 = high & 1, m1 = middle & 1, l1 = low & 1;
  switch ((high >> 3) << 2 | (middle >> 3) << 1 | low >> 3) {
    case 0b000:
      return h << 7 | m << 4 | l;
    case 0b001:
      return h << 7 | m << 4 | 0b1000 | l1;
    case 0b010:
      return h << 7 | (l & 6) << 4 | m1 << 4 | 0b1010 | l1;
    case 0b011:
      return h << 7 | 0b100 << 4 | m1 << 4 | 0b1110 | l1;
    case 0b100:
      return (l & 6) << 7 | h1 << 7 | m << 4 | 0b1100 | l1;
    case 0b101:
      return (m & 6) << 7 | h1 << 7 | 0b010 << 4 | m1 << 4 | 0b1110 | l1;
    case 0b110:
      return (l & 6) << 7 | h1 << 7 | m1 << 4 | 0b1110 | l1;
    default:
      return h1 << 7 | 0b110 << 4 | m1 << 4 | 0b1110 | l1;
  }
}

// All 1024 have a meaning; 24 of them the same one as another.
constexpr u32 bcd_of_declet(u32 declet) {
  const u32 p = declet >> 7 & 7, s = declet >> 4 & 7, y = declet & 1;
  const u32 r = p & 1, u = s & 1, pq = p & 6, st = s & 6;
  const auto digits = [](u32 high, u32 middle, u32 low) { return high << 8 | middle << 4 | low; };
  if (!(declet & 8)) return digits(p, s, declet & 7);
  switch (declet >> 1 & 3) {
    case 0:
      return digits(p, s, 8 | y);
    case 1:
      return digits(p, 8 | u, st | y);
    case 2:
      return digits(8 | r, s, pq | y);
    default:
      break;
  }
  switch (st >> 1) {
    case 0:
      return digits(8 | r, 8 | u, pq | y);
    case 1:
      return digits(8 | r, pq | u, 8 | y);
    case 2:
      return digits(p, 8 | u, 8 | y);
    default:
      return digits(8 | r, 8 | u, 8 | y);
  }
}

}  // namespace cpu::decimal
