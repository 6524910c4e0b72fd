// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/model.h"

#include <bit>
#include <cmath>

namespace judge {

namespace {

struct Shape {
  int p, emin, emax, bias_adjust;
};
constexpr Shape shape(Format f) { return f == Format::single ? Shape{24, -126, 127, 192} : Shape{53, -1022, 1023, 1536}; }

constexpr u64 canonical = inf | quiet;

mpfr_rnd_t mode(u64 fpscr) {
  constexpr mpfr_rnd_t modes[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD};
  return modes[fpscr & 3];
}

void set(Number& n, u64 bits) { mpfr_set_d(*n, std::bit_cast<double>(bits), MPFR_RNDN); }
u64 bits_of(const Number& n) { return std::bit_cast<u64>(mpfr_get_d(*n, MPFR_RNDN)); }

// x to a multiple of 2^power.
void to_multiple(Number& out, const Number& x, long power, mpfr_rnd_t rounding) {
  mpfr_div_2si(*out, *x, power, MPFR_RNDN);
  switch (rounding) {
    case MPFR_RNDN:
      mpfr_rint_roundeven(*out, *out, MPFR_RNDN);
      break;
    case MPFR_RNDZ:
      mpfr_rint_trunc(*out, *out, MPFR_RNDN);
      break;
    case MPFR_RNDU:
      mpfr_rint_ceil(*out, *out, MPFR_RNDN);
      break;
    default:
      mpfr_rint_floor(*out, *out, MPFR_RNDN);
  }
  mpfr_mul_2si(*out, *out, power, MPFR_RNDN);
}

Result finish(const Number& x, Format f, u64 fpscr) {
  const Shape s = shape(f);
  const mpfr_rnd_t rounding = mode(fpscr);
  const bool negative = mpfr_signbit(*x) != 0;
  Number least;
  mpfr_set_ui_2exp(*least, 1, s.emin, MPFR_RNDN);
  const bool tiny = mpfr_cmpabs(*x, *least) < 0;
  Number r;
  if (tiny && !(fpscr & UE)) {
    to_multiple(r, x, s.emin - s.p + 1, rounding);
  } else {
    Number narrow_one(s.p);
    mpfr_set(*narrow_one, *x, rounding);
    mpfr_set(*r, *narrow_one, MPFR_RNDN);
  }
  Result result;
  const bool inexact = !mpfr_equal_p(*r, *x);
  if (inexact) result.flags |= XX | FI;
  if (mpfr_cmpabs(*r, *x) > 0) result.flags |= FR;
  if (tiny) {
    if (fpscr & UE) {
      result.flags |= UX;
      mpfr_mul_2si(*r, *r, s.bias_adjust, MPFR_RNDN);
    } else if (inexact) {
      result.flags |= UX;
    }
  } else if (mpfr_get_exp(*r) - 1 > s.emax) {
    result.flags |= OX;
    if (fpscr & OE) {
      mpfr_div_2si(*r, *r, s.bias_adjust, MPFR_RNDN);
    } else {
      result.flags |= XX | FI;
      const bool away = rounding == MPFR_RNDN || rounding == (negative ? MPFR_RNDD : MPFR_RNDU);
      mpfr_set_ui_2exp(*r, 1, s.emax + 1, MPFR_RNDN);
      if (!away) {
        Number ulp;
        mpfr_set_ui_2exp(*ulp, 1, s.emax + 1 - s.p, MPFR_RNDN);
        mpfr_sub(*r, *r, *ulp, MPFR_RNDN);
      }
      result.bits = (negative ? sign : 0) | (away ? inf : bits_of(r));
      return result;
    }
  }
  result.bits = bits_of(r);
  return result;
}

// An operation that MPFR cut off: what is missing is put there, far below all that matters.
void mend(Number& x, int ternary) {
  if (ternary == 0) return;
  Number little;
  mpfr_set_ui_2exp(*little, 1, mpfr_get_exp(*x) - 400, MPFR_RNDN);
  if (mpfr_sgn(*x) > 0) {
    mpfr_add(*x, *x, *little, MPFR_RNDN);
  } else {
    mpfr_sub(*x, *x, *little, MPFR_RNDN);
  }
}
int cut(Number& to, const std::function<int(mpfr_ptr)>& operation) {
  Number short_one(350);
  const int ternary = operation(*short_one);
  mpfr_set(*to, *short_one, MPFR_RNDN);
  return ternary;
}

u64 signals(u64 a, u64 b, u64 c) { return snan(a) || snan(b) || snan(c) ? VXSNAN : 0; }

}  // namespace

Integral current(u64 fpscr) {
  constexpr Integral modes[] = {Integral::nearest_even, Integral::zero, Integral::up, Integral::down};
  return modes[fpscr & 3];
}

static Result compute_positive(Operation op, u64 a, u64 b, u64 c, Format f, u64 fpscr) {
  using enum Operation;
  const bool three = op == madd || op == msub;
  const bool one = op == sqrt || op == re || op == rsqrte || op == round;
  if (one) a = c = 0;
  if (!three) c = 0;
  if (op == max || op == min) {
    // Table of the instruction: SNaN first, then numbers, then QNaN.
    if (snan(a)) return {a | quiet, VXSNAN, {}};
    if (snan(b)) return {b | quiet, VXSNAN, {}};
    if (nan(b)) return {a, 0, {}};
    if (nan(a)) return {b, 0, {}};
    const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
    if (x == y) return {op == max ? a & b : a | b, 0, {}};  // equal, or zeros of which one may be negative
    return {(op == max) == (x > y) ? a : b, 0, {}};
  }
  if (nan(a) || nan(b) || nan(c)) {
    u64 flags = signals(a, b, c);
    if (three && ((infinite(a) && zero(c)) || (zero(a) && infinite(c)))) flags |= VXIMZ;
    u64 which = nan(a) ? a : nan(b) ? b : c;
    if (op == round && f == Format::single) which &= ~u64{0x1FFFFFFF};
    return {which | quiet, flags, {}};
  }
  const u64 s = (a ^ (three ? c : b)) & sign;
  switch (op) {
    case sub:
      b ^= sign;
      [[fallthrough]];
    case add:
      if (infinite(a) && infinite(b) && a != b) return {canonical, VXISI, {}};
      if (infinite(a)) return {a, 0, {}};
      if (infinite(b)) return {b, 0, {}};
      break;
    case mul:
      if ((infinite(a) && zero(b)) || (zero(a) && infinite(b))) return {canonical, VXIMZ, {}};
      if (infinite(a) || infinite(b)) return {s | inf, 0, {}};
      if (zero(a) || zero(b)) return {s, 0, {}};
      break;
    case div:
      if (infinite(a) && infinite(b)) return {canonical, VXIDI, {}};
      if (zero(a) && zero(b)) return {canonical, VXZDZ, {}};
      if (infinite(a)) return {s | inf, 0, {}};
      if (zero(b)) return {s | inf, ZX, {}};
      if (zero(a) || infinite(b)) return {s, 0, {}};
      break;
    case re:
      if (infinite(b)) return {b & sign, 0, {}};
      if (zero(b)) return {b | inf, ZX, {}};
      break;
    case sqrt:
    case rsqrte:
      if (zero(b)) return op == sqrt ? Result{b, 0, {}} : Result{b | inf, ZX, {}};
      if (b & sign) return {canonical, VXSQRT, {}};
      if (infinite(b)) return {op == sqrt ? inf : 0, 0, {}};
      break;
    case round:
      if (infinite(b) || zero(b)) return {b, 0, {}};
      break;
    case msub:
      b ^= sign;
      [[fallthrough]];
    default:  // madd
      if ((infinite(a) && zero(c)) || (zero(a) && infinite(c))) return {canonical, VXIMZ, {}};
      if (infinite(a) || infinite(c)) {
        if (infinite(b) && (b & sign) != s) return {canonical, VXISI, {}};
        return {s | inf, 0, {}};
      }
      if (infinite(b)) return {b, 0, {}};
  }
  Number x, y, z;
  set(x, a);
  set(y, b);
  set(z, c);
  auto r = std::make_shared<Number>();
  switch (op) {
    case add:
    case sub:
      mpfr_add(**r, *x, *y, MPFR_RNDN);
      if (mpfr_zero_p(**r)) return {a == b ? a : (fpscr & 3) == 3 ? sign : 0, 0, {}};
      break;
    case mul:
      mpfr_mul(**r, *x, *y, MPFR_RNDN);
      break;
    case div:
      mend(*r, cut(*r, [&](mpfr_ptr t) { return mpfr_div(t, *x, *y, MPFR_RNDZ); }));
      break;
    case re:
      mend(*r, cut(*r, [&](mpfr_ptr t) { return mpfr_ui_div(t, 1, *y, MPFR_RNDZ); }));
      break;
    case sqrt:
      mend(*r, cut(*r, [&](mpfr_ptr t) { return mpfr_sqrt(t, *y, MPFR_RNDZ); }));
      break;
    case rsqrte:
      mend(*r, cut(*r, [&](mpfr_ptr t) { return mpfr_rec_sqrt(t, *y, MPFR_RNDZ); }));
      break;
    case round:
      mpfr_set(**r, *y, MPFR_RNDN);
      break;
    default:
      mpfr_mul(**r, *x, *z, MPFR_RNDN);
      mpfr_add(**r, **r, *y, MPFR_RNDN);
      if (mpfr_zero_p(**r)) return {s == (b & sign) ? s : (fpscr & 3) == 3 ? sign : 0, 0, {}};
  }
  Result result = finish(*r, f, fpscr);
  // What an estimate is compared with has its exponent adjusted, too.
  if ((result.flags & UX) && (fpscr & UE)) mpfr_mul_2si(**r, **r, shape(f).bias_adjust, MPFR_RNDN);
  if ((result.flags & OX) && (fpscr & OE)) mpfr_div_2si(**r, **r, shape(f).bias_adjust, MPFR_RNDN);
  result.exact = r;
  return result;
}

Result compute(Operation op, u64 a, u64 b, u64 c, Format f, u64 fpscr) {
  const bool negate = op == Operation::nmadd || op == Operation::nmsub;
  if (op == Operation::nmadd) op = Operation::madd;
  if (op == Operation::nmsub) op = Operation::msub;
  Result result = compute_positive(op, a, b, c, f, fpscr);
  if (negate && !nan(result.bits)) result.bits ^= sign;
  return result;
}

static void make_integral(Number& out, const Number& x, Integral how) {
  switch (how) {
    case Integral::nearest_away:
      mpfr_rint_round(*out, *x, MPFR_RNDN);
      break;
    case Integral::zero:
      mpfr_rint_trunc(*out, *x, MPFR_RNDN);
      break;
    case Integral::up:
      mpfr_rint_ceil(*out, *x, MPFR_RNDN);
      break;
    case Integral::down:
      mpfr_rint_floor(*out, *x, MPFR_RNDN);
      break;
    case Integral::nearest_even:
      mpfr_rint_roundeven(*out, *x, MPFR_RNDN);
      break;
  }
}

static u64 rounding_flags(const Number& r, const Number& x) {
  if (mpfr_equal_p(*r, *x)) return 0;
  return XX | FI | (mpfr_cmpabs(*r, *x) > 0 ? FR : 0);
}

Result to_integral(u64 bits, Integral how) {
  if (nan(bits)) return {bits | quiet, snan(bits) ? VXSNAN : 0, {}};
  if (infinite(bits)) return {bits, 0, {}};
  Number x, r;
  set(x, bits);
  make_integral(r, x, how);
  return {bits_of(r), rounding_flags(r, x), {}};
}

Result to_integer(u64 b, int bits, bool is_signed, Integral how) {
  const u64 most = is_signed ? (u64{1} << (bits - 1)) - 1 : bits == 64 ? ~u64{0} : 0xFFFFFFFF;
  const u64 least = is_signed ? ~most : 0;
  if (nan(b)) return {least, VXCVI | (snan(b) ? VXSNAN : 0), {}};
  if (infinite(b)) return {b & sign ? least : most, VXCVI, {}};
  Number x, r;
  set(x, b);
  make_integral(r, x, how);
  if (is_signed ? mpfr_cmp_si(*r, static_cast<long>(most)) > 0 : mpfr_cmp_ui(*r, most) > 0) return {most, VXCVI, {}};
  if (is_signed ? mpfr_cmp_si(*r, static_cast<long>(least)) < 0 : mpfr_sgn(*r) < 0) return {least, VXCVI, {}};
  const u64 value = is_signed ? static_cast<u64>(mpfr_get_si(*r, MPFR_RNDZ)) : mpfr_get_ui(*r, MPFR_RNDZ);
  return {value, rounding_flags(r, x), {}};
}

Result from_integer(u64 value, bool is_signed, Format f, u64 fpscr) {
  if (value == 0) return {};
  Number x;
  if (is_signed) {
    mpfr_set_si(*x, static_cast<long>(value), MPFR_RNDN);
  } else {
    mpfr_set_ui(*x, value, MPFR_RNDN);
  }
  return finish(x, f, fpscr);
}

bool near(u64 actual, const Number& exact, int bits, Format f) {
  const Shape s = shape(f);
  if (nan(actual)) return false;
  if (infinite(actual)) return mpfr_get_exp(*exact) > s.emax - 1;
  Number difference, allowed, tiny;
  set(difference, actual);
  mpfr_sub(*difference, *difference, *exact, MPFR_RNDN);
  mpfr_div_2si(*allowed, *exact, bits, MPFR_RNDN);
  mpfr_set_ui_2exp(*tiny, 1, s.emin - s.p + 1, MPFR_RNDN);
  return mpfr_cmpabs(*difference, *allowed) <= 0 || mpfr_cmpabs(*difference, *tiny) <= 0;
}

u64 fprf(u64 x, Format f) {
  u32 code = 0;
  const double value = std::bit_cast<double>(x);
  const double smallest = f == Format::single ? 0x1p-126 : 0x1p-1022;
  if (nan(x))
    code = 0b10001;
  else if (infinite(x))
    code = x & sign ? 0b01001 : 0b00101;
  else if (zero(x))
    code = x & sign ? 0b10010 : 0b00010;
  else if (std::fabs(value) < smallest)
    code = x & sign ? 0b11000 : 0b10100;
  else
    code = x & sign ? 0b01000 : 0b00100;
  return u64{code} << 12;
}

u32 relation(u64 a, u64 b) {
  if (nan(a) || nan(b)) return 1;
  const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
  return x < y ? 8 : x > y ? 4 : 2;
}

static int exponent(u64 x) { return std::ilogb(std::bit_cast<double>(x)); }

u32 test_divide(u64 a, u64 b, Format f) {
  const int least = f == Format::single ? -126 : -1022, most = f == Format::single ? 127 : 1023;
  const int small = f == Format::single ? -103 : -970;
  const bool odd_a = nan(a) || infinite(a), odd_b = nan(b) || infinite(b);
  const bool fg = infinite(a) || infinite(b) || zero(b) || (!odd_b && exponent(b) < least);
  bool fe = odd_a || odd_b || zero(b);
  if (!fe) {
    const int eb = exponent(b);
    fe = eb <= least || eb >= most - 2;
    if (!fe && !zero(a)) {
      const int ea = exponent(a);
      fe = ea - eb >= most || ea - eb <= least + 1 || ea <= small;
    }
  }
  return 8 | (fg ? 4 : 0) | (fe ? 2 : 0);
}

u32 test_sqrt(u64 b, Format f) {
  const int least = f == Format::single ? -126 : -1022, small = f == Format::single ? -103 : -970;
  const bool odd = nan(b) || infinite(b) || zero(b);
  const bool fg = infinite(b) || zero(b) || (!odd && exponent(b) < least);
  const bool fe = odd || (b & sign) || exponent(b) <= small;
  return 8 | (fg ? 4 : 0) | (fe ? 2 : 0);
}

u64 summary(u64 fpscr) {
  fpscr &= ~(FEX | VX);
  if (fpscr & invalid) fpscr |= VX;
  constexpr u64 pairs[][2] = {{VX, VE}, {OX, OE}, {UX, UE}, {ZX, ZE}, {XX, XE}};
  for (const auto& [exception, enable] : pairs)
    if ((fpscr & exception) && (fpscr & enable)) fpscr |= FEX;
  return fpscr;
}

u64 note(u64 fpscr, u64 flags) {
  flags &= exceptions;
  if (flags & ~fpscr) fpscr |= FX;
  return summary(fpscr | flags);
}

bool stopped(u64 fpscr, u64 flags) { return ((fpscr & VE) && (flags & invalid)) || ((fpscr & ZE) && (flags & ZX)); }
bool stopped_vector(u64 fpscr, u64 flags) {
  return stopped(fpscr, flags) || ((fpscr & OE) && (flags & OX)) || ((fpscr & UE) && (flags & UX)) ||
         ((fpscr & XE) && (flags & XX));
}

u64 widen(u32 x) {
  const u64 s = u64{x & 0x80000000} << 32;
  if ((x & 0x7F800000) == 0x7F800000) return s | inf | u64{x & 0x7FFFFF} << 29;
  return s | std::bit_cast<u64>(static_cast<double>(std::bit_cast<float>(x & 0x7FFFFFFF)));
}
u32 narrow(u64 x) {
  const u32 s = static_cast<u32>(x >> 32) & 0x80000000;
  if ((x & inf) == inf) return s | 0x7F800000 | (static_cast<u32>(x >> 29) & 0x7FFFFF);
  return s | std::bit_cast<u32>(static_cast<float>(std::bit_cast<double>(x & ~sign)));
}

namespace vmx {

u32 flush(u32 x, bool nj) { return nj && !(x & 0x7F800000) ? x & 0x80000000 : x; }

u32 compute(Operation op, u32 a, u32 b, u32 c, bool nj) {
  a = flush(a, nj), b = flush(b, nj), c = flush(c, nj);
  if (op == Operation::max || op == Operation::min) {
    if (nan(widen(a))) return a | 0x400000;
    if (nan(widen(b))) return b | 0x400000;
  }
  const Result r = judge::compute(op, widen(a), widen(b), widen(c), Format::single, 0);
  if (nj && r.exact) {  // tiny before it was rounded
    Number least;
    mpfr_set_ui_2exp(*least, 1, -126, MPFR_RNDN);
    if (mpfr_cmpabs(**r.exact, *least) < 0) return narrow(r.bits) & 0x80000000;
  }
  return narrow(r.bits);
}

u32 round(u32 x, Integral how, bool nj) { return narrow(judge::to_integral(widen(flush(x, nj)), how).bits); }

static u32 scaled(u32 x, int scale, bool is_signed, bool& sat) {
  const u64 wide = widen(x);
  if (nan(wide)) return 0;
  const double limit = is_signed ? 0x1p31 : 0x1p32;
  const double value = infinite(wide) ? (x & 0x80000000 ? -0x1p100 : 0x1p100) : std::ldexp(std::bit_cast<double>(wide), scale);
  if (value >= limit || value <= -limit || (!is_signed && value <= -1)) {
    sat = true;
    return value > 0 ? (is_signed ? 0x7FFFFFFF : 0xFFFFFFFF) : (is_signed ? 0x80000000 : 0);
  }
  return is_signed ? static_cast<u32>(static_cast<s32>(value)) : static_cast<u32>(static_cast<s64>(value));
}
u32 to_signed(u32 x, int scale, bool& sat) { return scaled(x, scale, true, sat); }
u32 to_unsigned(u32 x, int scale, bool& sat) { return scaled(x, scale, false, sat); }

u32 from_word(u32 x, bool is_signed, int scale) {
  const double value = is_signed ? static_cast<s32>(x) : static_cast<double>(x);
  return std::bit_cast<u32>(static_cast<float>(std::ldexp(value, -scale)));
}

}  // namespace vmx

}  // namespace judge
