// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Between floating point and integers, and to an integer in the floating point format. (Book I 4.6.7, 7.6)

#include "cpu/floating_point/number.h"

namespace cpu::floating {

struct Integer {
  int bits;  // 32 or 64
  bool is_signed;
};
inline constexpr Integer signed_word = {32, true}, unsigned_word = {32, false}, signed_doubleword = {64, true},
                         unsigned_doubleword = {64, false};

// In the low bits of the answer's value, signed ones extended. What is too large becomes the largest, NaN the smallest.
Answer to_integer(u64 x, Integer, Rounding);

enum class Integral { to_nearest_away, to_zero, up, down, to_nearest_even };
constexpr Integral integral_of(Rounding rounding) {
  constexpr Integral as[] = {Integral::to_nearest_even, Integral::to_zero, Integral::up, Integral::down};
  return as[static_cast<int>(rounding)];
}
// With FR and FI, and XX, which most instructions do not report.
Answer to_integral(u64 x, Integral);

}  // namespace cpu::floating
