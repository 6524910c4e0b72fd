// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Quadruple precision, as a POWER9 computes it: numbers of 128 bits, with 113 of significand. Exact first, then rounded, as
// number.h does it for the smaller formats. (Book I chapter 7)

#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"
#include "cpu/floating_point/number.h"

namespace cpu::floating::quad {

inline constexpr Wide sign_bit = Wide{1} << 127;
inline constexpr Wide infinity = Wide{0x7FFF} << 112;
inline constexpr Wide quiet_bit = Wide{1} << 111;
inline constexpr Wide default_nan = infinity | quiet_bit;
inline constexpr Wide fraction_bits = (Wide{1} << 112) - 1;
inline constexpr int bias = 16383;

constexpr Wide magnitude(Wide x) { return x & ~sign_bit; }
constexpr Wide sign_of(Wide x) { return x & sign_bit; }
constexpr bool is_negative(Wide x) { return static_cast<bool>(x >> 127); }
constexpr bool is_nan(Wide x) { return magnitude(x) > infinity; }
constexpr bool is_signaling(Wide x) { return is_nan(x) && !(x & quiet_bit); }
constexpr bool is_infinite(Wide x) { return magnitude(x) == infinity; }
constexpr bool is_zero(Wide x) { return magnitude(x) == 0; }
constexpr u32 exponent_field(Wide x) { return static_cast<u32>(x >> 112) & 0x7FFF; }
constexpr Wide negated_unless_nan(Wide x) { return is_nan(x) ? x : x ^ sign_bit; }

// Of a finite number that is not zero: significand * 2^(exponent - 127), its highest bit set.
struct Parts {
  bool negative;
  int exponent;
  Wide significand;
};
struct Answer {
  Wide value = 0;
  u64 found = 0;  // FPSCR: exceptions, FR, FI
};
// As the one of number.h.
struct Unrounded {
  bool settled = false;
  Answer answer;
  Parts parts{};

  static constexpr Unrounded of(Wide value, u64 found = 0) { return {true, {value, found}, {}}; }
  static constexpr Unrounded of(const Parts& parts) { return {false, {}, parts}; }
};

inline constexpr int all_bits = 113, bits_of_extended = 64;  // of significands
Answer rounded(const Unrounded&, int precision, const Rules&);
u64 class_of(Wide value);  // FPRF

Unrounded add(Wide a, Wide b, Rounding);
Unrounded subtract(Wide a, Wide b, Rounding);
Unrounded multiply(Wide a, Wide b);
Unrounded divide(Wide a, Wide b);
Unrounded square_root(Wide b);
Unrounded multiply_add(Wide a, Wide c, Wide b, Rounding);  // a * c + b
Unrounded itself(Wide b);
Unrounded from_integer(u64 value, bool is_signed);

Answer from_double(u64 x);
floating::Unrounded to_be_double(Wide x);
floating::Answer to_integer(Wide x, Integer);  // fractions are cut off
Answer to_integral(Wide x, Integral);

constexpr Relation compared(Wide a, Wide b) {
  if (is_nan(a) || is_nan(b)) return unordered;
  if (a == b || (is_zero(a) && is_zero(b))) return equal;
  const bool below = is_negative(a) != is_negative(b) ? is_negative(a) : (a < b) != is_negative(a);
  return below ? less : greater;
}
constexpr u64 comparison_found(Wide a, Wide b, Comparison kind, u64 fpscr) {
  if (is_signaling(a) || is_signaling(b))
    return fpscr::vxsnan | (kind == Comparison::ordered && !(fpscr & fpscr::ve) ? fpscr::vxvc : 0);
  return kind == Comparison::ordered && (is_nan(a) || is_nan(b)) ? fpscr::vxvc : 0;
}

}  // namespace cpu::floating::quad
