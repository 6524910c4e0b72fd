// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Comparisons, the larger and the smaller of two, and the tests that precede a division or a root made by software.
// (Book I 4.6.8, 7.6)

#include "cpu/floating_point/number.h"

namespace cpu::floating {

enum Relation : u32 { less = 8, greater = 4, equal = 2, unordered = 1 };  // as a field of CR

constexpr Relation compared(u64 a, u64 b) {
  if (is_nan(a) || is_nan(b)) return unordered;
  if (a == b || (is_zero(a) && is_zero(b))) return equal;
  const bool below = is_negative(a) != is_negative(b) ? is_negative(a) : (a < b) != is_negative(a);
  return below ? less : greater;
}

enum class Comparison { quiet, ordered };  // the ordered ones do not expect any NaN
constexpr u64 comparison_found(u64 a, u64 b, Comparison kind, u64 fpscr) {
  if (is_signaling(a) || is_signaling(b))
    return fpscr::vxsnan | (kind == Comparison::ordered && !(fpscr & fpscr::ve) ? fpscr::vxvc : 0);
  return kind == Comparison::ordered && (is_nan(a) || is_nan(b)) ? fpscr::vxvc : 0;
}

// A number is preferred to a NaN that is quiet. +0 is larger than -0.
enum class Which { larger, smaller };
constexpr Answer chosen(u64 a, u64 b, Which which) {
  if (is_signaling(a)) return {a | quiet_bit, fpscr::vxsnan};
  if (is_signaling(b)) return {b | quiet_bit, fpscr::vxsnan};
  if (is_nan(a)) return {is_nan(b) ? a : b};
  if (is_nan(b)) return {a};
  const Relation relation = compared(a, b);
  const bool first_is_larger = relation == greater || (relation == equal && !is_negative(a));
  return {first_is_larger == (which == Which::larger) ? a : b};
}

// FG and FE of the tests, in a field of CR with its first bit set.
u32 test_divide(u64 a, u64 b, Format);
u32 test_square_root(u64 b, Format);

}  // namespace cpu::floating
