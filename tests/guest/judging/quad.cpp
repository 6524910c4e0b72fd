// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/quad.h"

#include <bit>
#include <cmath>

namespace judge::quad {

namespace {

struct Shape {
  int p, emin, emax, bias_adjust;
};
constexpr Shape whole = {113, -16382, 16383, 24576}, extended = {64, -16382, 16383, 24576}, dual = {53, -1022, 1023, 1536},
                half = {11, -14, 15, 24};
constexpr mpfr_prec_t enough = 34000;  // of a sum of any two
constexpr Bits canonical = inf | quiet;

// A number as it was built: an integer, and a power of two.
void set(Number& n, Bits x) {
  const int field = static_cast<int>(x >> 112) & 0x7FFF;
  Bits fraction = x & ((Bits{1} << 112) - 1);
  if (field) fraction |= Bits{1} << 112;
  mpfr_set_ui(*n, static_cast<u64>(fraction >> 64), MPFR_RNDN);
  mpfr_mul_2si(*n, *n, 64, MPFR_RNDN);
  mpfr_add_ui(*n, *n, static_cast<u64>(fraction), MPFR_RNDN);
  mpfr_mul_2si(*n, *n, (field ? field : 1) - 16383 - 112, MPFR_RNDN);
  if (x & sign) mpfr_neg(*n, *n, MPFR_RNDN);
}

Bits bits_of(const Number& n) {
  const Bits s = mpfr_signbit(*n) ? sign : Bits{0};
  if (mpfr_zero_p(*n)) return s;
  int exponent = static_cast<int>(mpfr_get_exp(*n)) - 1;
  if (exponent < whole.emin) exponent = whole.emin;
  Number m(300), low(300);
  mpfr_abs(*m, *n, MPFR_RNDN);
  mpfr_mul_2si(*m, *m, 112 - exponent, MPFR_RNDN);
  mpfr_div_2si(*low, *m, 64, MPFR_RNDN);
  const u64 high = mpfr_get_ui(*low, MPFR_RNDZ);
  mpfr_set_ui(*low, high, MPFR_RNDN);
  mpfr_mul_2si(*low, *low, 64, MPFR_RNDN);
  mpfr_sub(*low, *m, *low, MPFR_RNDN);
  const Bits fraction = Bits{high} << 64 | mpfr_get_ui(*low, MPFR_RNDZ);
  const bool normal = static_cast<bool>(fraction >> 112);
  return s | (normal ? Bits(static_cast<u64>(exponent + 16383) & 0x7FFF) << 112 : Bits{0}) | (fraction & ((Bits{1} << 112) - 1));
}

Rounding settled(Rounding rounding, u64 fpscr) {
  constexpr Rounding modes[] = {Rounding::nearest_even, Rounding::zero, Rounding::up, Rounding::down};
  return rounding == Rounding::current ? modes[fpscr & 3] : rounding;
}

// To an integer.
void make_whole(Number& to, const Number& x, Rounding how) {
  switch (how) {
    case Rounding::nearest_even:
      mpfr_rint_roundeven(*to, *x, MPFR_RNDN);
      break;
    case Rounding::nearest_away:
      mpfr_rint_round(*to, *x, MPFR_RNDN);
      break;
    case Rounding::up:
      mpfr_rint_ceil(*to, *x, MPFR_RNDN);
      break;
    case Rounding::down:
      mpfr_rint_floor(*to, *x, MPFR_RNDN);
      break;
    default:
      mpfr_rint_trunc(*to, *x, MPFR_RNDN);
  }
  if (how != Rounding::odd || mpfr_equal_p(*to, *x)) return;
  Number half_of_it(enough);
  mpfr_div_2si(*half_of_it, *to, 1, MPFR_RNDN);
  if (!mpfr_integer_p(*half_of_it)) return;
  mpfr_add_si(*to, *to, mpfr_signbit(*x) ? -1 : 1, MPFR_RNDN);
}

struct Finished {
  Number value{enough};
  u64 flags = 0;
  bool infinity = false;
  bool negative = false;
};
void finish(Finished& out, const Number& x, Shape s, u64 fpscr, Rounding rounding) {
  rounding = settled(rounding, fpscr);
  out.negative = mpfr_signbit(*x) != 0;
  const long exponent = mpfr_get_exp(*x) - 1;
  const bool tiny = exponent < s.emin;
  const long last = (tiny && !(fpscr & UE) ? s.emin : exponent) - s.p + 1;
  Number scaled(enough);
  mpfr_div_2si(*scaled, *x, last, MPFR_RNDN);
  make_whole(out.value, scaled, rounding);
  mpfr_mul_2si(*out.value, *out.value, last, MPFR_RNDN);
  if (mpfr_zero_p(*out.value)) mpfr_set_zero(*out.value, out.negative ? -1 : 1);
  const bool inexact = !mpfr_equal_p(*out.value, *x);
  if (inexact) out.flags |= XX | FI;
  if (mpfr_cmpabs(*out.value, *x) > 0) out.flags |= FR;
  if (tiny) {
    if (inexact || (fpscr & UE)) out.flags |= UX;
    if (fpscr & UE) mpfr_mul_2si(*out.value, *out.value, s.bias_adjust, MPFR_RNDN);
  } else if (mpfr_get_exp(*out.value) - 1 > s.emax) {
    out.flags |= OX;
    if (fpscr & OE) {
      mpfr_div_2si(*out.value, *out.value, s.bias_adjust, MPFR_RNDN);
      return;
    }
    out.flags |= XX | FI;
    const bool nearest = rounding == Rounding::nearest_even || rounding == Rounding::nearest_away;
    out.infinity = nearest || rounding == (out.negative ? Rounding::down : Rounding::up);
    if (out.infinity) return;
    mpfr_set_ui_2exp(*out.value, 1, s.emax + 1, MPFR_RNDN);
    Number ulp(10);
    mpfr_set_ui_2exp(*ulp, 1, s.emax + 1 - s.p, MPFR_RNDN);
    mpfr_sub(*out.value, *out.value, *ulp, MPFR_RNDN);
    if (out.negative) mpfr_neg(*out.value, *out.value, MPFR_RNDN);
  }
}
Result finished(const Number& x, Shape s, u64 fpscr, Rounding rounding) {
  Finished f;
  finish(f, x, s, fpscr, rounding);
  return {f.infinity ? (f.negative ? sign : Bits{0}) | inf : bits_of(f.value), f.flags};
}

// What was cut off is put far below all that matters.
void mend(Number& x, int ternary) {
  if (ternary == 0) return;
  Number little(10);
  mpfr_set_ui_2exp(*little, 1, mpfr_get_exp(*x) - 1000, MPFR_RNDN);
  mpfr_add(*x, *x, *little, MPFR_RNDN);
}

Result positive(Operation op, Bits a, Bits b, Bits c, u64 fpscr, Rounding rounding) {
  using enum Operation;
  const bool three = op == madd || op == msub;
  if (op == sqrt) a = 0;
  if (!three) c = 0;
  if (nan(a) || nan(b) || nan(c)) {
    u64 flags = snan(a) || snan(b) || snan(c) ? VXSNAN : 0;
    if (three && ((infinite(a) && zero(c)) || (zero(a) && infinite(c)))) flags |= VXIMZ;
    return {(nan(a) ? a : nan(b) ? b : c) | quiet, flags};
  }
  if (op == sub || op == msub) b ^= sign;
  const Bits s = (a ^ (three ? c : b)) & sign;
  switch (op) {
    case add:
    case sub:
      if (infinite(a) && infinite(b) && a != b) return {canonical, VXISI};
      if (infinite(a) || infinite(b)) return {infinite(a) ? a : b, 0};
      break;
    case mul:
      if ((infinite(a) && zero(b)) || (zero(a) && infinite(b))) return {canonical, VXIMZ};
      if (infinite(a) || infinite(b)) return {s | inf, 0};
      if (zero(a) || zero(b)) return {s, 0};
      break;
    case div:
      if (infinite(a) && infinite(b)) return {canonical, VXIDI};
      if (zero(a) && zero(b)) return {canonical, VXZDZ};
      if (infinite(a)) return {s | inf, 0};
      if (zero(b)) return {s | inf, ZX};
      if (zero(a) || infinite(b)) return {s, 0};
      break;
    case sqrt:
      if (zero(b)) return {b, 0};
      if (b & sign) return {canonical, VXSQRT};
      if (infinite(b)) return {inf, 0};
      break;
    default:
      if ((infinite(a) && zero(c)) || (zero(a) && infinite(c))) return {canonical, VXIMZ};
      if (infinite(a) || infinite(c)) {
        if (infinite(b) && (b & sign) != s) return {canonical, VXISI};
        return {s | inf, 0};
      }
      if (infinite(b)) return {b, 0};
  }
  Number x(enough), y(enough), z(enough), r(enough);
  set(x, a), set(y, b), set(z, c);
  const bool down = (fpscr & 3) == 3;
  switch (op) {
    case add:
    case sub:
      mpfr_add(*r, *x, *y, MPFR_RNDN);
      if (mpfr_zero_p(*r)) return {a == b ? a : down ? sign : Bits{0}, 0};
      break;
    case mul:
      mpfr_mul(*r, *x, *y, MPFR_RNDN);
      break;
    case div: {
      Number cut(500);
      mpfr_abs(*x, *x, MPFR_RNDN);
      mpfr_abs(*y, *y, MPFR_RNDN);
      const int ternary = mpfr_div(*cut, *x, *y, MPFR_RNDZ);
      mpfr_set(*r, *cut, MPFR_RNDN);
      mend(r, ternary);
      if (s) mpfr_neg(*r, *r, MPFR_RNDN);
      break;
    }
    case sqrt: {
      Number cut(500);
      const int ternary = mpfr_sqrt(*cut, *y, MPFR_RNDZ);
      mpfr_set(*r, *cut, MPFR_RNDN);
      mend(r, ternary);
      break;
    }
    default: {
      Number p(300);
      mpfr_mul(*p, *x, *z, MPFR_RNDN);
      // The product may be below any number, by far: so low it is only there, or not.
      if (!mpfr_zero_p(*p) && !mpfr_zero_p(*y) && mpfr_get_exp(*y) - mpfr_get_exp(*p) > 30000)
        mpfr_set_ui_2exp(*p, 1, mpfr_get_exp(*y) - 30000, MPFR_RNDN), mpfr_setsign(*p, *p, s != 0, MPFR_RNDN);
      Number q(enough);
      mpfr_set(*q, *p, MPFR_RNDN);
      if (!mpfr_zero_p(*p) && !mpfr_zero_p(*y) && mpfr_get_exp(*p) - mpfr_get_exp(*y) > 30000) {
        const bool negative = mpfr_signbit(*y) != 0;
        mpfr_set_ui_2exp(*y, 1, mpfr_get_exp(*p) - 30000, MPFR_RNDN), mpfr_setsign(*y, *y, negative, MPFR_RNDN);
      }
      mpfr_add(*r, *q, *y, MPFR_RNDN);
      if (mpfr_zero_p(*r)) return {s == (b & sign) ? s : down ? sign : Bits{0}, 0};
    }
  }
  return finished(r, whole, fpscr, rounding);
}

}  // namespace

Result compute(Operation op, Bits a, Bits b, Bits c, u64 fpscr, Rounding rounding) {
  const bool negate = op == Operation::nmadd || op == Operation::nmsub;
  if (op == Operation::nmadd) op = Operation::madd;
  if (op == Operation::nmsub) op = Operation::msub;
  Result result = positive(op, a, b, c, fpscr, rounding);
  if (negate && !nan(result.bits)) result.bits ^= sign;
  return result;
}

Result to_extended(Bits x, u64 fpscr, Rounding rounding) {
  if (nan(x)) return {x | quiet, snan(x) ? VXSNAN : 0};
  if (infinite(x) || zero(x)) return {x, 0};
  Number n(enough);
  set(n, x);
  return finished(n, extended, fpscr, rounding);
}

Result to_integral(Bits x, Integral how) {
  constexpr Rounding as[] = {Rounding::nearest_away, Rounding::zero, Rounding::up, Rounding::down, Rounding::nearest_even};
  if (nan(x)) return {x | quiet, snan(x) ? VXSNAN : 0};
  if (infinite(x) || zero(x)) return {x, 0};
  Number n(enough), r(enough);
  set(n, x);
  make_whole(r, n, as[static_cast<int>(how)]);
  if (mpfr_zero_p(*r)) mpfr_set_zero(*r, x & sign ? -1 : 1);
  const u64 flags = mpfr_equal_p(*r, *n) ? 0 : XX | FI | (mpfr_cmpabs(*r, *n) > 0 ? FR : 0);
  return {bits_of(r), flags};
}

judge::Result to_integer(Bits x, int bits, bool is_signed) {
  const u64 most = is_signed ? (u64{1} << (bits - 1)) - 1 : bits == 64 ? ~u64{0} : 0xFFFFFFFF;
  const u64 least = is_signed ? ~most : 0;
  if (nan(x)) return {least, VXCVI | (snan(x) ? VXSNAN : 0), {}};
  if (infinite(x)) return {x & sign ? least : most, VXCVI, {}};
  Number n(enough), r(enough);
  set(n, x);
  mpfr_rint_trunc(*r, *n, MPFR_RNDN);
  if (is_signed ? mpfr_cmp_si(*r, static_cast<long>(most)) > 0 : mpfr_cmp_ui(*r, most) > 0) return {most, VXCVI, {}};
  if (is_signed ? mpfr_cmp_si(*r, static_cast<long>(least)) < 0 : mpfr_sgn(*r) < 0) return {least, VXCVI, {}};
  const u64 value = is_signed ? static_cast<u64>(mpfr_get_si(*r, MPFR_RNDZ)) : mpfr_get_ui(*r, MPFR_RNDZ);
  return {value, mpfr_equal_p(*r, *n) ? 0 : XX | FI, {}};
}

judge::Result to_double(Bits x, u64 fpscr, Rounding rounding) {
  const u64 s = x & sign ? judge::sign : 0;
  if (nan(x)) return {s | judge::inf | judge::quiet | static_cast<u64>((x & ~(sign | inf)) >> 60), snan(x) ? VXSNAN : 0, {}};
  if (infinite(x)) return {s | judge::inf, 0, {}};
  if (zero(x)) return {s, 0, {}};
  Number n(enough);
  set(n, x);
  Finished f;
  finish(f, n, dual, fpscr, rounding);
  // An adjusted exponent may still be beyond all doubles: of its bits those are kept for which there is room.
  if (!f.infinity && !mpfr_zero_p(*f.value)) {
    const long e = mpfr_get_exp(*f.value) - 1;
    if (e > 1023 || e < -1074 || (e < -1022 && (f.flags & UX) && (fpscr & UE))) {
      mpfr_mul_2si(*f.value, *f.value, -e, MPFR_RNDN);
      const u64 one = std::bit_cast<u64>(mpfr_get_d(*f.value, MPFR_RNDN));
      return {(one & ~judge::inf) | (static_cast<u64>(e + 1023) & 0x7FF) << 52, f.flags, {}};
    }
  }
  return {f.infinity ? s | judge::inf : std::bit_cast<u64>(mpfr_get_d(*f.value, MPFR_RNDN)), f.flags, {}};
}

Result from_double(u64 x) {
  const Bits s = x & judge::sign ? sign : Bits{0};
  if (judge::nan(x)) return {s | inf | quiet | Bits{x & 0xFFFFFFFFFFFFF} << 60, judge::snan(x) ? VXSNAN : 0};
  if (judge::infinite(x)) return {s | inf, 0};
  if (judge::zero(x)) return {s, 0};
  Number n(enough);
  mpfr_set_d(*n, std::bit_cast<double>(x), MPFR_RNDN);
  return {bits_of(n), 0};
}

Result from_integer(u64 x, bool is_signed) {
  Number n(enough);
  if (is_signed) {
    mpfr_set_si(*n, static_cast<long>(x), MPFR_RNDN);
  } else {
    mpfr_set_ui(*n, x, MPFR_RNDN);
  }
  return {x == 0 ? Bits{0} : bits_of(n), 0};
}

u64 fprf(Bits x) {
  const bool negative = static_cast<bool>(x & sign);
  const u64 code = nan(x)                         ? 0b10001
                   : infinite(x)                  ? (negative ? 0b01001 : 0b00101)
                   : zero(x)                      ? (negative ? 0b10010 : 0b00010)
                   : (x & ~sign) < Bits{1} << 112 ? (negative ? 0b11000 : 0b10100)
                                                  : (negative ? 0b01000 : 0b00100);
  return code << 12;
}

u32 relation(Bits a, Bits b) {
  if (nan(a) || nan(b)) return 1;
  if (infinite(a) || infinite(b)) {
    if (a == b) return 2;
    return (infinite(a) ? (a & sign) != 0 : (b & sign) == 0) ? 8 : 4;
  }
  Number x(200), y(200);
  set(x, a), set(y, b);
  const int order = mpfr_cmp(*x, *y);
  return order < 0 ? 8 : order > 0 ? 4 : 2;
}

judge::Result to_half(u64 x, u64 fpscr) {
  const u64 s = x & judge::sign ? 0x8000 : 0;
  if (judge::nan(x)) return {s | 0x7E00 | (x >> 42 & 0x3FF), judge::snan(x) ? VXSNAN : 0, {}};
  if (judge::infinite(x)) return {s | 0x7C00, 0, {}};
  if (judge::zero(x)) return {s, 0, {}};
  Number n(enough);
  mpfr_set_d(*n, std::bit_cast<double>(x), MPFR_RNDN);
  Finished f;
  finish(f, n, half, fpscr, Rounding::current);
  if (f.infinity) return {s | 0x7C00, f.flags, {}};
  if (mpfr_zero_p(*f.value)) return {s, f.flags, {}};
  const double value = std::fabs(mpfr_get_d(*f.value, MPFR_RNDN));
  const int e = std::ilogb(value);
  if (e < -14) return {s | static_cast<u64>(std::ldexp(value, 24)), f.flags, {}};
  const u64 fraction = static_cast<u64>(std::ldexp(value, 10 - e)) & 0x3FF;
  return {s | (static_cast<u64>(e + 15) & 0x1F) << 10 | fraction, f.flags, {}};
}

u64 from_half(u32 x) {
  const u64 s = x & 0x8000 ? judge::sign : 0;
  const u32 e = x >> 10 & 31, fraction = x & 0x3FF;
  if (e == 31) return s | judge::inf | u64{fraction} << 42;
  const double value = e ? std::ldexp(1024 + fraction, static_cast<int>(e) - 25) : std::ldexp(fraction, -24);
  return s | std::bit_cast<u64>(value);
}

}  // namespace judge::quad
