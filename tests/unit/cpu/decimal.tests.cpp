// SPDX-License-Identifier: GPL-2.0-or-later
// Decimal floating point as a program executes it. Expected values are exact integers, rounded by a model of this file.
#include "cpu/decimal/operations.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using cpu::decimal::Bits;
using cpu::decimal::Kind;
using cpu::decimal::Number;
using cpu::decimal::u128;
using test::Machine;
namespace decimal = cpu::decimal;
namespace status = cpu::fpscr;

namespace {

constexpr u32 long_opcode = 59, quad_opcode = 63;
constexpr u32 form(u32 opcode, u32 extended, u32 t, u32 a, u32 b, u32 rc = 0) {
  return opcode << 26 | t << 21 | a << 16 | b << 11 | extended << 1 | rc;
}
constexpr u32 dadd = 2, dmul = 34, dsub = 514, ddiv = 546, dcmpu = 642, dcmpo = 130;

struct Decimals : Machine {
  Decimals() : Machine(test::processor_of(test::power8)), start(processor->save()) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    start.pc = 0x2000;
    start.msr = test::real_mode | test::fp;
  }
  cpu::Registers start;
  void set(size_t fpr, u64 bits) { emu::store_be(start.vsr[fpr].data(), bits); }
  void set(size_t fpr, const Number& number) { set(fpr, decimal::encode(decimal::long_format, number).high); }
  void set_quad(size_t fpr, const Number& number) {
    const Bits bits = decimal::encode(decimal::extended_format, number);
    set(fpr, bits.high);
    set(fpr + 1, bits.low);
  }
  cpu::Registers after(u32 word) {
    put(0x2000, {word, hypercall});
    processor->load(start);
    REQUIRE(processor->run() == cpu::Stop::requested);
    return processor->save();
  }
  static u64 fpr(const cpu::Registers& r, size_t index) { return emu::load_be<u64>(r.vsr[index].data()); }
  static Number number(const cpu::Registers& r, size_t index) {
    return decimal::decode(decimal::long_format, {fpr(r, index), 0});
  }
  static Number quad(const cpu::Registers& r, size_t index) {
    return decimal::decode(decimal::extended_format, {fpr(r, index), fpr(r, index + 1)});
  }
};

bool same(const Number& a, const Number& b) {
  return a.kind == b.kind && a.negative == b.negative && a.exponent == b.exponent && a.coefficient == b.coefficient;
}
Number value(bool negative, u64 coefficient, s32 exponent) { return {Kind::finite, negative, exponent, coefficient}; }

u128 ten_to(int n) { return n == 0 ? u128{1} : 10 * ten_to(n - 1); }

// numerator / denominator * 10^exponent in 16 digits, by the eight ways to round, and whether that is exact.
struct Rounded {
  Number number;
  bool exact = false;
  bool away = false;
};
Rounded rounded(u64 mode, bool negative, u128 numerator, u128 denominator, s32 exponent, s32 ideal) {
  if (numerator == 0) return {value(false, 0, ideal), true};
  // The denominator takes the digits that are too many; while the value is exact, zeros go up to the ideal exponent.
  while (numerator / denominator >= ten_to(16) || (exponent < ideal && numerator % (denominator * 10) == 0)) {
    denominator *= 10;
    ++exponent;
  }
  u128 whole = numerator / denominator;
  const u128 rest = numerator % denominator, twice = 2 * rest;
  const u32 last = static_cast<u32>(whole % 10);
  const bool away[] = {twice > denominator || (twice == denominator && last % 2),
                       false,
                       rest && !negative,
                       rest && negative,
                       rest && twice >= denominator,
                       twice > denominator,
                       rest != 0,
                       rest && (last == 0 || last == 5)};
  if (away[mode] && ++whole == ten_to(16)) {
    whole /= 10;
    ++exponent;
  }
  return {value(negative, static_cast<u64>(whole), exponent), rest == 0, away[mode]};
}

struct Random {
  u64 state;
  u64 operator()() {
    state = state * 6364136223846793005 + 1442695040888963407;
    return state >> 20;
  }
  u64 below(u64 limit) { return (*this)() % limit; }
};

}  // namespace

