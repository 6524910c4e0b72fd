// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// As model.h, of quadruple precision.

#include "tests/guest/judging/model.h"

namespace judge::quad {

__extension__ using Bits = unsigned __int128;

struct Result {
  Bits bits = 0;
  u64 flags = 0;
};

inline constexpr Bits sign = Bits{1} << 127, inf = Bits{0x7FFF} << 112, quiet = Bits{1} << 111;
constexpr bool nan(Bits x) { return (x & ~sign) > inf; }
constexpr bool snan(Bits x) { return nan(x) && !(x & quiet); }
constexpr bool zero(Bits x) { return (x & ~sign) == 0; }
constexpr bool infinite(Bits x) { return (x & ~sign) == inf; }

// How a result is rounded: as FPSCR says, to the odd one of two, or as an instruction says.
enum class Rounding { current, odd, nearest_even, zero, up, down, nearest_away };

Result compute(Operation, Bits a, Bits b, Bits c, u64 fpscr, Rounding);  // the multiply-adds: a * c + b
Result to_extended(Bits x, u64 fpscr, Rounding);
Result to_integral(Bits x, Integral);
judge::Result to_integer(Bits x, int bits, bool is_signed);
judge::Result to_double(Bits x, u64 fpscr, Rounding);
Result from_double(u64 x);
Result from_integer(u64 x, bool is_signed);
u64 fprf(Bits);
u32 relation(Bits a, Bits b);

// Half precision, rounded to; the bits are those of a half.
judge::Result to_half(u64 x, u64 fpscr);
u64 from_half(u32 x);  // exact

}  // namespace judge::quad
