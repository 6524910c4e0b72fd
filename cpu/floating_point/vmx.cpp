// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/vmx.h"

#include <cmath>

#include "cpu/floating_point/arithmetic.h"
#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"

namespace cpu::floating::vmx {

namespace {

constexpr u32 sign = 0x80000000, infinite = 0x7F800000;

u32 of_double(double x) { return result(itself(std::bit_cast<u64>(x)), false); }
double to_double(u32 x) { return std::bit_cast<double>(from_single(x)); }

}  // namespace

u32 result(const Unrounded& exact, bool non_java) {
  // Flushed if it was tiny before it was rounded.
  constexpr int smallest_normal = -126;
  if (non_java && !exact.settled && exact.parts.exponent < smallest_normal) return exact.parts.negative ? sign : 0;
  return to_single(rounded(exact, Format::single_precision, {}).value);
}

u32 round_to_integral(u32 x, int how) { return to_single(to_integral(from_single(x), static_cast<Integral>(how)).value); }

u32 larger(u32 a, u32 b) {
  if (is_nan(a)) return a | quiet_bit;
  if (is_nan(b)) return b | quiet_bit;
  return to_single(chosen(from_single(a), from_single(b), Which::larger).value);
}

u32 smaller(u32 a, u32 b) {
  if (is_nan(a)) return a | quiet_bit;
  if (is_nan(b)) return b | quiet_bit;
  return to_single(chosen(from_single(a), from_single(b), Which::smaller).value);
}

u32 power_of_two(u32 x) {
  if (is_nan(x)) return x | quiet_bit;
  return of_double(std::exp2(to_double(x)));
}

u32 binary_logarithm(u32 x) {
  if (is_nan(x)) return x | quiet_bit;
  if ((x & ~sign) == 0) return sign | infinite;
  if (x & sign) return infinite | quiet_bit;
  return of_double(std::log2(to_double(x)));
}

u32 to_signed(u32 x, u32 scale, bool& saturated) {
  if (is_nan(x)) return 0;
  const int exponent = static_cast<int>(x >> 23 & 0xFF) + static_cast<int>(scale) - 127;
  if ((x & infinite) == infinite || exponent > 30) {
    saturated = true;
    return x & sign ? 0x80000000 : 0x7FFFFFFF;
  }
  if (exponent < 0) return 0;
  const u32 magnitude = ((x & 0x7FFFFF) << 8 | sign) >> (31 - exponent);
  return x & sign ? -magnitude : magnitude;
}

u32 to_unsigned(u32 x, u32 scale, bool& saturated) {
  if (is_nan(x)) return 0;
  const int exponent = static_cast<int>(x >> 23 & 0xFF) + static_cast<int>(scale) - 127;
  const bool large = (x & infinite) == infinite || exponent > 31;
  if (!large && exponent < 0) return 0;
  if (large || (x & sign)) {
    saturated = true;
    return x & sign ? 0 : 0xFFFFFFFF;
  }
  return ((x & 0x7FFFFF) << 8 | sign) >> (31 - exponent);
}

u32 from_word(u32 x, bool is_signed, u32 scale) {
  Unrounded exact = from_integer(is_signed ? static_cast<u64>(s64{static_cast<s32>(x)}) : x, is_signed);
  exact.parts.exponent -= static_cast<int>(scale);
  return result(exact, false);
}

u32 out_of_bounds(u32 a, u32 b) {
  const u64 x = from_single(a), bound = from_single(b);
  const Relation upper = compared(x, bound), lower = compared(x, bound ^ sign_bit);
  return (upper == less || upper == equal ? 0 : sign) | (lower == greater || lower == equal ? 0 : sign >> 1);
}

}  // namespace cpu::floating::vmx
