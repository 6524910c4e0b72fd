// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/quad.h"

#include <utility>

namespace cpu::floating::quad {

namespace {

constexpr int least = -16382, most = 16383;  // exponents of normal numbers
constexpr int adjust = 24576;                // what an enabled overflow or underflow changes one by

constexpr Wide quiet(Wide x) { return x | quiet_bit; }
constexpr u64 signaling(Wide x) { return is_signaling(x) ? fpscr::vxsnan : 0; }
constexpr Unrounded invalid(u64 why) { return Unrounded::of(default_nan, why); }
constexpr Unrounded nan_of(Wide a, Wide b) { return Unrounded::of(quiet(is_nan(a) ? a : b), signaling(a) | signaling(b)); }
constexpr Wide zero_sum(Wide sign_a, Wide sign_b, Rounding rounding) {
  if (sign_a == sign_b) return sign_a;
  return rounding == Rounding::down ? sign_bit : 0;
}

Parts parts_of(Wide x) {
  const int field = static_cast<int>(exponent_field(x));
  const Wide fraction = x & fraction_bits;
  if (field != 0) return {is_negative(x), field - bias, (fraction | Wide{1} << 112) << 15};
  const int zeros = zeros_before(fraction);
  return {is_negative(x), least - (zeros - 15), fraction << zeros};
}

// 256 bits: a product, and what is added to it.
struct Double {
  Wide high, low;

