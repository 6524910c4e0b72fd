// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/operands.h"

#include <bit>

namespace judge {

namespace {

constexpr u64 d(double x) { return std::bit_cast<u64>(x); }
constexpr u32 f(float x) { return std::bit_cast<u32>(x); }

constexpr u64 doubles[] = {
    0, sign, 1, sign | 1, 0x000FFFFFFFFFFFFF, 0x800FFFFFFFFFFFFF, 0x0008000000000000, 0x0010000000000000, 0x8010000000000000,
    0x0010000000000001, d(1), d(-1), d(1) + 1, d(-1) - 1, d(2), d(3), d(-3), d(0.5), d(-0.5), d(1.5), d(2.5), d(-2.5), d(0.1),
    d(1e10), 0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF, 0x7FE0000000000000, inf, sign | inf,
    // quiet and signaling, with something in every part of the fraction
    0x7FF8000000000000, 0xFFF8000000000000, 0x7FFFFFFFFFFFFFFF, 0x7FF8000020000001, 0xFFFA5A5A5A5A5A5A, 0x7FF0000000000001,
    0xFFF0000000000001, 0x7FF7FFFFFFFFFFFF, 0x7FF0000020000000, 0x7FF4000000000000, 0xFFF4A5A5A0000000,
    // about the integers' limits
    d(2147483647), d(2147483647.5), d(2147483648), d(-2147483648), d(-2147483648.5), d(-2147483649), d(4294967295),
    d(4294967295.5), d(4294967296), d(9223372036854774784.0), d(9223372036854775808.0), d(-9223372036854775808.0),
    d(-9223372036854777856.0), d(18446744073709549568.0), d(18446744073709551616.0), d(4503599627370495.5), d(4503599627370497),
    d(9007199254740993.0), d(-0.75),
    // about those of single precision
    d(0x1p-126), d(0x1.fffffep-127), d(0x1.ffffffp-127), d(0x1p-127), d(0x1p-149), d(0x1p-150), d(0x1.8p-150), d(0x1p-151),
    d(0x1.fffffep127), d(0x1.ffffffp127), d(0x1.fffffefffffp127), d(0x1p128), d(-0x1p128), d(0x1.000001p0), d(0x1.000003p0),
    d(0x1.0000010000001p0), d(0x1p300), d(0x1p-300), d(0x1p-537), d(0x1p511), d(0x1.7p-538)};

constexpr u32 singles[] = {0,
                           0x80000000,
                           1,
                           0x80000001,
                           0x007FFFFF,
                           0x807FFFFF,
                           0x00400000,
                           0x00800000,
                           0x80800000,
                           0x00800001,
                           f(1),
                           f(-1),
                           f(1) + 1,
                           f(2),
                           f(3),
                           f(-3),
                           f(0.5),
                           f(-0.5),
                           f(1.5),
                           f(2.5),
                           f(-2.5),
                           f(0.1F),
                           f(1e10F),
                           0x7F7FFFFF,
                           0xFF7FFFFF,
                           0x7F000000,
                           0x7F800000,
                           0xFF800000,
                           0x7FC00000,
                           0xFFC00000,
                           0x7FFFFFFF,
                           0xFFD5A5A5,
                           0x7F800001,
                           0xFF800001,
                           0x7FBFFFFF,
                           0x7FA00000,
                           f(2147483648.F),
                           f(-2147483648.F),
                           f(2147483520.F),
                           f(4294967296.F),
                           f(4294967040.F),
                           f(9.223372e18F),
                           f(-9.223372e18F),
                           f(1.8446744e19F),
                           f(8388607.5F),
                           f(8388609.F),
                           f(-0.75F),
                           0x1FFFFFFF,
                           0x20000000,
                           0x5F000000,
                           0x1F800000,
                           0x00000003};

constexpr u64 quad_with(int exponent, u64 fraction) { return static_cast<u64>(exponent + 16383) << 48 | fraction; }
constexpr u64 quads[] = {
    0, sign, 0x0000800000000000, 0x0000FFFFFFFFFFFF, 0x8000FFFFFFFFFFFF, 0x0001000000000000, 0x8001000000000000, quad_with(0, 0),
    sign | quad_with(0, 0), quad_with(0, 0xFFFFFFFFFFFF), quad_with(1, 0), quad_with(1, 0x800000000000), quad_with(-1, 0),
    sign | quad_with(-1, 0), quad_with(-1, 0x800000000000), quad_with(0, 0x800000000000), 0x7FFEFFFFFFFFFFFF, 0xFFFEFFFFFFFFFFFF,
    0x7FFE000000000000, 0x7FFF000000000000, 0xFFFF000000000000,
    // quiet and signaling
    0x7FFF800000000000, 0xFFFF800000000000, 0x7FFFFFFFFFFFFFFF, 0xFFFFA5A5A5A5A5A5, 0x7FFF000000000001, 0xFFFF7FFFFFFFFFFF,
    // about the limits of integers, and of doubles
    quad_with(30, 0xFFFFFFFE0000), quad_with(31, 0), sign | quad_with(31, 0), quad_with(31, 0xFFFFFFFF0000), quad_with(32, 0),
    quad_with(62, 0xFFFFFFFFFFFF), quad_with(63, 0), sign | quad_with(63, 0), quad_with(63, 0xFFFFFFFFFFFF), quad_with(64, 0),
    quad_with(111, 0), quad_with(112, 1), quad_with(1023, 0xFFFFFFFFFFFF), quad_with(1024, 0), quad_with(-1022, 0),
    quad_with(-1023, 0xFFFFFFFFFFFF), quad_with(-1074, 0), quad_with(-1075, 0), quad_with(-8191, 0),
    quad_with(8191, 0x123456789ABC)};

constexpr u64 integers[] = {0,
                            1,
                            ~u64{0},
                            2,
                            ~u64{1},
                            u64{1} << 63,
                            ~u64{0} >> 1,
                            0xFFFFFFFF,
                            0x100000000,
                            0x80000000,
                            0x7FFFFFFF,
                            u64{1} << 53,
                            (u64{1} << 53) + 1,
                            (u64{1} << 54) - 1,
                            u64{1} << 24,
                            (u64{1} << 24) + 1,
                            (u64{1} << 25) - 1,
                            0xFFFFFFFFFFFFFC00,
                            0xFFFFFFFFFFFFFBFF,
                            0xFFFFFF8000000000,
                            0xFFFFFF7FFFFFFFFF,
                            0x8000000080000000,
                            0x7FFFFF407FFFFF40,
                            0x7FFFFFC07FFFFFC0,
                            0x0123456789ABCDEF};

}  // namespace

std::span<const u64> special_quads() { return quads; }
std::span<const u64> special_doubles() { return doubles; }
std::span<const u32> special_singles() { return singles; }
std::span<const u64> special_integers() { return integers; }

u64 any_double(Random& random) {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return doubles[random.below(std::size(doubles))];
    case 3:
      return random();
    default: {
      // An exponent near to where something happens, and a fraction of few bits, or of many.
      constexpr int centres[] = {0,         0,         1023,      1023, 1023,       1023 - 126, 1023 + 127,
                                 1023 + 52, 1023 + 31, 1023 + 63, 2046, 1023 - 511, 1023 + 511};
      const int exponent = centres[random.below(std::size(centres))] + static_cast<int>(random.below(60)) - 30;
      u64 fraction = random() & 0xFFFFFFFFFFFFF;
      if (random.below(2)) fraction &= ~u64{0} << random.below(52);
      if (random.below(4) == 0) fraction |= (u64{1} << random.below(52)) - 1;
      return (random() & sign) |
             static_cast<u64>(exponent < 0      ? 0
                              : exponent > 2046 ? 2046
                                                : exponent)
                 << 52 |
             (fraction & 0xFFFFFFFFFFFFF);
    }
  }
}

