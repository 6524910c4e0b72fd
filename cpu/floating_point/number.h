// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A binary floating point number in parts, and a result before it is rounded. Everything is computed on the double format:
// a single precision number has the same value there, as in the processor's own registers. (Book I 4.3)

#include <bit>

#include "cpu/floating_point/fpscr.h"
#include "emu/core/types.h"

namespace cpu::floating {

enum class Format { single_precision, double_precision, half_precision };
// As FPSCR[RN]; the others only instructions ask for: to the odd one of two numbers, and away from zero where both are as near.
enum class Rounding { nearest, zero, up, down, odd, nearest_away };

struct Rules {
  Rounding rounding = Rounding::nearest;
  bool overflow_enabled = false;  // then a result's exponent is adjusted, and it is not replaced
  bool underflow_enabled = false;
};
constexpr Rules rules_of(u64 fpscr) {
  return {static_cast<Rounding>(fpscr & fpscr::rn), (fpscr & fpscr::oe) != 0, (fpscr & fpscr::ue) != 0};
}

inline constexpr u64 sign_bit = u64{1} << 63;
inline constexpr u64 infinity = u64{0x7FF} << 52;
inline constexpr u64 quiet_bit = u64{1} << 51;
inline constexpr u64 default_nan = infinity | quiet_bit;
inline constexpr u64 fraction_bits = (u64{1} << 52) - 1;

constexpr bool is_negative(u64 x) { return x >> 63; }
constexpr bool is_nan(u64 x) { return (x & ~sign_bit) > infinity; }
constexpr bool is_signaling(u64 x) { return is_nan(x) && !(x & quiet_bit); }
constexpr bool is_infinite(u64 x) { return (x & ~sign_bit) == infinity; }
constexpr bool is_zero(u64 x) { return (x & ~sign_bit) == 0; }
constexpr u64 magnitude(u64 x) { return x & ~sign_bit; }
constexpr u64 sign_of(u64 x) { return x & sign_bit; }

// Of a finite number that is not zero: significand * 2^(exponent - 63), its highest bit set.
struct Parts {
  bool negative;
  int exponent;
  u64 significand;
};
constexpr Parts parts_of(u64 x) {
  const int field = static_cast<int>(x >> 52 & 0x7FF);
  const u64 fraction = x & fraction_bits;
  if (field != 0) return {is_negative(x), field - 1023, (fraction | u64{1} << 52) << 11};
  const int zeros = std::countl_zero(fraction);
  return {is_negative(x), -1022 - (zeros - 11), fraction << zeros};
}

struct Answer {
  u64 value = 0;
  u64 found = 0;  // FPSCR: exceptions, FR, FI
};

// A result that is known exactly, but for bits below its significand, of which the lowest bit tells.
struct Unrounded {
  bool settled = false;  // not a finite number, or zero: `answer` is all
  Answer answer;
  Parts parts{};

  static constexpr Unrounded of(u64 value, u64 found = 0) { return {true, {value, found}, {}}; }
  static constexpr Unrounded of(const Parts& parts) { return {false, {}, parts}; }
};

Answer rounded(const Unrounded&, Format, const Rules&);

// FPRF: class and sign of a result. (Book I 4.2.2)
u64 class_of(u64 value, Format);

// Between the formats, without rounding; a NaN keeps its kind.
u64 from_single(u32 x);
u32 to_single(u64 x);  // of what a single can hold; otherwise of what is stored by stfs
u64 from_half(u16 x);
u16 to_half(u64 x);  // of what a half can hold

__extension__ using Wide = unsigned __int128;
constexpr int zeros_before(Wide x) {
  const u64 high = static_cast<u64>(x >> 64);
  return high ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<u64>(x));
}

// Whether what is kept of a significand grows by one, if `lost` is taken from it; half a unit of its last place is `half`.
template <class Significand>
constexpr bool rounds_up(Rounding rounding, bool negative, Significand kept, Significand lost, Significand half) {
  switch (rounding) {
    case Rounding::nearest:
      return lost > half || (lost == half && (kept & 1));
    case Rounding::zero:
      return false;
    case Rounding::up:
      return lost != 0 && !negative;
    case Rounding::down:
      return lost != 0 && negative;
    case Rounding::odd:
      return lost != 0 && !(kept & 1);
    case Rounding::nearest_away:
      return lost >= half;
  }
  return false;
}

// The lowest bit says whether anything was lost.
constexpr u64 shifted_right(u64 x, int by) {
  if (by <= 0) return x;
  if (by > 63) return x != 0;
  return x >> by | ((x << (64 - by)) != 0);
}
constexpr Wide shifted_right(Wide x, int by) {
  if (by <= 0) return x;
  if (by > 127) return x != 0;
  return x >> by | ((x << (128 - by)) != 0);
}

}  // namespace cpu::floating
