// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal/number.h"

#include <array>

#include "cpu/decimal/declets.h"

namespace cpu::decimal {

namespace {

constexpr auto powers = [] {
  std::array<u128, 39> all{1};
  for (size_t i = 1; i < all.size(); ++i) all[i] = all[i - 1] * 10;
  return all;
}();

int bits_of(const Format& format) { return format.digits == 34 ? 128 : format.digits == 16 ? 64 : 32; }
int declets_of(const Format& format) { return (format.digits - 1) / 3; }

u128 whole(const Format& format, Bits bits) { return format.digits == 34 ? u128{bits.high} << 64 | bits.low : bits.high; }
u32 value_of_declet(u32 declet) {
  const u32 bcd = bcd_of_declet(declet);
  return (bcd >> 8) * 100 + (bcd >> 4 & 15) * 10 + (bcd & 15);
}
u32 declet_of_value(u32 value) { return declet_of_bcd(value / 100 << 8 | value / 10 % 10 << 4 | value % 10); }

}  // namespace

u128 power_of_ten(int exponent) { return powers[static_cast<size_t>(exponent)]; }

int digits_of(u128 value) {
  int count = 0;
  while (count < 39 && value >= powers[static_cast<size_t>(count)]) ++count;
  return count;
}

// Sign, five bits that hold the leading digit and the two highest bits of the exponent, the rest of the exponent, declets.
Number decode(const Format& format, Bits bits) {
  const u128 all = whole(format, bits);
  const int size = bits_of(format), trailing = 10 * declets_of(format);
  const u32 field = static_cast<u32>(all >> (size - 6)) & 31;
  Number number;
  number.negative = all >> (size - 1) & 1;
  for (int i = declets_of(format) - 1; i >= 0; --i)
    number.coefficient = number.coefficient * 1000 + value_of_declet(static_cast<u32>(all >> 10 * i) & 0x3FF);
  if (field >= 30) {
    number.kind = field == 30 ? Kind::infinite : all >> (size - 7) & 1 ? Kind::signaling : Kind::quiet;
    return number;
  }
  const u32 leading = field >= 24 ? 8 | (field & 1) : field & 7;
  const u32 highest = field >= 24 ? field >> 1 & 3 : field >> 3;
  const int rest_bits = size - 6 - trailing;
  const u32 rest = static_cast<u32>(all >> trailing) & ((1U << rest_bits) - 1);
  number.coefficient += leading * power_of_ten(format.digits - 1);
  number.exponent = static_cast<s32>(highest << rest_bits | rest) + format.least;
  return number;
}

Bits encode(const Format& format, const Number& number) {
  const int size = bits_of(format), trailing = 10 * declets_of(format), rest_bits = size - 6 - trailing;
  u128 all = u128{number.negative} << (size - 1);
  u128 coefficient = number.coefficient;
  for (int i = 0; i < declets_of(format); ++i, coefficient /= 1000)
    all |= u128{declet_of_value(static_cast<u32>(coefficient % 1000))} << 10 * i;
  if (number.kind == Kind::finite) {
    const u32 leading = static_cast<u32>(coefficient % 10);
    const u32 exponent = static_cast<u32>(number.exponent - format.least);
    const u32 highest = exponent >> rest_bits;
    all |= u128{leading >= 8 ? 24 | highest << 1 | (leading & 1) : highest << 3 | leading} << (size - 6);
    all |= u128{exponent & ((1U << rest_bits) - 1)} << trailing;
  } else {
    all |= u128{number.kind == Kind::infinite ? 30U : 31U} << (size - 6);
    if (number.kind == Kind::signaling) all |= u128{1} << (size - 7);
  }
  return format.digits == 34 ? Bits{static_cast<u64>(all >> 64), static_cast<u64>(all)} : Bits{static_cast<u64>(all), 0};
}

}  // namespace cpu::decimal
