// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The host's own floating point, where it does the same: double precision, rounded to nearest, with operands and a result that
// are neither very large nor very small. What was lost, it does not say; that is found out with a few integers.

#include <cmath>

#include "cpu/floating_point/number.h"

namespace cpu::floating {

// A result, and whether the exact one is nearer to zero (-1) or farther from it (1).
struct Nearest {
  u64 value;
  int direction;

  u64 found() const { return direction == 0 ? 0 : fpscr::xx | fpscr::fi | (direction < 0 ? fpscr::fr : 0); }
  // What another rounding needs to know of the exact result.
  Unrounded unrounded() const {
    if (is_zero(value)) return Unrounded::of(value);
    Parts parts = parts_of(value);
    if (direction < 0 && parts.significand == sign_bit) {
      parts.significand = ~u64{0};
      --parts.exponent;
    } else {
      parts.significand += static_cast<u64>(direction);
    }
    return Unrounded::of(parts);
  }
};

constexpr bool host_may(u64 fpscr) { return (fpscr & (fpscr::rn | fpscr::oe | fpscr::ue)) == 0; }
constexpr bool host_may(const Rules& rules) {
  return rules.rounding == Rounding::nearest && !rules.overflow_enabled && !rules.underflow_enabled;
}

namespace host {

constexpr s64 exponent_of(u64 x) { return static_cast<s64>(x >> 52 & 0x7FF); }
constexpr u64 significand_of(u64 x) { return (x & fraction_bits) | u64{1} << 52; }
constexpr bool is_normal(u64 x) { return exponent_of(x) - 1 < 2046 && exponent_of(x) != 0; }
// Not the smallest exponent: a number that is tiny may have been rounded to it.
constexpr bool is_safe(u64 x) { return exponent_of(x) > 1 && exponent_of(x) < 2046; }
constexpr int direction(u64 exact, u64 rounded) {
  const s64 more = static_cast<s64>(exact - rounded);  // of larger numbers, but they differ in less than 60 bits
  return more == 0 ? 0 : more > 0 ? 1 : -1;
}

inline bool add(u64 a, u64 b, Nearest& result) {
  if (exponent_of(a) == 0x7FF || exponent_of(b) == 0x7FF) return false;
  const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
  const double sum = x + y;
  const u64 value = std::bit_cast<u64>(sum);
  if (exponent_of(value) >= 2046) return false;
  // Knuth's: exact, as long as nothing overflows.
  const double of_y = sum - x;
  const double lost = (x - (sum - of_y)) + (y - of_y);
  result = {value, lost == 0 ? 0 : (lost > 0) == (sum > 0) ? 1 : -1};
  return true;
}

inline bool multiply(u64 a, u64 b, Nearest& result) {
  const u64 value = std::bit_cast<u64>(std::bit_cast<double>(a) * std::bit_cast<double>(b));
  if (!is_normal(a) || !is_normal(b) || !is_safe(value)) return false;
  const s64 shift = exponent_of(value) + 1075 - exponent_of(a) - exponent_of(b);
  result = {value, direction(significand_of(a) * significand_of(b), significand_of(value) << shift)};
  return true;
}

inline bool divide(u64 a, u64 b, Nearest& result) {
  if (!is_normal(a) || !is_normal(b)) return false;
  const u64 value = std::bit_cast<u64>(std::bit_cast<double>(a) / std::bit_cast<double>(b));
  if (!is_safe(value)) return false;
  const s64 shift = exponent_of(a) + 1075 - exponent_of(value) - exponent_of(b);
  result = {value, direction(significand_of(a) << shift, significand_of(value) * significand_of(b))};
  return true;
}

inline bool square_root(u64 b, Nearest& result) {
  if (!is_normal(b) || is_negative(b)) return false;
  const u64 value = std::bit_cast<u64>(__builtin_sqrt(std::bit_cast<double>(b)));
  const s64 shift = exponent_of(b) + 1075 - 2 * exponent_of(value);
  result = {value, direction(significand_of(b) << shift, significand_of(value) * significand_of(value))};
  return true;
}

// Rounded to single precision. False: not here.
inline bool to_single(const Nearest& nearest, Answer& answer) {
  constexpr u64 below_single = 0x1FFFFFFF, middle = 0x10000000;
  if (is_zero(nearest.value)) {
    answer = {nearest.value};
    return true;
  }
  const s64 exponent = exponent_of(nearest.value) - 1023;
  if (exponent < -125 || exponent > 126 || (nearest.value & below_single) == middle) return false;
  const double value = std::bit_cast<double>(nearest.value);
  const u64 single = std::bit_cast<u64>(static_cast<double>(static_cast<float>(value)));
  const int direction = single == nearest.value ? nearest.direction : magnitude(single) > magnitude(nearest.value) ? -1 : 1;
  answer = {single, Nearest{single, direction}.found()};
  return true;
}

// a * c + b of singles: their product has no more bits than a double.
inline bool multiply_add_singles(u64 a, u64 c, u64 b, Nearest& result) {
  constexpr u64 below_single = 0x1FFFFFFF;
  const u64 product = std::bit_cast<u64>(std::bit_cast<double>(a) * std::bit_cast<double>(c));
  if (((a | c) & below_single) || (!is_safe(product) && !is_zero(a) && !is_zero(c))) return false;
  return add(product, b, result);
}

// a * c + b, where the host has an instruction for that.
bool multiply_add(u64 a, u64 c, u64 b, Nearest& result);

}  // namespace host

}  // namespace cpu::floating
