// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Decimal floating point numbers of 32, 64 and 128 bits, and what they stand for. (Book I chapter 5, DFP Number Representation)

#include "emu/core/types.h"

namespace cpu::decimal {

__extension__ typedef unsigned __int128 u128;

struct Format {
  int digits;
  s32 least;  // exponents, as of an integer coefficient
  s32 largest;
  s32 wrapped;  // what an exponent changes by where an enabled overflow or underflow is reported
  s32 bias() const { return -least; }
};
inline constexpr Format short_format{7, -101, 90, 192};
inline constexpr Format long_format{16, -398, 369, 576};
inline constexpr Format extended_format{34, -6176, 6111, 9216};

enum class Kind : u8 { finite, infinite, quiet, signaling };

struct Number {
  Kind kind = Kind::finite;
  bool negative = false;
  s32 exponent = 0;
  u128 coefficient = 0;  // of a NaN or an infinity: what else it carries
  bool is_nan() const { return kind == Kind::quiet || kind == Kind::signaling; }
  bool is_zero() const { return kind == Kind::finite && coefficient == 0; }
};

// The bits of a number: the highest word, and the lowest, which the extended format alone has.
struct Bits {
  u64 high = 0;
  u64 low = 0;
};

Number decode(const Format&, Bits);
Bits encode(const Format&, const Number&);  // its coefficient fits, and its exponent, too; canonical declets

u128 power_of_ten(int);
int digits_of(u128);

}  // namespace cpu::decimal