u32 any_single(Random& random) {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return singles[random.below(std::size(singles))];
    case 3:
      return static_cast<u32>(random());
    default: {
      constexpr int centres[] = {0, 0, 127, 127, 127, 127 + 23, 127 + 31, 254, 64, 190};
      const int exponent = centres[random.below(std::size(centres))] + static_cast<int>(random.below(40)) - 20;
      u32 fraction = static_cast<u32>(random()) & 0x7FFFFF;
      if (random.below(2)) fraction &= ~u32{0} << random.below(23);
      return (static_cast<u32>(random()) & 0x80000000) |
             static_cast<u32>(exponent < 0     ? 0
                              : exponent > 254 ? 254
                                               : exponent)
                 << 23 |
             (fraction & 0x7FFFFF);
    }
  }
}

std::pair<u64, u64> any_quad(Random& random) {
  const u64 seconds[] = {0, 0, ~u64{0}, 1, random(), random() & ~u64{0} << random.below(64)};
  const u64 second = seconds[random.below(std::size(seconds))];
  switch (random.below(6)) {
    case 0:
    case 1:
      return {quads[random.below(std::size(quads))], second};
    case 2:
      return {random(), random()};
    default: {
      constexpr int centres[] = {-16383, -16383, 0, 0, 0, 112, 63, 31, 1023, -1022, -8191, 8191, 16383, -1074};
      const int exponent = centres[random.below(std::size(centres))] + static_cast<int>(random.below(240)) - 120;
      const u64 field = static_cast<u64>(exponent < -16383 ? 0 : exponent > 16383 ? 32766 : exponent + 16383);
      u64 fraction = random() & 0xFFFFFFFFFFFF;
      if (random.below(2)) fraction &= ~u64{0} << random.below(48);
      return {(random() & sign) | field << 48 | fraction, second};
    }
  }
}

