// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/number.h"

#include <algorithm>

namespace cpu::floating {

namespace {

struct Limits {
  int precision;
  int least;   // exponent of the smallest normal number
  int most;    // and of the largest
  int adjust;  // what an enabled overflow or underflow changes it by
};
constexpr Limits single_limits = {24, -126, 127, 192}, double_limits = {53, -1022, 1023, 1536}, half_limits = {11, -14, 15, 24};

constexpr const Limits& limits_of(Format format) {
  return format == Format::double_precision ? double_limits : format == Format::single_precision ? single_limits : half_limits;
}

u64 largest(bool negative, const Limits& limits) {
  const u64 fraction = fraction_bits & ~((u64{1} << (53 - limits.precision)) - 1);
  return (negative ? sign_bit : 0) | static_cast<u64>(limits.most + 1023) << 52 | fraction;
}

// significand * 2^(exponent - precision + 1)
u64 composed(bool negative, int exponent, u64 significand, int precision) {
  const u64 sign = negative ? sign_bit : 0;
  if (significand == 0) return sign;
  const int zeros = std::countl_zero(significand) - (64 - precision);
  if (zeros > 0) {
    if (precision == 53) return sign | significand;  // a denormalized number
    significand <<= zeros;
    exponent -= zeros;
  }
  return sign | (static_cast<u64>(exponent + 1023) & 0x7FF) << 52 | (significand << (53 - precision) & fraction_bits);
}

}  // namespace

Answer rounded(const Unrounded& result, Format format, const Rules& rules) {
  if (result.settled) return result.answer;
  const Limits& limits = limits_of(format);
  auto [negative, exponent, significand] = result.parts;
  Answer answer;
  // Tininess is detected before rounding. (Book I 4.4.4)
  const bool tiny = exponent < limits.least;
  if (tiny && rules.underflow_enabled) {
    answer.found |= fpscr::ux;
    exponent += limits.adjust;
  } else if (tiny) {
    significand = shifted_right(significand, limits.least - exponent);
    exponent = limits.least;
  }
  const int dropped = 64 - limits.precision;
  const u64 lost = significand & ((u64{1} << dropped) - 1);
  u64 kept = significand >> dropped;
  if (lost != 0) {
    answer.found |= fpscr::xx | fpscr::fi;
    if (tiny) answer.found |= fpscr::ux;
    if (rounds_up(rules.rounding, negative, kept, lost, u64{1} << (dropped - 1))) {
      answer.found |= fpscr::fr;
      if (++kept >> limits.precision) {
        kept >>= 1;
        ++exponent;
      }
    }
  }
  if (exponent > limits.most && !(tiny && rules.underflow_enabled)) {
    answer.found |= fpscr::ox;
    if (rules.overflow_enabled) {
      exponent -= limits.adjust;
    } else {
      const bool to_infinity =
          rules.rounding == Rounding::nearest || rules.rounding == (negative ? Rounding::down : Rounding::up);
      // What FR then is, nobody says.
      answer.found = (answer.found & ~fpscr::fr) | fpscr::xx | fpscr::fi | (to_infinity ? fpscr::fr : 0);
      answer.value = to_infinity ? (negative ? sign_bit : 0) | infinity : largest(negative, limits);
      return answer;
    }
  }
  answer.value = composed(negative, exponent, kept, limits.precision);
  return answer;
}

u64 class_of(u64 value, Format format) {
  constexpr u64 less = 8, greater = 4, equal = 2, unordered = 1, other = 16;
  if (is_nan(value)) return (other | unordered) << fpscr::fprf_at;
  const bool negative = is_negative(value);
  if (is_zero(value)) return (negative ? other | equal : equal) << fpscr::fprf_at;
  u64 result = negative ? less : greater;
  if (is_infinite(value)) {
    result |= unordered;
  } else {
    const int field = static_cast<int>(value >> 52 & 0x7FF);
    if (field == 0 || (format != Format::double_precision && field - 1023 < limits_of(format).least)) result |= other;
  }
  return result << fpscr::fprf_at;
}

u64 from_single(u32 x) {
  const u64 sign = u64{x >> 31} << 63;
  const u32 field = x >> 23 & 0xFF, fraction = x & 0x7FFFFF;
  if (field == 0xFF) return sign | infinity | u64{fraction} << 29;
  if (field != 0) return sign | u64{field + (1023 - 127)} << 52 | u64{fraction} << 29;
  if (fraction == 0) return sign;
  const int zeros = std::countl_zero(fraction);
  return sign | static_cast<u64>(1023 - 118 - zeros) << 52 | ((u64{fraction} << (zeros + 21)) & fraction_bits);
}

u32 to_single(u64 x) {
  const int field = static_cast<int>(x >> 52 & 0x7FF);
  const u32 high = static_cast<u32>(x >> 32);
  if (field > 1023 - 127 || is_zero(x)) return (high & 0xC0000000) | (static_cast<u32>(x >> 29) & 0x3FFFFFFF);
  const int shift = 1023 - 126 - field;
  if (shift > 23) return high & 0x80000000;
  return (high & 0x80000000) | static_cast<u32>(((u64{1} << 52 | (x & fraction_bits)) >> 29) >> shift);
}

u64 from_half(u16 x) {
  const u64 sign = u64{x >> 15 & 1u} << 63;
  const u32 field = x >> 10 & 0x1F, fraction = x & 0x3FF;
  if (field == 0x1F) return sign | infinity | u64{fraction} << 42;
  if (field != 0) return sign | u64{field + (1023 - 15)} << 52 | u64{fraction} << 42;
  if (fraction == 0) return sign;
  const int zeros = std::countl_zero(fraction);
  return sign | static_cast<u64>(1023 + 7 - zeros) << 52 | ((u64{fraction} << (zeros + 21)) & fraction_bits);
}

u16 to_half(u64 x) {
  const u32 sign = static_cast<u32>(x >> 48) & 0x8000, fraction = static_cast<u32>((x & fraction_bits) >> 42);
  if (is_zero(x)) return static_cast<u16>(sign);
  if (is_nan(x) || is_infinite(x)) return static_cast<u16>(sign | 0x7C00 | fraction);
  const int exponent = static_cast<int>(x >> 52 & 0x7FF) - 1023;
  if (exponent >= half_limits.least) return static_cast<u16>(sign | (static_cast<u32>(exponent + 15) & 0x1F) << 10 | fraction);
  const int shift = std::min(half_limits.least - exponent, 31);
  return static_cast<u16>(sign | (0x400 | fraction) >> shift);
}

}  // namespace cpu::floating