TEST_CASE("decimal numbers are packed as the manual shows", "[decimal]") {
  const Number seven_and_a_half = value(true, 750, -2);
  CHECK(decimal::encode(decimal::short_format, seven_and_a_half).high == 0xA23003D0);
  CHECK(decimal::encode(decimal::long_format, seven_and_a_half).high == 0xA2300000000003D0);
  const Bits bits = decimal::encode(decimal::extended_format, seven_and_a_half);
  CHECK(bits.high == 0xA207800000000000);
  CHECK(bits.low == 0x3D0);
  const Number largest = value(false, 9'999'999'999'999'999, 369);
  CHECK(decimal::encode(decimal::long_format, largest).high == 0x77FCFF3FCFF3FCFF);
  CHECK(same(decimal::decode(decimal::long_format, {0x77FCFF3FCFF3FCFF, 0}), largest));
  CHECK(decimal::decode(decimal::long_format, {0x7C00000000000000, 0}).kind == Kind::quiet);
  CHECK(decimal::decode(decimal::long_format, {0xFE00000000000000, 0}).kind == Kind::signaling);
  CHECK(decimal::decode(decimal::long_format, {0x7800000000000000, 0}).kind == Kind::infinite);
}

TEST_CASE("decimal arithmetic is exact integers, rounded by FPSCR[DRN]", "[decimal]") {
  Decimals m;
  Random random{7};
  for (int i = 0; i < 1500; ++i) {
    const u64 mode = random.below(8);
    const auto operand = [&] {
      const u64 power = static_cast<u64>(ten_to(static_cast<int>(1 + random.below(16))));
      const u64 any = random() << 20 ^ random();
      return value(random.below(2), random.below(5) ? any % power : power / 2, static_cast<s32>(random.below(30)) - 15);
    };
    const Number a = operand();
    Number b = operand();
    b.exponent = a.exponent - static_cast<s32>(random.below(19));
    m.set(1, a);
    m.set(2, b);
    m.start.fpscr = mode << 32;
    const auto check = [&](const char* name, u32 extended, const Rounded& want) {
      INFO(name << " " << a.negative << " " << static_cast<u64>(a.coefficient) << "e" << a.exponent << ", " << b.negative << " "
                << static_cast<u64>(b.coefficient) << "e" << b.exponent << ", rounding " << mode);
      const cpu::Registers r = m.after(form(long_opcode, extended, 3, 1, 2, 1));
      const Number got = Decimals::number(r, 3);
      CHECK(got.coefficient == want.number.coefficient);
      CHECK(got.exponent == want.number.exponent);
      if (want.number.coefficient) CHECK(got.negative == want.number.negative);
      const u64 flags = want.exact ? 0 : status::fx | status::xx | status::fi | (want.away ? status::fr : 0);
      CHECK((r.fpscr & ~status::fprf) == (mode << 32 | flags));
      const u64 sort = want.number.coefficient == 0 ? 0b00010 : want.number.negative ? 0b01000 : 0b00100;
      if (want.number.coefficient) CHECK((r.fpscr & status::fprf) == sort << 12);
      CHECK((r.cr >> 24 & 15) == (r.fpscr >> 28 & 15));
    };
    __extension__ typedef __int128 s128;
    const s128 x = static_cast<s128>(a.coefficient * ten_to(a.exponent - b.exponent)) * (a.negative ? -1 : 1);
    const s128 y = static_cast<s128>(b.coefficient) * (b.negative ? -1 : 1);
    for (const auto& [name, extended, sum] : {std::tuple{"dadd", dadd, x + y}, std::tuple{"dsub", dsub, x - y}})
      check(name, extended, rounded(mode, sum < 0, static_cast<u128>(sum < 0 ? -sum : sum), 1, b.exponent, b.exponent));
    const bool negative = a.negative != b.negative;
    const s32 exponent = a.exponent + b.exponent;
    check("dmul", dmul, rounded(mode, negative, a.coefficient * b.coefficient, 1, exponent, exponent));
    // Enough digits for 17 of the quotient, if the dividend has enough of its own.
    if (b.coefficient == 0 || a.coefficient < b.coefficient) continue;
    const s32 ideal = a.exponent - b.exponent;
    check("ddiv", ddiv, rounded(mode, negative, a.coefficient * ten_to(20), b.coefficient, ideal - 20, ideal));
  }
}

TEST_CASE("two thirds, rounded to zero", "[decimal]") {
  Decimals m;
  m.set(1, value(false, 2, 0));
  m.set(2, value(false, 3, 0));
  m.start.fpscr = u64{1} << 32;
  const cpu::Registers r = m.after(form(long_opcode, ddiv, 3, 1, 2));
  CHECK(same(Decimals::number(r, 3), value(false, 6'666'666'666'666'666, -16)));
  m.set_quad(2, value(false, 2, 0));
  m.set_quad(4, value(false, 3, 0));
  CHECK(Decimals::quad(m.after(form(quad_opcode, ddiv, 6, 2, 4)), 6).coefficient == (ten_to(34) - 1) / 9 * 6);
  m.start.fpscr = 0;
  CHECK(Decimals::quad(m.after(form(quad_opcode, ddiv, 6, 2, 4)), 6).coefficient == (ten_to(34) - 1) / 9 * 6 + 1);
}

TEST_CASE("decimal exceptions", "[decimal]") {
  Decimals m;
  struct Row {
    const char* name;
    u32 extended;
    u64 a, b;
    u64 enabled;
    u64 raised;  // besides FX
    bool stored;
    u64 result;
  };
  constexpr u64 infinity = 0x7800000000000000, minus_infinity = 0xF800000000000000, quiet = 0x7C00000000000000;
  constexpr u64 signaling = 0x7E00000000000005, zero = 0x2238000000000000, one = 0x2238000000000001;
  constexpr u64 largest = 0x77FCFF3FCFF3FCFF, smallest = 1;
  constexpr u64 inexact = status::xx | status::fi;
  constexpr u64 vx = status::vx, fex = status::fex;
  const Row rows[] = {
      {"infinity - infinity", dadd, infinity, minus_infinity, 0, vx | status::vxisi, true, quiet},
      {"infinity - infinity", dadd, infinity, minus_infinity, status::ve, vx | fex | status::vxisi, false, 0},
      {"infinity * 0", dmul, infinity, zero, 0, vx | status::vximz, true, quiet},
      {"infinity / infinity", ddiv, infinity, infinity, 0, vx | status::vxidi, true, quiet},
      {"0 / 0", ddiv, zero, zero, 0, vx | status::vxzdz, true, quiet},
      {"1 / 0", ddiv, one, zero, 0, status::zx, true, infinity},
      {"1 / 0", ddiv, one, zero, status::ze, status::zx | fex, false, 0},
      {"signaling NaN", dadd, one, signaling, 0, vx | status::vxsnan, true, 0x7C00000000000005},
      {"overflow", dadd, largest, largest, 0, status::ox | inexact | status::fr, true, infinity},
      {"underflow", dmul, smallest, 0x2234000000000001, 0, status::ux | inexact, true, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name << (row.enabled ? ", enabled" : ""));
    m.set(1, row.a);
    m.set(2, row.b);
    m.set(3, 0x1234);
    m.start.fpscr = row.enabled;
    const cpu::Registers r = m.after(form(long_opcode, row.extended, 3, 1, 2));
    CHECK((r.fpscr & ~status::fprf) == (row.enabled | status::fx | row.raised));
    CHECK(Decimals::fpr(r, 3) == (row.stored ? row.result : 0x1234));
    CHECK(r.pc == 0x2008);  // without FE0 and FE1, nothing is interrupted
  }
  SECTION("an enabled one is an interrupt where MSR[FE0,FE1] say so") {
    m.set(1, one);
    m.set(2, zero);
    m.start.fpscr = status::ze;
    m.start.msr |= 0x900;
    const cpu::Registers r = m.after(form(long_opcode, ddiv, 3, 1, 2));
    CHECK(r.pc == 0x704);
    CHECK(r.srr0 == 0x2000);
    CHECK((r.srr1 & 0x783F0000) == 0x00100000);
    CHECK((r.fpscr & (status::fex | status::zx)) == (status::fex | status::zx));
  }
  SECTION("an enabled overflow wraps the exponent") {
    m.set(1, largest);
    m.set(2, largest);
    m.start.fpscr = status::oe;
    const cpu::Registers r = m.after(form(long_opcode, dmul, 3, 1, 2));
    CHECK(same(Decimals::number(r, 3), value(false, 9'999'999'999'999'998, 369 + 369 + 16 - 576)));
    CHECK((r.fpscr & (status::ox | status::xx)) == (status::ox | status::xx));
  }
}

TEST_CASE("a changed exponent of the short format is padded where it would be too large", "[decimal]") {
  Decimals m;
  m.set(1, value(false, 4, -99));
  m.start.fpscr = status::ue;
  const cpu::Registers r = m.after(form(long_opcode, 770, 3, 0, 1));  // drsp
  CHECK(Decimals::fpr(r, 3) == decimal::encode(decimal::short_format, value(false, 4000, 90)).high);
  CHECK((r.fpscr & status::exceptions) == status::ux);
  m.set(1, value(false, 4, 286));
  m.start.fpscr = status::oe;
  CHECK(Decimals::fpr(m.after(form(long_opcode, 770, 3, 0, 1)), 3) ==
        decimal::encode(decimal::short_format, value(false, 40'000, 90)).high);
}

TEST_CASE("decimal comparisons and tests", "[decimal]") {
  Decimals m;
  const auto field = [&](u32 extended, u64 a, u64 b) {
    m.set(1, a);
    m.set(2, b);
    m.start.fpscr = 0;
    const cpu::Registers r = m.after(form(long_opcode, extended, 5 << 2, 1, 2));
    CHECK((r.fpscr >> 12 & 15) == (r.cr >> 8 & 15));
    return r.cr >> 8 & 15;
  };
  const auto bits = [](const Number& number) { return decimal::encode(decimal::long_format, number).high; };
  constexpr u64 quiet = 0x7C00000000000000, signaling = 0x7E00000000000000, infinity = 0x7800000000000000;
  CHECK(field(dcmpu, bits(value(false, 10, 0)), bits(value(false, 1, 1))) == 2);
  CHECK(field(dcmpu, bits(value(true, 10, 0)), bits(value(false, 1, 1))) == 8);
  CHECK(field(dcmpu, infinity, bits(value(false, 1, 369))) == 4);
  CHECK(field(dcmpu, bits(value(false, 0, 5)), bits(value(true, 0, -5))) == 2);
  CHECK(field(dcmpu, quiet, infinity) == 1);
  CHECK((m.processor->save().fpscr & ~status::fprf) == 0);
  CHECK(field(dcmpo, quiet, infinity) == 1);
  CHECK((m.processor->save().fpscr & ~status::fprf) == (status::fx | status::vx | status::vxvc));
  CHECK(field(dcmpu, signaling, infinity) == 1);
  CHECK((m.processor->save().fpscr & ~status::fprf) == (status::fx | status::vx | status::vxsnan));
  CHECK(field(162, bits(value(false, 9, 3)), bits(value(true, 1, 3))) == 2);  // dtstex
  CHECK(field(162, quiet, signaling) == 2);
  CHECK(field(162, infinity, signaling) == 1);
  CHECK(field(674, 3, bits(value(false, 123, 0))) == 2);  // dtstsf
  CHECK(field(674, 2, bits(value(false, 123, 0))) == 8);
  CHECK(field(674, 0, bits(value(false, 123, 0))) == 4);
  const auto classes = [&](u32 extended, u64 a, u32 mask) {  // dtstdc, dtstdg
    m.set(1, a);
    return m.after(long_opcode << 26 | 5 << 23 | 1 << 16 | mask << 10 | extended << 1).cr >> 8 & 15;
  };
  CHECK(classes(194, bits(value(true, 0, 0)), 0x20) == 10);
  CHECK(classes(194, 1, 0x10) == 2);
  CHECK(classes(194, bits(value(false, 1, 0)), 0x37) == 0);
  CHECK(classes(194, signaling, 0x01) == 2);
  CHECK(classes(226, bits(value(false, 1, 0)), 0x04) == 2);
  CHECK(classes(226, bits(value(false, 9'999'999'999'999'999, 0)), 0x02) == 2);
  CHECK(classes(226, bits(value(false, 1, 369)), 0x08) == 2);
}

TEST_CASE("decimals are quantized and rounded to integers", "[decimal]") {
  Decimals m;
  const auto z23 = [](u32 opcode, u32 extended, u32 t, u32 a, u32 b, u32 rmc) {
    return form(opcode, extended, t, a, b) | rmc << 9;
  };
  m.set(1, value(false, 12'345, -3));
  m.set(2, value(false, 1, -1));
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 67, 3, 0x1E, 1, 0)), 3), value(false, 1234, -2)));  // dquai, -2
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 67, 3, 0x1E, 1, 2)), 3), value(false, 1235, -2)));
  m.start.fpscr = u64{6} << 32;
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 3, 3, 2, 1, 3)), 3), value(false, 124, -1)));  // dqua
  m.start.fpscr = 0;
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 99, 3, 0, 1, 0)), 3), value(false, 12, 0)));  // drintx
  CHECK((m.processor->save().fpscr & status::xx) != 0);
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 227, 3, 1, 1, 0)), 3), value(false, 13, 0)));  // drintn, up
  CHECK((m.processor->save().fpscr & status::xx) == 0);
  m.set(4, 3);
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 35, 3, 4, 1, 1)), 3), value(false, 123, -1)));  // drrnd, 3 digits
  m.set(1, value(false, 9'996, 0));
  CHECK(same(Decimals::number(m.after(z23(long_opcode, 35, 3, 4, 1, 0)), 3), value(false, 100, 2)));
  m.set(1, value(false, 9'999'999'999'999'999, 1));
  CHECK(Decimals::number(m.after(z23(long_opcode, 67, 3, 0, 1, 0)), 3).kind == Kind::quiet);
  CHECK((m.processor->save().fpscr & status::vxcvi) != 0);
  SECTION("into every pair of registers") {
    for (u32 t = 0; t < 32; t += 2) {
      INFO("FRT " << t);
      const u32 a = t == 2 ? 6 : 2, b = t == 8 ? 10 : 8;
      m.set_quad(b, value(true, 12'345, -3));
      m.set_quad(a, value(false, 1, -1));
      const cpu::Registers r = m.after(z23(quad_opcode, 3, t, a, b, 0) | 1);  // dquaq.
      CHECK(same(Decimals::quad(r, t), value(true, 123, -1)));
      CHECK((r.fpscr & status::fprf) == 0x08000);
      CHECK((r.cr >> 24 & 15) == (r.fpscr >> 28 & 15));
      m.set(a, 2);
      CHECK(same(Decimals::quad(m.after(z23(quad_opcode, 35, t, a, b, 1)), t), value(true, 12, 0)));  // drrndq
    }
    m.start.msr &= ~test::fp;
    CHECK(m.after(z23(quad_opcode, 3, 28, 2, 8, 0)).pc == 0x804);
  }
}

TEST_CASE("decimals are converted", "[decimal]") {
  Decimals m;
  m.set(1, static_cast<u64>(-1'234'567));
  CHECK(same(Decimals::number(m.after(form(long_opcode, 802, 3, 0, 1)), 3), value(true, 1'234'567, 0)));  // dcffix
  CHECK(same(Decimals::quad(m.after(form(quad_opcode, 802, 4, 0, 1)), 4), value(true, 1'234'567, 0)));
  m.set(1, value(true, 25, -1));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 290, 3, 0, 1)), 3) == static_cast<u64>(-2));  // dctfix
  m.set(1, value(true, 1, 19));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 290, 3, 0, 1)), 3) == u64{1} << 63);
  CHECK((m.processor->save().fpscr & status::vxcvi) != 0);
  m.set(1, value(false, 123'456'789, 0));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 770, 3, 0, 1)), 3) ==
        decimal::encode(decimal::short_format, value(false, 1'234'568, 2)).high);  // drsp
  m.set(1, 0xFFFFFFFF00000000 | 0xA23003D0);
  CHECK(same(Decimals::number(m.after(form(long_opcode, 258, 3, 0, 1)), 3), value(true, 750, -2)));  // dctdp
  m.set(1, value(true, 750, -2));
  CHECK(same(Decimals::quad(m.after(form(quad_opcode, 258, 4, 0, 1)), 4), value(true, 750, -2)));  // dctqpq
  m.set_quad(2, {Kind::finite, false, -20, ten_to(20) * 7 + 1});
  const cpu::Registers r = m.after(form(quad_opcode, 770, 4, 0, 2));  // drdpq
  CHECK(same(Decimals::number(r, 4), value(false, 7'000'000'000'000'000, -15)));
  CHECK(Decimals::fpr(r, 5) == 0);
  m.set(1, value(true, 9'876'543'210, 4));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 322, 3, 0, 1)), 3) == 0x0000009876543210);       // ddedpd 0
  CHECK(Decimals::fpr(m.after(form(long_opcode, 322, 3, 2 << 3, 1)), 3) == 0x000009876543210D);  // ddedpd 2
  m.set(1, 0x000009876543210D);
  CHECK(same(Decimals::number(m.after(form(long_opcode, 834, 3, 1 << 4, 1)), 3), value(true, 9'876'543'210, 0)));  // denbcd 1
  CHECK(Decimals::number(m.after(form(long_opcode, 834, 3, 0, 1)), 3).kind == Kind::quiet);
  m.set(1, value(true, 5, -398));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 354, 3, 0, 1)), 3) == 0);  // dxex
  m.set(1, 0x7E00000000000000);
  CHECK(Decimals::fpr(m.after(form(long_opcode, 354, 3, 0, 1)), 3) == static_cast<u64>(-3));
  m.set(1, 400);
  m.set(2, value(true, 5, -398));
  CHECK(same(Decimals::number(m.after(form(long_opcode, 866, 3, 1, 2)), 3), value(true, 5, 2)));  // diex
  m.set(1, static_cast<u64>(-1));
  CHECK(Decimals::fpr(m.after(form(long_opcode, 866, 3, 1, 2)), 3) == 0xF800000000000005);
  m.set(1, value(true, 9'876'543'210, 4));
  const auto z22 = [](u32 extended, u32 sh) { return long_opcode << 26 | 3 << 21 | 1 << 16 | sh << 10 | extended << 1; };
  CHECK(same(Decimals::number(m.after(z22(66, 8)), 3), value(true, 7'654'321'000'000'000, 4)));  // dscli
  CHECK(same(Decimals::number(m.after(z22(98, 4)), 3), value(true, 987'654, 4)));                // dscri
  m.set(1, 0xF800000000000003);                                                                  // an infinity has digits, too
  CHECK(Decimals::fpr(m.after(z22(66, 1)), 3) == 0xF800000000000030);
  CHECK(Decimals::fpr(m.after(z22(98, 1)), 3) == 0xF800000000000000);
}

TEST_CASE("a decimal instruction that interrupts has set its field of CR", "[decimal]") {
  Decimals m;
  m.start.msr |= cpu::msr::fe0 | cpu::msr::fe1;
  m.start.cr = 0;
  m.set(1, value(false, 1, 0));
  m.set(2, value(false, 0, 0));
  m.start.fpscr = status::ze;
  const cpu::Registers divided = m.after(form(long_opcode, ddiv, 3, 1, 2, 1));
  CHECK(divided.pc == 0x704);
  CHECK(divided.cr == 0x0C000000);  // FX, FEX
  m.start.fpscr = status::ve;
  m.set(2, 0x7E00000000000000);
  const cpu::Registers compared = m.after(form(long_opcode, dcmpo, 5 << 2, 1, 2));
  CHECK(compared.pc == 0x704);
  CHECK(compared.cr == 0x00000100);
}

TEST_CASE("sums of packed decimal integers", "[decimal]") {
  Decimals m;
  m.start.msr |= test::vec;
  const auto number = [&](size_t vr, u64 high, u64 low) {
    emu::store_be(m.start.vsr[32 + vr].data(), high);
    emu::store_be(m.start.vsr[32 + vr].data() + 8, low);
  };
  struct Sum {
    u64 high, low;
    u32 condition;
    bool operator==(const Sum&) const = default;
  };
  const auto sum = [&](u32 extended) {
    const cpu::Registers r = m.after(4u << 26 | 3 << 21 | 1 << 16 | 2 << 11 | extended);
    const auto* t = r.vsr[32 + 3].data();
    return Sum{emu::load_be<u64>(t), emu::load_be<u64>(t + 8), r.cr >> 4 & 15};
  };
  constexpr u32 bcdadd = 1025, bcdsub = 1089, preferred = 512;
  number(1, 0, 0x999F);
  number(2, 0, 0x002B);
  CHECK(sum(bcdadd) == Sum{0, 0x997C, 4});
  CHECK(sum(bcdsub | preferred) == Sum{0, 0x1001F, 4});
  number(2, 0x1000000000000000, 0x0000000000001C);
  CHECK(sum(bcdsub) == Sum{0x0999999999999999, 0x999999999999002D, 8});
  number(1, 0x9999999999999999, 0x999999999999999C);
  number(2, 0, 0x1C);
  CHECK(sum(bcdadd) == Sum{0, 0xC, 5});
  CHECK(sum(bcdsub).condition == 4);
  number(2, 0x9999999999999999, 0x999999999999999A);
  CHECK(sum(bcdsub) == Sum{0, 0xC, 2});
  SECTION("what is no number is told, whatever is beside it") {
    number(1, 0xBFFFFFFFFFFFFFFF, 0xBFFFFFFFFFFFFFFF);
    number(2, 0, 0x1D);
    CHECK(sum(bcdadd).condition == 1);
    CHECK(sum(bcdsub).condition == 1);
    number(1, 0, 0x19);
    CHECK(sum(bcdadd).condition == 1);
  }
}