  bool operator==(const Double&) const = default;
  bool operator<(const Double& other) const { return high != other.high ? high < other.high : low < other.low; }
  Double operator+(const Double& other) const {
    const Wide sum = low + other.low;
    return {high + other.high + (sum < low), sum};
  }
  Double operator-(const Double& other) const { return {high - other.high - (low < other.low), low - other.low}; }
  // The lowest bit says whether anything was lost.
  Double shifted_right(int by) const {
    if (by <= 0) return *this;
    if (by > 255) return {0, Wide{(high | low) != 0}};
    if (by >= 128) return {0, floating::shifted_right(high, by - 128) | (low != 0)};
    const Wide lost = low << (128 - by);
    return {high >> by, low >> by | high << (128 - by) | (lost != 0)};
  }
};

Double product(Wide a, Wide b) {
  const u64 a1 = static_cast<u64>(a >> 64), a0 = static_cast<u64>(a), b1 = static_cast<u64>(b >> 64), b0 = static_cast<u64>(b);
  const Double low{0, Wide{a0} * b0}, high{Wide{a1} * b1, 0};
  const Wide one = Wide{a1} * b0, other = Wide{a0} * b1;
  return high + low + Double{one >> 64, one << 64} + Double{other >> 64, other << 64};
}

// x * 2^(exponent - 255), if x's highest bit were set.
Unrounded normalized(bool negative, int exponent, Double x) {
  if (x.high == 0) {
    x = {x.low, 0};
    exponent -= 128;
  }
  const int zeros = zeros_before(x.high);
  if (zeros) x = {x.high << zeros | x.low >> (128 - zeros), x.low << zeros};
  return Unrounded::of(Parts{negative, exponent - zeros, x.high | (x.low != 0)});
}

struct Term {
  bool negative;
  int exponent;  // of bit 254
  Double significand;
};

// Neither is zero, and neither has bit 255.
Unrounded sum(Term high, Term low, Rounding rounding) {
  if (high.exponent < low.exponent) std::swap(high, low);
  const Double other = low.significand.shifted_right(high.exponent - low.exponent);
  if (high.negative == low.negative) return normalized(high.negative, high.exponent + 1, high.significand + other);
  if (high.significand == other) return Unrounded::of(rounding == Rounding::down ? sign_bit : 0);
  if (other < high.significand) return normalized(high.negative, high.exponent + 1, high.significand - other);
  return normalized(low.negative, high.exponent + 1, other - high.significand);
}

Term term(const Parts& x) { return {x.negative, x.exponent, Double{x.significand, 0}.shifted_right(1)}; }

// significand * 2^(exponent - 112)
Wide composed(bool negative, int exponent, Wide significand) {
  const Wide sign = negative ? sign_bit : 0;
  if (!(significand >> 112)) return sign | significand;  // a denormalized number, or zero
  return sign | (static_cast<Wide>(exponent + bias) & 0x7FFF) << 112 | (significand & fraction_bits);
}

}  // namespace

Answer rounded(const Unrounded& result, int precision, const Rules& rules) {
  if (result.settled) return result.answer;
  auto [negative, exponent, significand] = result.parts;
  Answer answer;
  const bool tiny = exponent < least;
  if (tiny && rules.underflow_enabled) {
    answer.found |= fpscr::ux;
    exponent += adjust;
  } else if (tiny) {
    significand = shifted_right(significand, least - exponent);
    exponent = least;
  }
  const int dropped = 128 - precision;
  const Wide lost = significand & ((Wide{1} << dropped) - 1), half = Wide{1} << (dropped - 1);
  Wide kept = significand >> dropped;
  if (lost != 0) {
    answer.found |= fpscr::xx | fpscr::fi;
    if (tiny) answer.found |= fpscr::ux;
    if (rounds_up(rules.rounding, negative, kept, lost, half)) {
      answer.found |= fpscr::fr;
      if (++kept >> precision) {
        kept >>= 1;
        ++exponent;
      }
    }
  }
  if (exponent > most && !(tiny && rules.underflow_enabled)) {
    answer.found |= fpscr::ox;
    if (rules.overflow_enabled) {
      exponent -= adjust;
    } else {
      const bool to_infinity = rules.rounding == Rounding::nearest || rules.rounding == Rounding::nearest_away ||
                               rules.rounding == (negative ? Rounding::down : Rounding::up);
      answer.found = (answer.found & ~fpscr::fr) | fpscr::xx | fpscr::fi | (to_infinity ? fpscr::fr : 0);
      const Wide largest = infinity - (Wide{1} << (all_bits - precision));
      answer.value = (negative ? sign_bit : 0) | (to_infinity ? infinity : largest);
      return answer;
    }
  }
  answer.value = composed(negative, exponent, kept << (all_bits - precision));
  return answer;
}

u64 class_of(Wide value) {
  constexpr u64 less = 8, greater = 4, equal = 2, unordered = 1, other = 16;
  if (is_nan(value)) return (other | unordered) << fpscr::fprf_at;
  const bool negative = is_negative(value);
  if (is_zero(value)) return (negative ? other | equal : equal) << fpscr::fprf_at;
  u64 result = negative ? less : greater;
  if (is_infinite(value)) result |= unordered;
  if (exponent_field(value) == 0) result |= other;
  return result << fpscr::fprf_at;
}

Unrounded add(Wide a, Wide b, Rounding rounding) {
  if (is_nan(a) || is_nan(b)) return nan_of(a, b);
  if (is_infinite(a) && is_infinite(b) && a != b) return invalid(fpscr::vxisi);
  if (is_infinite(a) || is_infinite(b)) return Unrounded::of(is_infinite(a) ? a : b);
  if (is_zero(a)) return is_zero(b) ? Unrounded::of(zero_sum(sign_of(a), sign_of(b), rounding)) : Unrounded::of(parts_of(b));
  if (is_zero(b)) return Unrounded::of(parts_of(a));
  return sum(term(parts_of(a)), term(parts_of(b)), rounding);
}

Unrounded subtract(Wide a, Wide b, Rounding rounding) { return add(a, negated_unless_nan(b), rounding); }

Unrounded multiply(Wide a, Wide b) {
  const Wide sign = sign_of(a ^ b);
  if (is_nan(a) || is_nan(b)) return nan_of(a, b);
  const bool endless = is_infinite(a) || is_infinite(b), nothing = is_zero(a) || is_zero(b);
  if (endless && nothing) return invalid(fpscr::vximz);
  if (endless || nothing) return Unrounded::of(endless ? sign | infinity : sign);
  const Parts x = parts_of(a), y = parts_of(b);
  return normalized(sign != 0, x.exponent + y.exponent + 1, product(x.significand, y.significand));
}

Unrounded divide(Wide a, Wide b) {
  const Wide sign = sign_of(a ^ b);
  if (is_nan(a) || is_nan(b)) return nan_of(a, b);
  if (is_infinite(a) && is_infinite(b)) return invalid(fpscr::vxidi);
  if (is_infinite(a) || is_infinite(b)) return Unrounded::of(is_infinite(a) ? sign | infinity : sign);
  if (is_zero(b)) return is_zero(a) ? invalid(fpscr::vxzdz) : Unrounded::of(sign | infinity, fpscr::zx);
  if (is_zero(a)) return Unrounded::of(sign);
  const Parts x = parts_of(a), y = parts_of(b);
  // Bit by bit, of numbers of 113 bits: 120 bits of the quotient, and whether anything is left.
  const Wide divisor = y.significand >> 15;
  Wide rest = x.significand >> 15, quotient = 0;
  constexpr int bits = 120;
  for (int i = 0; i < bits; ++i) {
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
    rest <<= 1;
  }
  const int zeros = zeros_before(quotient);
  return Unrounded::of(Parts{sign != 0, x.exponent - y.exponent - (zeros - (128 - bits)), (quotient << zeros) | (rest != 0)});
}

Unrounded square_root(Wide b) {
  if (is_nan(b)) return nan_of(b, b);
  if (is_zero(b)) return Unrounded::of(b);
  if (is_negative(b)) return invalid(fpscr::vxsqrt);
  if (is_infinite(b)) return Unrounded::of(b);
  const Parts x = parts_of(b);
  const int odd = x.exponent & 1;
  // Two bits of the number for each of the root, 120 of them.
  Double number{x.significand, 0};
  number = number.shifted_right(1 - odd);
  Wide root = 0, rest = 0;
  for (int i = 0; i < 120; ++i) {
    rest = rest << 2 | number.high >> 126;
    number = {number.high << 2 | number.low >> 126, number.low << 2};
    const Wide attempt = root << 2 | 1;
    root <<= 1;
    if (rest >= attempt) {
      rest -= attempt;
      root |= 1;
    }
  }
  const int zeros = zeros_before(root);
  return Unrounded::of(Parts{false, (x.exponent - odd) / 2, (root << zeros) | (rest != 0 || number.high != 0)});
}

Unrounded multiply_add(Wide a, Wide c, Wide b, Rounding rounding) {
  const Wide sign = sign_of(a ^ c);
  const bool endless = is_infinite(a) || is_infinite(c), nothing = is_zero(a) || is_zero(c);
  const bool any_nan = is_nan(a) || is_nan(b) || is_nan(c);
  const bool impossible = endless && nothing;
  if (any_nan) {
    const u64 found = signaling(a) | signaling(b) | signaling(c) | (impossible ? fpscr::vximz : 0);
    return Unrounded::of(quiet(is_nan(a) ? a : is_nan(b) ? b : c), found);
  }
  if (impossible) return invalid(fpscr::vximz);
  if (endless) {
    if (is_infinite(b) && sign_of(b) != sign) return invalid(fpscr::vxisi);
    return Unrounded::of(sign | infinity);
  }
  if (is_infinite(b)) return Unrounded::of(b);
  if (nothing) return is_zero(b) ? Unrounded::of(zero_sum(sign, sign_of(b), rounding)) : Unrounded::of(parts_of(b));
  const Parts x = parts_of(a), y = parts_of(c);
  const Double exact = product(x.significand, y.significand);
  if (is_zero(b)) return normalized(sign != 0, x.exponent + y.exponent + 1, exact);
  return sum({sign != 0, x.exponent + y.exponent + 1, exact.shifted_right(1)}, term(parts_of(b)), rounding);
}

Unrounded itself(Wide b) {
  if (is_nan(b)) return nan_of(b, b);
  if (is_infinite(b) || is_zero(b)) return Unrounded::of(b);
  return Unrounded::of(parts_of(b));
}

Unrounded from_integer(u64 value, bool is_signed) {
  if (value == 0) return Unrounded::of(0);
  const bool negative = is_signed && value >> 63;
  if (negative) value = -value;
  const int zeros = std::countl_zero(value);
  return Unrounded::of(Parts{negative, 63 - zeros, Wide{value << zeros} << 64});
}

Answer from_double(u64 x) {
  const Wide sign = Wide{floating::sign_of(x)} << 64;
  if (floating::is_nan(x))
    return {sign | infinity | quiet_bit | Wide{x & floating::fraction_bits} << 60, floating::is_signaling(x) ? fpscr::vxsnan : 0};
  if (floating::is_infinite(x)) return {sign | infinity};
  if (floating::is_zero(x)) return {sign};
  const floating::Parts parts = floating::parts_of(x);
  return {composed(parts.negative, parts.exponent, Wide{parts.significand} << 49)};
}

floating::Unrounded to_be_double(Wide x) {
  const u64 sign = static_cast<u64>(sign_of(x) >> 64);
  if (is_nan(x)) {
    const u64 fraction = static_cast<u64>((x & fraction_bits) >> 60);
    return floating::Unrounded::of(sign | floating::infinity | floating::quiet_bit | fraction, signaling(x));
  }
  if (is_infinite(x)) return floating::Unrounded::of(sign | floating::infinity);
  if (is_zero(x)) return floating::Unrounded::of(sign);
  const Parts parts = parts_of(x);
  const u64 low = static_cast<u64>(parts.significand);
  return floating::Unrounded::of(
      floating::Parts{parts.negative, parts.exponent, static_cast<u64>(parts.significand >> 64) | (low != 0)});
}

floating::Answer to_integer(Wide x, Integer type) {
  const u64 largest = ~u64{0} >> (64 - type.bits) >> (type.is_signed ? 1 : 0);
  const u64 smallest = type.is_signed ? ~largest : 0;
  if (is_nan(x)) return {smallest, fpscr::vxcvi | signaling(x)};
  if (is_zero(x)) return {};
  const floating::Answer outside = {is_negative(x) ? smallest : largest, fpscr::vxcvi};
  if (is_infinite(x)) return outside;
  const Parts parts = parts_of(x);
  if (parts.exponent > 63) return outside;
  if (parts.exponent < 0) return {0, fpscr::xx | fpscr::fi};
  const u64 whole = static_cast<u64>(parts.significand >> (127 - parts.exponent));
  if (whole > (parts.negative ? -smallest : largest)) return outside;
  const bool exact = parts.significand << (parts.exponent + 1) == 0;
  return {parts.negative ? -whole : whole, exact ? 0 : fpscr::xx | fpscr::fi};
}

Answer to_integral(Wide x, Integral how) {
  if (is_nan(x)) return {quiet(x), signaling(x)};
  if (is_infinite(x) || is_zero(x)) return {x};
  const Parts parts = parts_of(x);
  if (parts.exponent >= 112) return {x};
  constexpr Wide half = Wide{1} << 127;
  const Wide kept = parts.exponent < 0 ? 0 : parts.significand >> (127 - parts.exponent);
  const Wide fraction = parts.exponent < -1    ? 1
                        : parts.exponent == -1 ? parts.significand
                                               : parts.significand << (parts.exponent + 1);
  bool up = false;
  switch (how) {
    case Integral::to_nearest_away:
      up = fraction >= half;
      break;
    case Integral::to_nearest_even:
      up = fraction > half || (fraction == half && (kept & 1));
      break;
    case Integral::to_zero:
      break;
    case Integral::up:
      up = fraction != 0 && !parts.negative;
      break;
    case Integral::down:
      up = fraction != 0 && parts.negative;
      break;
  }
  const u64 found = fraction == 0 ? 0 : fpscr::xx | fpscr::fi | (up ? fpscr::fr : 0);
  const Wide whole = kept + up;
  if (whole == 0) return {sign_of(x), found};
  const int zeros = zeros_before(whole);
  return {composed(parts.negative, 127 - zeros, (whole << zeros) >> 15), found};
}

}  // namespace cpu::floating::quad
