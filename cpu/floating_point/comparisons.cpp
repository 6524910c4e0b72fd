// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/comparisons.h"

namespace cpu::floating {

namespace {

constexpr u32 always = 8, fg = 4, fe = 2;

struct Range {
  int least;      // exponent of the smallest normal number
  int most;       // and of the largest
  int precision;  // bits behind the first
};
constexpr Range range_of(Format format) {
  return format == Format::single_precision ? Range{-126, 127, 23} : Range{-1022, 1023, 52};
}

constexpr bool no_number(u64 x) { return is_nan(x) || is_infinite(x); }

}  // namespace

u32 test_divide(u64 a, u64 b, Format format) {
  const Range range = range_of(format);
  u32 result = always;
  if (is_infinite(a) || is_infinite(b) || is_zero(b) || (!is_nan(b) && parts_of(b).exponent < range.least)) result |= fg;
  if (no_number(a) || no_number(b) || is_zero(b)) return result | fe;
  const int of_b = parts_of(b).exponent;
  if (of_b <= range.least || of_b >= range.most - 2) return result | fe;
  if (is_zero(a)) return result;
  const int of_a = parts_of(a).exponent;
  if (of_a - of_b >= range.most || of_a - of_b <= range.least + 1 || of_a <= range.least + range.precision) result |= fe;
  return result;
}

u32 test_square_root(u64 b, Format format) {
  const Range range = range_of(format);
  if (is_nan(b)) return always | fe;
  if (is_infinite(b) || is_zero(b)) return always | fg | fe;
  const int exponent = parts_of(b).exponent;
  return always | (exponent < range.least ? fg : u32{0}) |
         (is_negative(b) || exponent <= range.least + range.precision ? fe : u32{0});
}

}  // namespace cpu::floating
