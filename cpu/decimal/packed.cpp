// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/decimal/packed.h"

namespace cpu::decimal {

namespace {

constexpr u32 less = 8, greater = 4, equal = 2, overflow_or_invalid = 1;

constexpr u128 every(u64 digit) { return u128{0x1111'1111'1111'1111 * digit} << 64 | 0x1111'1111'1111'1111 * digit; }
constexpr int size = 31 * 4;
constexpr u128 all_digits = (u128{1} << size) - 1;

struct Packed {
  u128 digits;
  bool negative;
  bool valid;
};

Packed unpacked(Bits bits) {
  const u128 all = u128{bits.high} << 64 | bits.low, digits = all >> 4;
  const u32 sign = static_cast<u32>(all & 15);
  const u128 too_large = digits & (digits << 1 | digits << 2) & every(8);
  return {digits, sign == 0xB || sign == 0xD, sign > 9 && too_large == 0};
}

// Digit by digit, all at once: a six for each makes it carry as an integer does, and is taken back where it has not. Bit 124 of
// the sum is its carry.
u128 sum(u128 x, u128 y) {
  constexpr u128 sixes = every(6) & all_digits, ones = every(1) & ~u128{1};
  const u128 biased = x + sixes, total = biased + y;
  const u128 not_carried = ~(total ^ biased ^ y) & ones;
  return total - (not_carried >> 2 | not_carried >> 3);
}
u128 difference(u128 x, u128 y) {
  return sum(sum(x, (every(9) & all_digits) - y), 1) & all_digits;
}  // of a larger and a smaller one

PackedSum added(const Packed& a, const Packed& b, bool preferred) {
  if (!a.valid || !b.valid) return {{}, overflow_or_invalid};
  const bool swap = a.digits < b.digits;
  const Packed &larger = swap ? b : a, &smaller = swap ? a : b;
  const u128 exact = a.negative == b.negative ? sum(a.digits, b.digits) : difference(larger.digits, smaller.digits);
  const bool negative = exact != 0 && larger.negative;
  const u128 value = (exact & all_digits) << 4 | (negative ? 0xD : preferred ? 0xF : 0xC);
  const u32 condition = exact == 0 ? equal : negative ? less : greater;
  return {{static_cast<u64>(value >> 64), static_cast<u64>(value)}, condition | (exact > all_digits ? overflow_or_invalid : 0)};
}

}  // namespace

PackedSum add_packed(Bits a, Bits b, bool preferred) { return added(unpacked(a), unpacked(b), preferred); }

PackedSum subtract_packed(Bits a, Bits b, bool preferred) {
  Packed minus = unpacked(b);
  minus.negative = !minus.negative;
  return added(unpacked(a), minus, preferred);
}

}  // namespace cpu::decimal
