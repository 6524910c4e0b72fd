// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/conversions.h"

namespace cpu::floating {

namespace {

struct Whole {
  Wide magnitude;  // rounded
  bool inexact;
  bool incremented;
};

// Of a number below 2^65.
Whole whole_of(const Parts& x, Integral how) {
  if (x.exponent >= 63) return {Wide{x.significand} << (x.exponent - 63), false, false};
  // Below the point: half, and whether there is more.
  const u64 kept = x.exponent < 0 ? 0 : x.significand >> (63 - x.exponent);
  const u64 fraction = x.exponent < -1 ? 1 : x.exponent == -1 ? x.significand : x.significand << (x.exponent + 1);
  bool up = false;
  switch (how) {
    case Integral::to_nearest_away:
      up = fraction >> 63;
      break;
    case Integral::to_nearest_even:
      up = fraction > sign_bit || (fraction == sign_bit && (kept & 1));
      break;
    case Integral::to_zero:
      break;
    case Integral::up:
      up = fraction != 0 && !x.negative;
      break;
    case Integral::down:
      up = fraction != 0 && x.negative;
      break;
  }
  return {Wide{kept} + up, fraction != 0, up};
}

u64 found_of(const Whole& whole) { return whole.inexact ? fpscr::xx | fpscr::fi | (whole.incremented ? fpscr::fr : 0) : 0; }

}  // namespace

Answer to_integer(u64 x, Integer type, Rounding rounding) {
  const u64 largest = ~u64{0} >> (64 - type.bits) >> (type.is_signed ? 1 : 0);
  const u64 smallest = type.is_signed ? ~largest : 0;
  if (is_nan(x)) return {smallest, fpscr::vxcvi | (is_signaling(x) ? fpscr::vxsnan : 0)};
  if (is_zero(x)) return {};
  const bool negative = is_negative(x);
  const Answer outside = {negative ? smallest : largest, fpscr::vxcvi};
  if (is_infinite(x)) return outside;
  const Parts parts = parts_of(x);
  if (parts.exponent > 64) return outside;
  const Whole whole = whole_of(parts, integral_of(rounding));
  if (whole.magnitude > (negative ? Wide{-smallest} : Wide{largest})) return outside;
  const u64 magnitude = static_cast<u64>(whole.magnitude);
  return {negative ? -magnitude : magnitude, found_of(whole)};
}

Answer to_integral(u64 x, Integral how) {
  if (is_nan(x)) return {x | quiet_bit, is_signaling(x) ? fpscr::vxsnan : 0};
  if (is_infinite(x) || is_zero(x)) return {x};
  const Parts parts = parts_of(x);
  if (parts.exponent >= 52) return {x};
  const Whole whole = whole_of(parts, how);
  const u64 magnitude = static_cast<u64>(whole.magnitude);
  if (magnitude == 0) return {sign_of(x), found_of(whole)};
  const int zeros = std::countl_zero(magnitude);
  const u64 fraction = magnitude << zeros << 1 >> 12;
  return {sign_of(x) | static_cast<u64>(63 - zeros + 1023) << 52 | fraction, found_of(whole)};
}

}  // namespace cpu::floating
