// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/decimal.h"

#include <algorithm>

namespace judge::decimal {

namespace {

// The three digits of ten bits pqr stu v wxy, as the manual's table tells them. (Book I, DFP declets)
u32 value_of(u32 declet) {
  const u32 pqr = declet >> 7 & 7, stu = declet >> 4 & 7, wxy = declet & 7;
  const u32 r = pqr & 1, u = stu & 1, y = wxy & 1, pq = pqr & 6, st = stu & 6;
  const auto digits = [](u32 a, u32 b, u32 c) { return 100 * a + 10 * b + c; };
  if (!(declet & 8)) return digits(pqr, stu, wxy);
  if (wxy < 2) return digits(pqr, stu, 8 + y);
  if (wxy < 4) return digits(pqr, 8 + u, st + y);
  if (wxy < 6) return digits(8 + r, stu, pq + y);
  if (st == 0) return digits(8 + r, 8 + u, pq + y);
  if (st == 2) return digits(8 + r, pq + u, 8 + y);
  if (st == 4) return digits(pqr, 8 + u, 8 + y);
  return digits(8 + r, 8 + u, 8 + y);
}

struct Declets {
  std::array<u32, 1024> value{};
  std::array<u32, 1000> lowest{};  // of those that mean the same, results have the lowest
  Declets() {
    for (u32 i = 1024; i-- > 0;) {
      value[i] = value_of(i);
      lowest[value[i]] = i;
    }
  }
};
const Declets& declets() {
  static const Declets made;
  return made;
}

mpz_class number(u64 high, u64 low) {
  mpz_class value = static_cast<unsigned long>(high);
  value <<= 64;
  value += static_cast<unsigned long>(low);
  return value;
}
mpz_class all_of(const Shape& s, Image image) { return s.bits == 128 ? number(image.high, image.low) : number(0, image.high); }
u32 bits(const mpz_class& from, int lowest, int count) {
  const mpz_class shifted = from >> lowest;
  return static_cast<u32>(shifted.get_ui() & ((1ul << count) - 1));
}
// Bits of the exponent besides the two that lie with the first digit.
int exponent_bits(const Shape& s) { return s.bits - 6 - 10 * ((s.digits - 1) / 3); }

}  // namespace

mpz_class ten(int power) {
  mpz_class value;
  mpz_ui_pow_ui(value.get_mpz_t(), 10, static_cast<unsigned long>(power));
  return value;
}

u32 value_of_declet(u32 ten_bits) { return declets().value[ten_bits & 0x3FF]; }
u32 declet_of_value(u32 three_digits) { return declets().lowest[three_digits]; }

int digits(const mpz_class& x) {
  if (x == 0) return 0;
  const int about = static_cast<int>(mpz_sizeinbase(x.get_mpz_t(), 10));  // right, or one too many
  return x < ten(about - 1) ? about - 1 : about;
}

Number read(const Shape& s, Image image) {
  const mpz_class all = all_of(s, image);
  Number n;
  n.negative = bits(all, s.bits - 1, 1);
  for (int group = (s.digits - 1) / 3; group-- > 0;)
    n.coefficient = n.coefficient * 1000 + declets().value[bits(all, 10 * group, 10)];
  const u32 combination = bits(all, s.bits - 6, 5);
  if (combination == 31) n.sort = bits(all, s.bits - 7, 1) ? Sort::signaling : Sort::quiet;
  if (combination == 30) n.sort = Sort::infinite;
  if (combination >= 30) return n;
  const bool large = combination >= 24;
  n.coefficient += (large ? 8 + (combination & 1) : combination & 7) * ten(s.digits - 1);
  const u32 upper = large ? combination >> 1 & 3 : combination >> 3;
  const int rest = exponent_bits(s);
  n.exponent = static_cast<int>(upper << rest | bits(all, s.bits - 6 - rest, rest)) + s.least;
  return n;
}

Image write(const Shape& s, const Number& n) {
  mpz_class all = n.negative ? 1 : 0, trailing = n.coefficient % ten(s.digits - 1);
  all <<= 5;
  const int rest = exponent_bits(s);
  u32 continued = 0;
  if (n.sort == Sort::finite) {
    const mpz_class quotient = n.coefficient / ten(s.digits - 1);
    const u32 first = static_cast<u32>(quotient.get_ui()), exponent = static_cast<u32>(n.exponent - s.least);
    all += first < 8 ? exponent >> rest << 3 | first : 24 | exponent >> rest << 1 | (first & 1);
    continued = exponent & ((1u << rest) - 1);
  } else {
    all += n.sort == Sort::infinite ? 30 : 31;
    if (n.sort == Sort::signaling) continued = 1u << (rest - 1);
  }
  all <<= rest;
  all += continued;
  for (int group = (s.digits - 1) / 3; group-- > 0;) {
    const mpz_class three = trailing / ten(3 * group) % 1000;
    all <<= 10;
    all += declets().lowest[three.get_ui()];
  }
  const mpz_class upper = all >> 64, lower = all & number(0, ~u64{0});
  return s.bits == 128 ? Image{upper.get_ui(), lower.get_ui()} : Image{lower.get_ui(), 0};
}

Mode mode_of(u64 fpscr) { return static_cast<Mode>(fpscr >> 32 & 7); }

u64 Whole::flags() const { return (inexact ? XX | FI : 0) | (away ? FR : 0); }

Whole rounded(const mpz_class& numerator, const mpz_class& denominator, int power, bool negative, Mode mode) {
  const mpz_class above = power > 0 ? mpz_class(numerator * ten(power)) : numerator;
  const mpz_class below = power < 0 ? mpz_class(denominator * ten(-power)) : denominator;
  Whole whole;
  mpz_class rest;
  mpz_tdiv_qr(whole.value.get_mpz_t(), rest.get_mpz_t(), above.get_mpz_t(), below.get_mpz_t());
  if (rest == 0) return whole;
  whole.inexact = true;
  const mpz_class twice = 2 * rest;
  const int half = cmp(twice, below);
  const u64 last = mpz_class(whole.value % 10).get_ui();
  switch (mode) {
    case Mode::nearest_even:
      whole.away = half > 0 || (half == 0 && last % 2);
      break;
    case Mode::zero:
      break;
    case Mode::up:
      whole.away = !negative;
      break;
    case Mode::down:
      whole.away = negative;
      break;
    case Mode::nearest_away:
      whole.away = half >= 0;
      break;
    case Mode::nearest_zero:
      whole.away = half > 0;
      break;
    case Mode::away:
      whole.away = true;
      break;
    case Mode::shorter:
      whole.away = last == 0 || last == 5;
  }
  if (whole.away) ++whole.value;
  return whole;
}

Answer answer(const Number& n, u64 flags) { return {n, flags, false}; }
Answer default_nan(u64 flags) { return {{Sort::quiet, false, 0, 0}, flags, false}; }

Answer finish(const Shape& s, const mpz_class& numerator, const mpz_class& denominator, int power, bool negative, int ideal,
              u64 fpscr) {
  if (numerator == 0) return answer({Sort::finite, negative, std::clamp(ideal, s.least, s.largest), 0});
  // Where the first digit is: that of a quotient is one place lower if the divisor's digits are larger.
  int first = digits(numerator) - digits(denominator);
  const mpz_class up = first < 0 ? mpz_class(numerator * ten(-first)) : numerator,
                  down = first > 0 ? mpz_class(denominator * ten(first)) : denominator;
  if (up < down) --first;
  first += power;

  Answer a;
  const bool tiny = first < s.least_normal(), wraps = tiny && (fpscr & UE);
  if (wraps) {
    power += s.adjust, ideal += s.adjust, first += s.adjust;
    a.flags |= UX;
  }
  int exponent = first - s.digits + 1;
  if (!wraps) exponent = std::max(exponent, s.least);
  Whole whole = rounded(numerator, denominator, power - exponent, negative, mode_of(fpscr));
  if (digits(whole.value) > s.digits) {
    whole.value /= 10;
    ++exponent;
  }
  a.flags |= whole.flags();
  if (tiny && !wraps && whole.inexact) a.flags |= UX;
  const bool overflows = exponent + digits(whole.value) - 1 > s.most();
  if (overflows) {
    a.flags |= OX;
    if (!(fpscr & OE)) {
      a.flags |= XX | FI;
      const Mode mode = mode_of(fpscr);
      const bool keeps = mode == Mode::zero || mode == Mode::shorter || mode == (negative ? Mode::up : Mode::down);
      a.number = keeps ? Number{Sort::finite, negative, s.largest, ten(s.digits) - 1} : Number{Sort::infinite, negative, 0, 0};
      return a;
    }
    exponent -= s.adjust, ideal -= s.adjust;
  }
  if (!whole.inexact)
    for (; exponent < std::min(ideal, s.largest) && whole.value % 10 == 0; ++exponent) whole.value /= 10;
  a.unknown = exponent < s.least || exponent > s.largest;
  a.number = {Sort::finite, negative, exponent, whole.value};
  return a;
}

u64 fprf(const Shape& s, const Number& n) {
  u32 code = 0b10001;
  if (n.sort == Sort::infinite) code = n.negative ? 0b01001 : 0b00101;
  if (n.sort == Sort::finite) {
    if (n.coefficient == 0)
      code = n.negative ? 0b10010 : 0b00010;
    else if (n.exponent + digits(n.coefficient) - 1 < s.least_normal())
      code = n.negative ? 0b11000 : 0b10100;
    else
      code = n.negative ? 0b01000 : 0b00100;
  }
  return u64{code} << 12;
}

// ---- operands ----

static std::array<Image, specials> all_specials(const Shape& s) {
  const mpz_class nines = ten(s.digits) - 1, ones = nines / 9, high = ten(s.digits - 1);
  const int least = s.least, largest = s.largest, middle = -s.digits / 2;
  const Number finite[] = {
      {Sort::finite, false, 0, 0},           {Sort::finite, false, least, 0},
      {Sort::finite, false, largest, 0},     {Sort::finite, false, 0, 1},
      {Sort::finite, false, 0, 5},           {Sort::finite, false, -1, 5},
      {Sort::finite, false, 1, 1},           {Sort::finite, false, -1, 15},
      {Sort::finite, false, 0, high},        {Sort::finite, false, 0, nines},
      {Sort::finite, false, middle, nines},  {Sort::finite, false, middle, ones * 5},
      {Sort::finite, false, least, 1},       {Sort::finite, false, least, nines},
      {Sort::finite, false, least, high},    {Sort::finite, false, least, high - 1},
      {Sort::finite, false, largest, nines}, {Sort::finite, false, largest, 1},
      {Sort::finite, false, largest, high},  {Sort::finite, false, 0, mpz_class("9223372036854775807") % ten(s.digits)}};
  const Number others[] = {{Sort::infinite, false, 0, 0},     {Sort::infinite, false, 0, 123}, {Sort::quiet, false, 0, 0},
                           {Sort::quiet, false, 0, high - 1}, {Sort::signaling, false, 0, 0},  {Sort::signaling, false, 0, 7}};
  constexpr size_t finites = std::size(finite);
  static_assert(specials == 2 * (finites + std::size(others)));
  std::array<Image, specials> all;
  for (size_t i = 0; i < specials; ++i) {
    Number n = i / 2 < finites ? finite[i / 2] : others[i / 2 - finites];
    n.negative = i % 2;
    all[i] = write(s, n);
  }
  return all;
}

Image special(const Shape& s, size_t which) {
  static const std::array<Image, specials> of_shorts = all_specials(shorts), of_longs = all_specials(longs),
                                           of_quads = all_specials(quads);
  return (s.bits == 32 ? of_shorts : s.bits == 64 ? of_longs : of_quads)[which];
}

Image any(const Shape& s, Random& random) {
  if (random.below(8) < 3) return special(s, random.below(specials));
  if (random.below(8) == 0) return {s.bits == 32 ? random() & 0xFFFFFFFF : random(), s.bits == 128 ? random() : 0};
  Number n;
  n.negative = random.below(2);
  const int size = static_cast<int>(random.below(static_cast<u64>(s.digits) + 1));
  const u64 low = random(), high = random();
  n.coefficient = number(high, low) % ten(size);
  switch (random.below(6)) {
    case 0:  // few digits, and zeros
      n.coefficient = (n.coefficient % 100) * ten(static_cast<int>(random.below(static_cast<u64>(s.digits) - 1)));
      break;
    case 1:  // many nines
      n.coefficient = ten(size) - 1 - n.coefficient % 10;
      if (n.coefficient < 0) n.coefficient = 0;
      break;
    case 2:  // a half
      n.coefficient = 5 * ten(static_cast<int>(random.below(static_cast<u64>(s.digits))));
  }
  const int near = static_cast<int>(random.below(static_cast<u64>(3 * s.digits))) - 3 * s.digits / 2;
  const int centres[] = {0, 0, 0, s.least, s.largest, s.least / 2, s.largest / 2};
  n.exponent = std::clamp(centres[random.below(std::size(centres))] + near, s.least, s.largest);
  Image image = write(s, n);
  // Declets that results do not have: with the same meaning.
  if (random.below(8) == 0) (s.bits == 128 ? image.low : image.high) |= u64{0x3EE} << 10 * random.below(2);
  return image;
}

}  // namespace judge::decimal