u32 any_half(Random& random) {
  constexpr u32 halves[] = {0,      0x8000, 1,      0x8001, 0x3FF,  0x400,  0x8400, 0x3C00, 0xBC00,
                            0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFFFF, 0x7C01, 0xFDFF, 0x200};
  return random.below(2) ? halves[random.below(std::size(halves))] : static_cast<u32>(random() & 0xFFFF);
}

u64 any_integer(Random& random) {
  if (random.below(3) == 0) return integers[random.below(std::size(integers))];
  const u64 value = random() >> random.below(64);
  return random.below(2) ? value : ~value;
}

// The limits of elements of every size, the same byte everywhere, one bit, and whatever comes.
u64 any_elements(Random& random) {
  constexpr u64 everywhere = 0x0101010101010101;
  constexpr u64 limits[] = {0,
                            ~u64{0},
                            0x80 * everywhere,
                            0x7F * everywhere,
                            0x8000800080008000,
                            0x7FFF7FFF7FFF7FFF,
                            0x8000000080000000,
                            0x7FFFFFFF7FFFFFFF,
                            u64{1} << 63,
                            ~u64{0} >> 1,
                            everywhere,
                            0x0001000100010001,
                            0x0000000100000001,
                            0xFF00FF00FF00FF00};
  switch (random.below(6)) {
    case 0:
      return limits[random.below(std::size(limits))];
    case 1:
      return random.below(256) * everywhere;
    case 2:
      return limits[random.below(std::size(limits))] ^ u64 { 1 } << random.below(64);
    case 3:
      return random() & random() & random();
    default:
      return random();
  }
}

u64 any_fpscr(Random& random) {
  u64 value = random.below(2) ? 0 : random.below(4);    // RN
  if (random.below(2)) value |= random.below(8) << 32;  // DRN
  if (random.below(3) == 0) value |= random() & (VE | OE | UE | ZE | XE);
  if (random.below(3) == 0) value |= random() & (exceptions | FX);
  value |= random() & (FPRF | FR | FI);
  return summary(value);
}

}  // namespace judge
