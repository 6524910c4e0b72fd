// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal/operations.h"

#include <algorithm>
#include <limits>

#include "cpu/decimal/exact.h"

namespace cpu::decimal {

namespace {

constexpr u32 less = 8, greater = 4, equal = 2, unordered = 1;

Number infinity(bool negative) { return {Kind::infinite, negative, 0, 0}; }
Number nan() { return {Kind::quiet, false, 0, 0}; }

// The smallest exponent of a number that is not subnormal, with one digit.
s32 least_normal(const Format& format) { return format.least + format.digits - 1; }

Number stored(const Format& format, Status& status, const Number& number) {
  status.result_class(class_of(format, number));
  return number;
}
Number stored_exactly(const Format& format, Status& status, const Number& number) {
  status.rounded(false, false);
  return stored(format, status, number);
}
Result invalid(const Format& format, Status& status, u64 reason) {
  if (!status.invalid(reason)) return std::nullopt;
  return stored(format, status, nan());
}

// A NaN among the operands: a signaling one first, and the first of two.
Result of_nans(const Format& format, Status& status, const Number* a, const Number& b) {
  const bool signals = (a && a->kind == Kind::signaling) || b.kind == Kind::signaling;
  if (signals && !status.invalid(fpscr::vxsnan)) return std::nullopt;
  Number result = a && a->kind == Kind::signaling ? *a : b.kind == Kind::signaling ? b : a && a->is_nan() ? *a : b;
  result.kind = Kind::quiet;
  result.coefficient %= power_of_ten(format.digits - 1);
  return stored_exactly(format, status, result);
}

// Rounds to `places` fewer digits.
template <class Digits>
bool drop(Digits& exact, int places, Rounding rounding, bool negative, bool& away) {
  const int first = exact.shift_down(places);
  const bool inexact = first != 0 || exact.below;
  away = rounds_away(rounding, negative, exact.last_digit(), first, exact.below);
  exact.below = false;
  if (away) exact.increment();
  return inexact;
}

Number largest(const Format& format, bool negative) {
  return {Kind::finite, negative, format.largest, power_of_ten(format.digits) - 1};
}

Result overflowed(const Format& format, Status& status, u128 coefficient, bool negative, s32 exponent, Rounding rounding,
                  bool inexact, bool away) {
  status.raise(fpscr::ox);
  if (status.enabled(fpscr::oe)) {
    status.rounded(inexact, away);
    if (inexact) status.raise(fpscr::xx);
    exponent -= format.wrapped;
    if (const int zeros = exponent - format.largest; zeros > 0 && digits_of(coefficient) + zeros <= format.digits) {
      coefficient *= power_of_ten(zeros);
      exponent = format.largest;
    }
    return stored(format, status, {Kind::finite, negative, exponent, coefficient});
  }
  status.raise(fpscr::xx);
  const bool to_infinity = rounding == Rounding::nearest_even || rounding == Rounding::nearest_away ||
                           rounding == Rounding::nearest_to_zero || rounding == Rounding::from_zero ||
                           (rounding == Rounding::up && !negative) || (rounding == Rounding::down && negative);
  status.rounded(true, to_infinity);
  return stored(format, status, to_infinity ? infinity(negative) : largest(format, negative));
}

// The result of arithmetic: rounded to the format, with the exponent that is nearest to `ideal`.
template <class Digits>
Result finish(const Format& format, Status& status, Digits exact, bool negative, s32 exponent, s32 ideal, Rounding rounding) {
  if (exact.digits() == 0 && !exact.below)
    return stored_exactly(format, status, {Kind::finite, negative, std::clamp(ideal, format.least, format.largest), 0});
  if (!exact.below && exponent < ideal) exact.strip_zeros(ideal - exponent, exponent);
  const bool tiny = exact.digits() - 1 + exponent < least_normal(format);
  bool away = false, inexact = false;
  int places = std::max(0, exact.digits() - format.digits);
  const bool wraps = tiny && status.enabled(fpscr::ue);
  if (tiny && !wraps) places = std::max(places, format.least - exponent);
  if (places > 0) {
    inexact = drop(exact, places, rounding, negative, away);
    exponent += places;
    if (exact.digits() > format.digits) {
      exact.shift_down(1);
      ++exponent;
    }
  }
  if (wraps) {
    status.raise(fpscr::ux);
    exponent += format.wrapped;
    // As near to the ideal exponent as there is room.
    if (exponent < format.least) exponent = format.least;
  }
  if (exponent > format.largest) {
    if (exact.digits() + (exponent - format.largest) > format.digits)
      return overflowed(format, status, exact.coefficient(), negative, exponent, rounding, inexact, away);
    exact.shift_up(exponent - format.largest);
    exponent = format.largest;
  }
  if (tiny && !wraps && inexact) status.raise(fpscr::ux);
  status.rounded(inexact, away);
  if (inexact) status.raise(fpscr::xx);
  return stored(format, status, {Kind::finite, negative, exponent, exact.coefficient()});
}

Result sum(const Format& format, Status& status, const Number& a, const Number& b) {
  const bool same_sign = a.negative == b.negative;
  if (a.kind == Kind::infinite || b.kind == Kind::infinite) {
    if (a.kind == b.kind && !same_sign) return invalid(format, status, fpscr::vxisi);
    return stored_exactly(format, status, infinity(a.kind == Kind::infinite ? a.negative : b.negative));
  }
  const Number& high = a.exponent >= b.exponent ? a : b;
  const Number& low = a.exponent >= b.exponent ? b : a;
  const s32 ideal = low.exponent;
  const bool zero_is_negative = same_sign ? a.negative : status.rounding() == Rounding::down;
  const int distance = high.exponent - low.exponent;
  if (high.coefficient == 0 || digits_of(high.coefficient) + distance < Narrow::most) {
    const u128 p = high.coefficient == 0 ? 0 : high.coefficient * power_of_ten(distance), q = low.coefficient;
    const u128 total = same_sign ? p + q : p < q ? q - p : p - q;
    const bool minus = total == 0 ? zero_is_negative : !same_sign && p < q ? low.negative : high.negative;
    return finish(format, status, Narrow(total), minus, ideal, ideal, status.rounding());
  }
  Exact x(high.coefficient), y(low.coefficient);
  s32 exponent = ideal;
  if (x.digits() != 0) {
    // Far enough up that what is lost of the other decides only which way to round.
    const int room = 2 * format.digits + 2 - x.digits();
    const int up = std::min(high.exponent - low.exponent, room);
    x.shift_up(up);
    exponent = high.exponent - up;
    const int down = exponent - low.exponent;
    if (down > 0) {
      const int first = y.shift_down(down);
      y.below = y.below || first != 0;
    }
  }
  bool negative = high.negative;
  if (same_sign) {
    x.add(y);
  } else if (x.less_than(y)) {
    y.subtract(x);
    x = y;
    negative = low.negative;
  } else {
    x.subtract(y);
  }
  if (x.digits() == 0 && !x.below) negative = zero_is_negative;
  // What is exact can have a smaller exponent, as far as there is room.
  if (!x.below && exponent > ideal && x.digits() < format.digits) {
    const int up = std::min(exponent - ideal, format.digits - x.digits());
    x.shift_up(up);
    exponent -= up;
  }
  return finish(format, status, x, negative, exponent, ideal, status.rounding());
}

u32 compared(const Number& a, const Number& b) {
  if (a.is_zero() && b.is_zero()) return equal;
  const bool a_negative = a.negative && !a.is_zero(), b_negative = b.negative && !b.is_zero();
  if (a_negative != b_negative) return a_negative ? less : greater;
  const auto below = [](const Number& x, const Number& y) {  // of magnitudes
    if (x.kind == Kind::infinite || y.is_zero()) return false;
    if (y.kind == Kind::infinite || x.is_zero()) return true;
    const s32 high_x = x.exponent + digits_of(x.coefficient), high_y = y.exponent + digits_of(y.coefficient);
    if (high_x != high_y) return high_x < high_y;
    Narrow first(x.coefficient), second(y.coefficient);
    first.shift_up(x.exponent - y.exponent);
    second.shift_up(y.exponent - x.exponent);
    return first.less_than(second);
  };
  if (below(a, b)) return a_negative ? greater : less;
  if (below(b, a)) return a_negative ? less : greater;
  return equal;
}

u32 condition(Status& status, u32 bits) {
  status.condition(bits);
  return bits;
}

u32 sign_and_match(Status& status, const Number& number, bool match) {
  return condition(status, (number.negative ? 8U : 0U) | (match ? 2U : 0U));
}

bool is_subnormal(const Format& format, const Number& number) {
  return number.kind == Kind::finite && number.coefficient != 0 &&
         number.exponent + digits_of(number.coefficient) - 1 < least_normal(format);
}

// To the given exponent. Empty: its digits do not suffice.
std::optional<Number> with_exponent(const Format& format, const Number& number, s32 exponent, Rounding rounding, bool& inexact,
                                    bool& away) {
  inexact = away = false;
  Number result = number;
  result.exponent = exponent;
  if (number.coefficient == 0) return result;
  Narrow exact(number.coefficient);
  if (exponent < number.exponent) {
    if (exact.digits() + (number.exponent - exponent) > format.digits) return std::nullopt;
    exact.shift_up(number.exponent - exponent);
  } else {
    inexact = drop(exact, exponent - number.exponent, rounding, number.negative, away);
  }
  result.coefficient = exact.coefficient();
  return result;
}

Result rounded_to(const Format& format, Status& status, const Number& number, s32 exponent, Rounding rounding, TellInexact tell) {
  bool inexact, away;
  const auto result = with_exponent(format, number, exponent, rounding, inexact, away);
  if (!result) return invalid(format, status, fpscr::vxcvi);
  if (tell == TellInexact::no) return stored_exactly(format, status, *result);
  status.rounded(inexact, away);
  if (inexact) status.raise(fpscr::xx);
  return stored(format, status, *result);
}

}  // namespace

u64 class_of(const Format& format, const Number& number) {
  switch (number.kind) {
    case Kind::quiet:
    case Kind::signaling:
      return 0b10001;
    case Kind::infinite:
      return number.negative ? 0b01001 : 0b00101;
    case Kind::finite:
      break;
  }
  if (number.coefficient == 0) return number.negative ? 0b10010 : 0b00010;
  if (is_subnormal(format, number)) return number.negative ? 0b11000 : 0b10100;
  return number.negative ? 0b01000 : 0b00100;
}

Result dadd(const Format& format, Status& status, const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return of_nans(format, status, &a, b);
  return sum(format, status, a, b);
}

Result dsub(const Format& format, Status& status, const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return of_nans(format, status, &a, b);
  Number negated = b;
  negated.negative = !b.negative;
  return sum(format, status, a, negated);
}

Result dmul(const Format& format, Status& status, const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return of_nans(format, status, &a, b);
  const bool negative = a.negative != b.negative;
  if (a.kind == Kind::infinite || b.kind == Kind::infinite) {
    if (a.is_zero() || b.is_zero()) return invalid(format, status, fpscr::vximz);
    return stored_exactly(format, status, infinity(negative));
  }
  const s32 exponent = a.exponent + b.exponent;
  if (format.digits * 2 <= Narrow::most)
    return finish(format, status, Narrow(a.coefficient * b.coefficient), negative, exponent, exponent, status.rounding());
  return finish(format, status, Exact::product(a.coefficient, b.coefficient), negative, exponent, exponent, status.rounding());
}

Result ddiv(const Format& format, Status& status, const Number& a, const Number& b) {
  if (a.is_nan() || b.is_nan()) return of_nans(format, status, &a, b);
  const bool negative = a.negative != b.negative;
  if (a.kind == Kind::infinite) {
    if (b.kind == Kind::infinite) return invalid(format, status, fpscr::vxidi);
    return stored_exactly(format, status, infinity(negative));
  }
  if (b.kind == Kind::infinite) return stored_exactly(format, status, {Kind::finite, negative, format.least, 0});
  if (b.is_zero()) {
    if (a.is_zero()) return invalid(format, status, fpscr::vxzdz);
    status.raise(fpscr::zx);
    status.rounded(false, false);
    if (status.enabled(fpscr::ze)) return std::nullopt;
    return stored(format, status, infinity(negative));
  }
  const s32 ideal = a.exponent - b.exponent;
  const int up = a.is_zero() ? 0 : std::max(0, format.digits + 2 + digits_of(b.coefficient) - digits_of(a.coefficient));
  if (format.digits * 2 + 2 <= Narrow::most) {
    const u128 dividend = a.coefficient * power_of_ten(up), whole = dividend / b.coefficient;
    return finish(format, status, Narrow(whole, whole * b.coefficient != dividend), negative, ideal - up, ideal,
                  status.rounding());
  }
  return finish(format, status, Exact::quotient(a.coefficient, up, b.coefficient), negative, ideal - up, ideal,
                status.rounding());
}

u32 dcmpu(Status& status, const Number& a, const Number& b) {
  if (!a.is_nan() && !b.is_nan()) return condition(status, compared(a, b));
  if (a.kind == Kind::signaling || b.kind == Kind::signaling) status.raise(fpscr::vxsnan);
  return condition(status, unordered);
}

u32 dcmpo(Status& status, const Number& a, const Number& b) {
  if (!a.is_nan() && !b.is_nan()) return condition(status, compared(a, b));
  const bool signals = a.kind == Kind::signaling || b.kind == Kind::signaling;
  if (!signals) {
    status.raise(fpscr::vxvc);
  } else {
    status.raise(status.enabled(fpscr::ve) ? fpscr::vxsnan : fpscr::vxsnan | fpscr::vxvc);
  }
  return condition(status, unordered);
}

u32 dtstdc(const Format& format, Status& status, const Number& number, u32 classes) {
  u32 is = 0;
  switch (number.kind) {
    case Kind::finite:
      is = number.coefficient == 0 ? 0x20 : is_subnormal(format, number) ? 0x10 : 0x08;
      break;
    case Kind::infinite:
      is = 0x04;
      break;
    case Kind::quiet:
      is = 0x02;
      break;
    case Kind::signaling:
      is = 0x01;
      break;
  }
  return sign_and_match(status, number, classes & is);
}

u32 dtstdg(const Format& format, Status& status, const Number& number, u32 groups) {
  u32 is = 0x01;
  if (number.kind == Kind::finite) {
    const bool extreme = number.exponent == format.least || number.exponent == format.largest;
    if (number.coefficient == 0) {
      is = extreme ? 0x10 : 0x20;
    } else if (extreme || is_subnormal(format, number)) {
      is = 0x08;
    } else {
      is = digits_of(number.coefficient) < format.digits ? 0x04 : 0x02;
    }
  }
  return sign_and_match(status, number, groups & is);
}

u32 dtstex(Status& status, const Number& a, const Number& b) {
  if (a.kind != Kind::finite || b.kind != Kind::finite)
    return condition(status, (a.is_nan() && b.is_nan()) || a.kind == b.kind ? equal : unordered);
  return condition(status, a.exponent < b.exponent ? less : a.exponent > b.exponent ? greater : equal);
}

u32 dtstsf(Status& status, u32 significance, const Number& number) {
  if (number.kind != Kind::finite) return condition(status, unordered);
  const u32 has = static_cast<u32>(digits_of(number.coefficient));
  if (significance == 0 || significance > has) return condition(status, greater);
  return condition(status, significance < has ? less : equal);
}

Rounding rounding_of(const Status& status, u32 rmc) {
  constexpr Rounding by_rmc[] = {Rounding::nearest_even, Rounding::to_zero, Rounding::nearest_away};
  return rmc == 3 ? status.rounding() : by_rmc[rmc & 3];
}

Rounding rounding_of(const Status& status, u32 r, u32 rmc) {
  constexpr Rounding others[] = {Rounding::up, Rounding::down, Rounding::from_zero, Rounding::nearest_to_zero};
  return r ? others[rmc & 3] : rounding_of(status, rmc);
}

Result dqua(const Format& format, Status& status, s32 exponent, const Number& number, Rounding rounding) {
  if (number.is_nan()) return of_nans(format, status, nullptr, number);
  if (number.kind == Kind::infinite) return stored_exactly(format, status, infinity(number.negative));
  return rounded_to(format, status, number, exponent, rounding, TellInexact::yes);
}

Result dqua(const Format& format, Status& status, const Number& a, const Number& b, Rounding rounding) {
  if (a.is_nan() || b.is_nan()) return of_nans(format, status, &a, b);
  if ((a.kind == Kind::infinite) != (b.kind == Kind::infinite)) return invalid(format, status, fpscr::vxcvi);
  return dqua(format, status, a.exponent, b, rounding);
}

Result drrnd(const Format& format, Status& status, u32 significance, const Number& number, Rounding rounding) {
  if (number.is_nan()) return of_nans(format, status, nullptr, number);
  if (number.kind == Kind::infinite) return stored_exactly(format, status, infinity(number.negative));
  const int too_many = digits_of(number.coefficient) - static_cast<int>(significance);
  if (significance == 0 || too_many <= 0) return stored_exactly(format, status, number);
  bool inexact, away;
  s32 exponent = number.exponent + too_many;
  auto result = *with_exponent(format, number, exponent, rounding, inexact, away);
  if (digits_of(result.coefficient) > static_cast<int>(significance)) {
    result.coefficient /= 10;
    ++result.exponent;
  }
  if (result.exponent > format.largest) return invalid(format, status, fpscr::vxcvi);
  status.rounded(inexact, away);
  if (inexact) status.raise(fpscr::xx);
  return stored(format, status, result);
}

Result drint(const Format& format, Status& status, const Number& number, Rounding rounding, TellInexact tell) {
  if (number.is_nan()) return of_nans(format, status, nullptr, number);
  if (number.kind == Kind::infinite) return stored_exactly(format, status, infinity(number.negative));
  return rounded_to(format, status, number, std::max(number.exponent, 0), rounding, tell);
}

Result widened(const Format& to, Status& status, const Number& number, bool quiets) {
  if (quiets && number.is_nan()) return of_nans(to, status, nullptr, number);
  return stored_exactly(to, status, number.kind == Kind::infinite ? infinity(number.negative) : number);
}

Result narrowed(const Format& to, Status& status, const Number& number, bool quiets) {
  if (quiets && number.is_nan()) return of_nans(to, status, nullptr, number);
  if (number.kind != Kind::finite) {
    Number result = number.kind == Kind::infinite ? infinity(number.negative) : number;
    result.coefficient %= power_of_ten(to.digits - 1);
    return stored_exactly(to, status, result);
  }
  return finish(to, status, Narrow(number.coefficient), number.negative, number.exponent, number.exponent, status.rounding());
}

Result dcffix(const Format& format, Status& status, s64 value) {
  const u64 magnitude = value < 0 ? -static_cast<u64>(value) : static_cast<u64>(value);
  return finish(format, status, Narrow(magnitude), value < 0, 0, 0, status.rounding());
}

std::optional<s64> dctfix(Status& status, const Number& number) {
  constexpr s64 lowest = std::numeric_limits<s64>::min(), highest = std::numeric_limits<s64>::max();
  if (number.is_nan()) {
    const u64 reasons = number.kind == Kind::signaling ? fpscr::vxsnan | fpscr::vxcvi : fpscr::vxcvi;
    return status.invalid(reasons) ? std::optional(lowest) : std::nullopt;
  }
  const auto too_large = [&]() -> std::optional<s64> {
    if (!status.invalid(fpscr::vxcvi)) return std::nullopt;
    return number.negative ? lowest : highest;
  };
  if (number.kind == Kind::infinite) return too_large();
  if (number.coefficient == 0) {
    status.rounded(false, false);
    return 0;
  }
  constexpr int most_digits = 19;
  Narrow exact(number.coefficient);
  if (exact.digits() + number.exponent > most_digits) return too_large();
  bool inexact = false, away = false;
  if (number.exponent >= 0) {
    exact.shift_up(number.exponent);
  } else {
    inexact = drop(exact, -number.exponent, status.rounding(), number.negative, away);
  }
  const u128 magnitude = exact.coefficient();
  const u128 limit = u128{1} << 63;
  if (magnitude > limit || (magnitude == limit && !number.negative)) return too_large();
  status.rounded(inexact, away);
  if (inexact) status.raise(fpscr::xx);
  const u64 low = static_cast<u64>(magnitude);
  return static_cast<s64>(number.negative ? -low : low);
}

Bits ddedpd(const Format& format, const Number& number, u32 sp) {
  const bool has_sign = sp & 2;
  const int digits = format.digits == 34 ? 32 : 16;
  u128 coefficient = number.coefficient;
  if (number.kind != Kind::finite) coefficient %= power_of_ten(format.digits - 1);
  u128 all = 0;
  for (int i = has_sign ? 1 : 0; i < digits; ++i, coefficient /= 10) all |= u128{static_cast<u32>(coefficient % 10)} << 4 * i;
  if (has_sign) all |= number.negative ? 0xD : sp & 1 ? 0xF : 0xC;
  return digits == 32 ? Bits{static_cast<u64>(all >> 64), static_cast<u64>(all)} : Bits{static_cast<u64>(all), 0};
}

Result denbcd(const Format& format, Status& status, Bits bits, bool has_sign) {
  const int digits = format.digits == 34 ? 32 : 16;
  u128 all = digits == 32 ? u128{bits.high} << 64 | bits.low : bits.high;
  Number result;
  if (has_sign) {
    const u32 sign = static_cast<u32>(all & 15);
    if (sign < 10) return invalid(format, status, fpscr::vxcvi);
    result.negative = sign == 0xB || sign == 0xD;
    all >>= 4;
  }
  for (int i = digits - 1; i >= 0; --i) {
    const u32 digit = static_cast<u32>(all >> 4 * i) & 15;
    if (digit > 9) return invalid(format, status, fpscr::vxcvi);
    result.coefficient = result.coefficient * 10 + digit;
  }
  return stored_exactly(format, status, result);
}

s64 dxex(const Format& format, const Number& number) {
  switch (number.kind) {
    case Kind::infinite:
      return -1;
    case Kind::quiet:
      return -2;
    case Kind::signaling:
      return -3;
    case Kind::finite:
      break;
  }
  return number.exponent + format.bias();
}

// The trailing significand stays bit by bit, whatever it is that of.
Bits diex(const Format& format, s64 exponent, Bits bits) {
  Number number = decode(format, bits);
  const bool finite = exponent >= 0 && exponent <= format.largest + format.bias();
  if (finite) {
    number.exponent = static_cast<s32>(exponent) - format.bias();
  } else {
    number.coefficient %= power_of_ten(format.digits - 1);
  }
  number.kind = finite ? Kind::finite : exponent == -1 ? Kind::infinite : exponent == -3 ? Kind::signaling : Kind::quiet;
  const u64 trailing = (u64{1} << (format.digits == 34 ? 46 : 50)) - 1;
  const Bits made = encode(format, number);
  return {(made.high & ~trailing) | (bits.high & trailing), bits.low};
}

Number shifted(const Format& format, const Number& number, int places) {
  Number result = number;
  const int digits = number.kind == Kind::finite ? format.digits : format.digits - 1;
  if (places <= -digits || places >= digits) {
    result.coefficient = 0;
  } else if (places < 0) {
    result.coefficient /= power_of_ten(-places);
  } else {
    result.coefficient = number.coefficient % power_of_ten(digits - places) * power_of_ten(places);
  }
  return result;
}

}  // namespace cpu::decimal
