// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A result before it is rounded: its digits, and whether there is something below them. And its rounding. What results of the
// extended format need, Exact, goes digit by digit: Narrow is for all others.

#include <array>

#include "cpu/decimal/number.h"
#include "cpu/decimal/status.h"

namespace cpu::decimal {

// Up to 38 digits.
class Narrow {
 public:
  static constexpr int most = 38;

  explicit Narrow(u128 coefficient, bool something_below = false);

  int digits() const { return count_; }
  int last_digit() const { return static_cast<int>(value_ % 10); }
  u128 coefficient() const { return value_; }

  void shift_up(int places);
  int shift_down(int places);
  void increment();
  void strip_zeros(int most_places, s32& exponent);
  bool less_than(const Narrow& other) const { return value_ < other.value_; }

  bool below = false;

 private:
  u128 value_;
  int count_;
};

// Up to 80 digits.
class Exact {
 public:
  static constexpr int most = 80;

  Exact() = default;
  explicit Exact(u128 coefficient);

  int digits() const { return count_; }  // 0: it is zero
  int digit(int i) const { return digit_[static_cast<size_t>(i)]; }
  int last_digit() const { return digit(0); }
  u128 coefficient() const;  // at most 38 digits

  void shift_up(int places);
  // Takes digits away, and answers which was the first of them; whether the others were something is in `below`.
  int shift_down(int places);
  void increment() { add(Exact(1)); }
  void add(const Exact&);
  void subtract(const Exact&);  // not more than there is; what is below is subtracted, too
  bool less_than(const Exact&) const;
  static Exact product(u128, u128);
  static Exact quotient(u128 dividend, int shifted_up, u128 divisor);
  void strip_zeros(int most_places, s32& exponent);

  bool below = false;  // more than 0, less than 1

 private:
  void trim();
  std::array<u8, most> digit_{};  // the lowest first
  int count_ = 0;
};

bool rounds_away(Rounding, bool negative, int last, int first_lost, bool more_lost);

}  // namespace cpu::decimal
