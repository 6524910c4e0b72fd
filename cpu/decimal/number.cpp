// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal/number.h"

#include <algorithm>
#include <array>
#include <bit>

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

constexpr auto declet_values = [] {
  std::array<std::uint16_t, 1024> all{};
  for (u32 i = 0; i < all.size(); ++i) {
    const u32 bcd = bcd_of_declet(i);
    all[i] = static_cast<std::uint16_t>((bcd >> 8) * 100 + (bcd >> 4 & 15) * 10 + (bcd & 15));
  }
  return all;
}();
constexpr auto declets_by_value = [] {
  std::array<std::uint16_t, 1000> all{};
  for (u32 i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint16_t>(declet_of_bcd(i / 100 << 8 | i / 10 % 10 << 4 | i % 10));
  return all;
}();

// Six declets at most: their value fits into 64 bits.
constexpr int in_one_go = 6;
constexpr u64 power_of_one_go = 1'000'000'000'000'000'000;
u64 value_of_declets(u64 declets, int count) {
  u64 value = 0;
  for (int i = count - 1; i >= 0; --i) value = value * 1000 + declet_values[declets >> 10 * i & 0x3FF];
  return value;
}
u64 declets_of_value(u64 value, int count) {
  u64 declets = 0;
  for (int i = 0; i < count; ++i, value /= 1000) declets |= u64{declets_by_value[value % 1000]} << 10 * i;
  return declets;
}

}  // namespace

u128 power_of_ten(int exponent) { return powers[static_cast<size_t>(exponent)]; }

int digits_of(u128 value) {
  if (value == 0) return 0;
  const u64 high = static_cast<u64>(value >> 64), low = static_cast<u64>(value);
  const int bits = high ? 128 - std::countl_zero(high) : 64 - std::countl_zero(low);
  const int about = bits * 1233 >> 12;  // by the logarithm of 2: right, or one too few
  return value >= powers[static_cast<size_t>(about)] ? about + 1 : about;
}

// Sign, five bits that hold the leading digit and the two highest bits of the exponent, the rest of the exponent, declets.
Number decode(const Format& format, Bits bits) {
  const u128 all = whole(format, bits);
  const int size = bits_of(format), trailing = 10 * declets_of(format);
  const u32 field = static_cast<u32>(all >> (size - 6)) & 31;
  Number number;
  number.negative = all >> (size - 1) & 1;
  const int low_declets = std::min(declets_of(format), in_one_go), others = declets_of(format) - low_declets;
  number.coefficient = value_of_declets(static_cast<u64>(all), low_declets);
  if (others) number.coefficient += u128{power_of_one_go} * value_of_declets(static_cast<u64>(all >> 10 * in_one_go), others);
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
  const u128 coefficient = number.coefficient;
  const int low_declets = std::min(declets_of(format), in_one_go), others = declets_of(format) - low_declets;
  u64 rest = static_cast<u64>(coefficient), above = 0;
  if (others) {
    const u128 upper = coefficient / power_of_one_go;
    rest = static_cast<u64>(coefficient - upper * power_of_one_go);
    const u64 unit = static_cast<u64>(powers[static_cast<size_t>(3 * others)]);
    above = static_cast<u64>(upper) / unit;
    all |= u128{declets_of_value(static_cast<u64>(upper) % unit, others)} << 10 * in_one_go;
  } else {
    above = rest / static_cast<u64>(powers[static_cast<size_t>(3 * low_declets)]);
  }
  all |= declets_of_value(rest, low_declets);
  if (number.kind == Kind::finite) {
    const u32 leading = static_cast<u32>(above % 10);
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
