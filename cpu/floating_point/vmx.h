// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Floating point of the vector facility: single precision, rounded to nearest, no exceptions. In non-Java mode denormalized
// numbers are zero, as operands and as results. (Book I 6.6)

#include "cpu/floating_point/number.h"

namespace cpu::floating::vmx {

constexpr u32 flushed(u32 x) { return x & 0x7F800000 ? x : x & 0x80000000; }
constexpr bool is_nan(u32 x) { return (x & 0x7FFFFFFF) > 0x7F800000; }
inline constexpr u32 quiet_bit = 0x00400000;

// Of what arithmetic.h answers.
u32 result(const Unrounded&, bool non_java);

u32 round_to_integral(u32 x, int how);  // an Integral of conversions.h
u32 larger(u32 a, u32 b);
u32 smaller(u32 a, u32 b);
u32 power_of_two(u32 x);      // an estimate
u32 binary_logarithm(u32 x);  // an estimate

// x * 2^scale as an integer, fractions cut off; what does not fit sets `saturated`.
u32 to_signed(u32 x, u32 scale, bool& saturated);
u32 to_unsigned(u32 x, u32 scale, bool& saturated);
u32 from_word(u32 x, bool is_signed, u32 scale);  // x / 2^scale

// Bits 0 and 1 of vcmpbfp's result: a is above b, or below -b.
u32 out_of_bounds(u32 a, u32 b);

}  // namespace cpu::floating::vmx
