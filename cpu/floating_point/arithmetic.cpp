// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/arithmetic.h"

#include <cmath>
#include <utility>

namespace cpu::floating {

namespace {

constexpr u64 quiet(u64 x) { return x | quiet_bit; }
constexpr u64 signaling(u64 x) { return is_signaling(x) ? fpscr::vxsnan : 0; }

constexpr Unrounded invalid(u64 why) { return Unrounded::of(default_nan, why); }

constexpr bool special(u64 x) { return (x & infinity) == infinity; }
constexpr bool any_special(u64 a, u64 b) { return special(a) || special(b); }

constexpr Unrounded nan_of(u64 a, u64 b) { return Unrounded::of(quiet(is_nan(a) ? a : b), signaling(a) | signaling(b)); }

// A sum that is zero has this sign, unless both operands have the other.
constexpr u64 zero_sum(u64 sign_a, u64 sign_b, Rounding rounding) {
  if (sign_a == sign_b) return sign_a;
  return rounding == Rounding::down ? sign_bit : 0;
}

// x * 2^(exponent - 127), if x's highest bit were set.
Unrounded normalized(bool negative, int exponent, Wide x) {
  const int zeros = zeros_before(x);
  x <<= zeros;
  const u64 low = static_cast<u64>(x);
  return Unrounded::of(Parts{negative, exponent - zeros, static_cast<u64>(x >> 64) | (low != 0)});
}

struct WideParts {
  bool negative;
  int exponent;  // of bit 126
  Wide significand;
};

// Neither is zero. The higher one is the one with the larger exponent; nothing of it is lost, and of the other only what lies
// so low that it cannot matter but by being there.
Unrounded sum(WideParts high, WideParts low, Rounding rounding) {
  if (high.exponent < low.exponent) std::swap(high, low);
  const Wide other = shifted_right(low.significand, high.exponent - low.exponent);
  if (high.negative == low.negative) return normalized(high.negative, high.exponent + 1, high.significand + other);
  if (high.significand == other) return Unrounded::of(rounding == Rounding::down ? sign_bit : 0);
  if (high.significand > other) return normalized(high.negative, high.exponent + 1, high.significand - other);
  return normalized(low.negative, high.exponent + 1, other - high.significand);
}

WideParts widened(const Parts& x) { return {x.negative, x.exponent, Wide{x.significand} << 63}; }

}  // namespace

Unrounded add(u64 a, u64 b, Rounding rounding) {
  if (any_special(a, b)) [[unlikely]] {
    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if (is_infinite(a) && is_infinite(b) && a != b) return invalid(fpscr::vxisi);
    return Unrounded::of(is_infinite(a) ? a : b);
  }
  if (is_zero(a)) return is_zero(b) ? Unrounded::of(zero_sum(sign_of(a), sign_of(b), rounding)) : Unrounded::of(parts_of(b));
  if (is_zero(b)) return Unrounded::of(parts_of(a));
  return sum(widened(parts_of(a)), widened(parts_of(b)), rounding);
}

Unrounded subtract(u64 a, u64 b, Rounding rounding) { return add(a, is_nan(b) ? b : b ^ sign_bit, rounding); }

Unrounded multiply(u64 a, u64 b) {
  const u64 sign = sign_of(a ^ b);
  if (any_special(a, b)) [[unlikely]] {
    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if (is_zero(a) || is_zero(b)) return invalid(fpscr::vximz);
    return Unrounded::of(sign | infinity);
  }
  if (is_zero(a) || is_zero(b)) return Unrounded::of(sign);
  const Parts x = parts_of(a), y = parts_of(b);
  return normalized(sign != 0, x.exponent + y.exponent + 1, Wide{x.significand} * y.significand);
}

Unrounded divide(u64 a, u64 b) {
  const u64 sign = sign_of(a ^ b);
  if (any_special(a, b)) [[unlikely]] {
    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if (is_infinite(a) && is_infinite(b)) return invalid(fpscr::vxidi);
    return Unrounded::of(is_infinite(a) ? sign | infinity : sign);
  }
  if (is_zero(b)) return is_zero(a) ? invalid(fpscr::vxzdz) : Unrounded::of(sign | infinity, fpscr::zx);
  if (is_zero(a)) return Unrounded::of(sign);
  const Parts x = parts_of(a), y = parts_of(b);
  // Both significands have 53 bits: of 63 bits of the quotient, and what remains, the first 62 are right.
  const Wide dividend = Wide{x.significand} << 62;
#ifdef __x86_64__
  // The quotient has less than 64 bits, which the compiler does not know.
  u64 quotient, rest;
  asm("divq %4"
      : "=a"(quotient), "=d"(rest)
      : "a"(static_cast<u64>(dividend)), "d"(static_cast<u64>(dividend >> 64)), "r"(y.significand)
      : "cc");
#else
  const u64 quotient = static_cast<u64>(dividend / y.significand);
  const u64 rest = static_cast<u64>(dividend % y.significand);
#endif
  const int zeros = std::countl_zero(quotient);
  return Unrounded::of(Parts{sign != 0, x.exponent - y.exponent + 1 - zeros, quotient << zeros | (rest != 0)});
}

Unrounded square_root(u64 b) {
  if (is_nan(b)) return nan_of(b, b);
  if (is_zero(b)) return Unrounded::of(b);
  if (is_negative(b)) return invalid(fpscr::vxsqrt);
  if (is_infinite(b)) return Unrounded::of(b);
  const Parts x = parts_of(b);
  const int odd = x.exponent & 1;
  // The root of a number that has an even exponent, and 126 or 127 bits: the host's is nearly it.
  const Wide square = Wide{x.significand} << (63 - odd);
  const double estimate = std::sqrt(std::ldexp(static_cast<double>(x.significand), 63 - odd));
  u64 root = estimate >= 0x1p64 ? ~u64{0} : static_cast<u64>(estimate);
  while (Wide{root} * root > square) {
    const Wide excess = Wide{root} * root - square;
    root -= static_cast<u64>(excess / root / 2) + 1;
  }
  for (;;) {
    const Wide missing = square - Wide{root} * root;
    const u64 step = static_cast<u64>(missing / root / 2);
    if (step != 0 && Wide{root + step} * (root + step) <= square) {
      root += step;
    } else if (missing > 2 * Wide{root}) {
      ++root;
    } else {
      const int zeros = std::countl_zero(root);
      return Unrounded::of(Parts{false, (x.exponent - odd) / 2, (root << zeros) | (missing != 0)});
    }
  }
}

Unrounded multiply_add(u64 a, u64 c, u64 b, Rounding rounding) {
  const u64 sign = sign_of(a ^ c);
  if (any_special(a, c) || special(b)) [[unlikely]] {
    const bool impossible = (is_infinite(a) && is_zero(c)) || (is_zero(a) && is_infinite(c));
    if (is_nan(a) || is_nan(b) || is_nan(c)) {
      const u64 found = signaling(a) | signaling(b) | signaling(c) | (impossible ? fpscr::vximz : 0);
      return Unrounded::of(quiet(is_nan(a) ? a : is_nan(b) ? b : c), found);
    }
    if (impossible) return invalid(fpscr::vximz);
    if (!any_special(a, c)) return Unrounded::of(b);
    if (is_infinite(b) && sign_of(b) != sign) return invalid(fpscr::vxisi);
    return Unrounded::of(sign | infinity);
  }
  if (is_zero(a) || is_zero(c))
    return is_zero(b) ? Unrounded::of(zero_sum(sign, sign_of(b), rounding)) : Unrounded::of(parts_of(b));
  const Parts x = parts_of(a), y = parts_of(c);
  const Wide product = Wide{x.significand} * y.significand;
  if (is_zero(b)) return normalized(sign != 0, x.exponent + y.exponent + 1, product);
  // The product has 106 bits at most, its first is bit 127 or 126: one place for a carry.
  return sum({sign != 0, x.exponent + y.exponent + 1, product >> 1}, widened(parts_of(b)), rounding);
}

Unrounded multiply_subtract(u64 a, u64 c, u64 b, Rounding rounding) {
  return multiply_add(a, c, is_nan(b) ? b : b ^ sign_bit, rounding);
}

Unrounded reciprocal(u64 b) {
  constexpr u64 one = u64{1023} << 52;
  return divide(one, b);
}

Unrounded reciprocal_square_root(u64 b) {
  if (is_nan(b)) return nan_of(b, b);
  if (is_zero(b)) return Unrounded::of(sign_of(b) | infinity, fpscr::zx);
  if (is_negative(b)) return invalid(fpscr::vxsqrt);
  if (is_infinite(b)) return Unrounded::of(0);
  const Parts x = parts_of(b);
  const int odd = x.exponent & 1;
  const double estimate = 1 / std::sqrt(std::ldexp(static_cast<double>(x.significand), odd - 63));  // more than 1/2, at most 1
  Parts parts = parts_of(std::bit_cast<u64>(estimate));
  parts.exponent -= (x.exponent - odd) / 2;
  return Unrounded::of(parts);
}

Unrounded itself(u64 b) {
  if (is_nan(b)) return nan_of(b, b);
  if (is_infinite(b) || is_zero(b)) return Unrounded::of(b);
  return Unrounded::of(parts_of(b));
}

Unrounded to_be_single(u64 b) {
  constexpr u64 only_of_doubles = 0x1FFFFFFF;
  Unrounded result = itself(b);
  if (is_nan(b)) result.answer.value &= ~only_of_doubles;
  return result;
}

Unrounded from_integer(u64 value, bool is_signed) {
  if (value == 0) return Unrounded::of(0);
  const bool negative = is_signed && value >> 63;
  if (negative) value = -value;
  const int zeros = std::countl_zero(value);
  return Unrounded::of(Parts{negative, 63 - zeros, value << zeros});
}

}  // namespace cpu::floating
