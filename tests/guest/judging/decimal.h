// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Decimal floating point, worked out with integers that have no limits: a result is a fraction, and is rounded once. (Book I chapter 5)

#include <optional>

#include <gmpxx.h>

#include "tests/guest/judging/operands.h"

namespace judge::decimal {

struct Shape {
  int bits, digits, least, largest, adjust;  // exponents of an integer coefficient; what an enabled exception changes them by
  int most() const { return largest + digits - 1; }  // exponents of the first digit
  int least_normal() const { return least + digits - 1; }
};
inline constexpr Shape shorts{32, 7, -101, 90, 192}, longs{64, 16, -398, 369, 576}, quads{128, 34, -6176, 6111, 9216};

enum class Sort { finite, infinite, quiet, signaling };

struct Number {
  Sort sort = Sort::finite;
  bool negative = false;
  int exponent = 0;
  mpz_class coefficient;  // of an infinity or a NaN: its other digits
  bool nan() const { return sort == Sort::quiet || sort == Sort::signaling; }
  bool zero() const { return sort == Sort::finite && coefficient == 0; }
};

struct Image {
  u64 high = 0, low = 0;  // the second one of quads alone
  bool operator==(const Image&) const = default;
};

u32 value_of_declet(u32 ten_bits);
u32 declet_of_value(u32 three_digits);  // as results have it
Number read(const Shape&, Image);
Image write(const Shape&, const Number&);  // with the declets that results have
mpz_class ten(int power);
int digits(const mpz_class&);  // 0 has none

enum class Mode { nearest_even, zero, up, down, nearest_away, nearest_zero, away, shorter };
Mode mode_of(u64 fpscr);
struct Whole {
  mpz_class value;
  bool inexact = false, away = false;
  u64 flags() const;
};
// numerator / denominator * 10^power as an integer.
Whole rounded(const mpz_class& numerator, const mpz_class& denominator, int power, bool negative, Mode);

struct Answer {
  Number number;
  u64 flags = 0;
  bool unknown = false;  // what is stored, and its class
};
Answer answer(const Number&, u64 flags = 0);
Answer default_nan(u64 flags);
// What is exactly numerator / denominator * 10^power, in a format, with the exponent nearest to `ideal`.
Answer finish(const Shape&, const mpz_class& numerator, const mpz_class& denominator, int power, bool negative, int ideal,
              u64 fpscr);

u64 fprf(const Shape&, const Number&);

Image any(const Shape&, Random&);
Image special(const Shape&, size_t which);
inline constexpr size_t specials = 52;

}  // namespace judge::decimal
