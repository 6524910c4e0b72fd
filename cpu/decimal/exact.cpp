// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal/exact.h"

#include <algorithm>
#include <cassert>

namespace cpu::decimal {

namespace {

// Most are small enough for one division of the host.
u128 divided(u128 x, u128 by) {
  if (x >> 64 == 0 && by >> 64 == 0) return static_cast<u64>(x) / static_cast<u64>(by);
  return x / by;
}

}  // namespace

Narrow::Narrow(u128 coefficient, bool something_below)
    : below(something_below), value_(coefficient), count_(digits_of(coefficient)) {}

void Narrow::shift_up(int places) {
  if (count_ == 0 || places <= 0) return;
  assert(count_ + places <= most);
  value_ *= power_of_ten(places);
  count_ += places;
}

int Narrow::shift_down(int places) {
  if (places <= 0 || count_ == 0) return 0;
  if (places > count_) {
    below = true;
    value_ = 0;
    count_ = 0;
    return 0;
  }
  const u128 unit = power_of_ten(places), whole = divided(value_, unit), lost = value_ - whole * unit;
  const u128 first_unit = power_of_ten(places - 1), first = divided(lost, first_unit);
  below = below || lost != first * first_unit;
  value_ = whole;
  count_ -= places;
  return static_cast<int>(first);
}

void Narrow::increment() {
  ++value_;
  if (value_ == power_of_ten(count_)) ++count_;
}

void Narrow::strip_zeros(int most_places, s32& exponent) {
  // A quotient that is exact can have many.
  for (const int places : {16, 16, 8, 4, 2, 1}) {
    if (places > most_places || places >= count_) continue;
    const u128 unit = power_of_ten(places), whole = divided(value_, unit);
    if (whole * unit != value_) continue;
    value_ = whole;
    count_ -= places;
    most_places -= places;
    exponent += places;
  }
}

Exact::Exact(u128 coefficient) {
  for (; coefficient; coefficient /= 10) digit_[static_cast<size_t>(count_++)] = static_cast<u8>(coefficient % 10);
}

u128 Exact::coefficient() const {
  u128 value = 0;
  for (int i = count_ - 1; i >= 0; --i) value = value * 10 + digit_[static_cast<size_t>(i)];
  return value;
}

void Exact::trim() {
  while (count_ > 0 && digit_[static_cast<size_t>(count_ - 1)] == 0) --count_;
}

void Exact::shift_up(int places) {
  if (count_ == 0 || places <= 0) return;
  assert(count_ + places <= most);
  std::copy_backward(digit_.begin(), digit_.begin() + count_, digit_.begin() + count_ + places);
  std::fill_n(digit_.begin(), places, u8{0});
  count_ += places;
}

int Exact::shift_down(int places) {
  if (places <= 0) return 0;
  const int first = places <= count_ ? digit(places - 1) : 0;
  const int others = std::min(places - 1, count_);
  below = below || std::any_of(digit_.begin(), digit_.begin() + others, [](u8 d) { return d != 0; });
  const int gone = std::min(places, count_);
  std::copy(digit_.begin() + gone, digit_.begin() + count_, digit_.begin());
  std::fill(digit_.begin() + (count_ - gone), digit_.begin() + count_, u8{0});
  count_ -= gone;
  return first;
}

void Exact::add(const Exact& other) {
  int carry = 0;
  count_ = std::max(count_, other.count_);
  for (int i = 0; i < count_ || carry; ++i) {
    assert(i < most);
    const int sum = digit(i) + other.digit(i) + carry;
    digit_[static_cast<size_t>(i)] = static_cast<u8>(sum % 10);
    carry = sum / 10;
    count_ = std::max(count_, i + 1);
  }
  below = below || other.below;
}

void Exact::subtract(const Exact& other) {
  int borrow = other.below ? 1 : 0;
  for (int i = 0; i < count_; ++i) {
    const int difference = digit(i) - other.digit(i) - borrow;
    borrow = difference < 0 ? 1 : 0;
    digit_[static_cast<size_t>(i)] = static_cast<u8>(difference + 10 * borrow);
  }
  trim();
  below = other.below;
}

bool Exact::less_than(const Exact& other) const {
  if (count_ != other.count_) return count_ < other.count_;
  for (int i = count_ - 1; i >= 0; --i)
    if (digit(i) != other.digit(i)) return digit(i) < other.digit(i);
  return false;
}

Exact Exact::product(u128 a, u128 b) {
  const Exact x(a), y(b);
  std::array<int, most> sums{};
  for (int i = 0; i < x.count_; ++i)
    for (int j = 0; j < y.count_; ++j) sums[static_cast<size_t>(i + j)] += x.digit(i) * y.digit(j);
  Exact result;
  int carry = 0;
  for (size_t i = 0; i < most; ++i) {
    const int sum = sums[i] + carry;
    result.digit_[i] = static_cast<u8>(sum % 10);
    carry = sum / 10;
  }
  result.count_ = most;
  result.trim();
  return result;
}

Exact Exact::quotient(u128 dividend, int shifted_up, u128 divisor) {
  Exact result(dividend);
  result.shift_up(shifted_up);
  u128 rest = 0;
  for (int i = result.count_ - 1; i >= 0; --i) {
    rest = rest * 10 + static_cast<u32>(result.digit(i));
    result.digit_[static_cast<size_t>(i)] = static_cast<u8>(rest / divisor);
    rest %= divisor;
  }
  result.trim();
  result.below = rest != 0;
  return result;
}

void Exact::strip_zeros(int most_places, s32& exponent) {
  int places = 0;
  while (places < most_places && places < count_ && digit(places) == 0) ++places;
  if (places == 0) return;
  shift_down(places);
  exponent += places;
}

bool rounds_away(Rounding rounding, bool negative, int last, int first_lost, bool more_lost) {
  const bool inexact = first_lost != 0 || more_lost;
  switch (rounding) {
    case Rounding::nearest_even:
      return first_lost > 5 || (first_lost == 5 && (more_lost || last % 2 == 1));
    case Rounding::to_zero:
      return false;
    case Rounding::up:
      return inexact && !negative;
    case Rounding::down:
      return inexact && negative;
    case Rounding::nearest_away:
      return first_lost >= 5;
    case Rounding::nearest_to_zero:
      return first_lost > 5 || (first_lost == 5 && more_lost);
    case Rounding::from_zero:
      return inexact;
    case Rounding::for_shorter:
      return inexact && (last == 0 || last == 5);
  }
  return false;
}

}  // namespace cpu::decimal
