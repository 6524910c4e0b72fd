// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/floating_point/number.h"

#include <bit>

#include "cpu/floating_point/arithmetic.h"
#include "cpu/floating_point/host.h"
#include "tests/support/catch.h"

using namespace cpu::floating;

namespace {

u64 bits(double x) { return std::bit_cast<u64>(x); }
u32 bits(float x) { return std::bit_cast<u32>(x); }

}  // namespace

TEST_CASE("a single keeps its value in a double, and comes back", "[floating]") {
  u32 x = 12345;
  for (int i = 0; i < 100'000; ++i) {
    x = x * 1664525 + 1013904223;
    const u32 single = i % 4 == 0 ? x & 0x807FFFFF : x;  // many are denormalized
    const u64 wide = from_single(single);
    REQUIRE(to_single(wide) == single);
    if (!is_nan(wide)) REQUIRE(wide == bits(static_cast<double>(std::bit_cast<float>(single))));
  }
  CHECK(from_single(0x7F800001) == 0x7FF0000020000000);  // it still signals
  CHECK(from_single(0x80000001) == bits(-0x1p-149));
}

TEST_CASE("what a store of a single cannot hold is cut off", "[floating]") {
  CHECK(to_single(bits(0x1.8p-149)) == 1);
  CHECK(to_single(bits(-0x1.FFFFFFp-127)) == 0x807FFFFF);
  CHECK(to_single(bits(1.0 + 0x1p-24)) == bits(1.0F));
}

TEST_CASE("tininess is detected before rounding", "[floating]") {
  // Rounded, it is the smallest normal number; exactly, it is less.
  const Unrounded below = Unrounded::of(Parts{false, -127, ~u64{0}});
  const Answer answer = rounded(below, Format::single_precision, {});
  CHECK(answer.value == bits(0x1p-126));
  CHECK(answer.found == (cpu::fpscr::ux | cpu::fpscr::xx | cpu::fpscr::fi | cpu::fpscr::fr));
  // Where it is enabled, the exponent is adjusted, and what is exact is an exception, too.
  const Rules enabled = {Rounding::nearest, false, true};
  const Answer exact = rounded(Unrounded::of(Parts{false, -130, u64{1} << 63}), Format::single_precision, enabled);
  CHECK(exact.value == bits(0x1p62));
  CHECK(exact.found == cpu::fpscr::ux);
}

TEST_CASE("the host and the integers have the same results", "[floating]") {
  u64 state = 7;
  const auto random = [&] {
    state = state * 6364136223846793005 + 1442695040888963407;
    const u64 exponent = 1023 - 40 + (state >> 40) % 80;
    return (state & sign_bit) | exponent << 52 | (state >> 7 & fraction_bits & (~u64{0} << (state >> 20) % 52));
  };
  const auto same = [](bool by_host, const Nearest& nearest, const Unrounded& exact) {
    const Answer answer = rounded(exact, Format::double_precision, {});
    return !by_host || (nearest.value == answer.value && nearest.found() == answer.found);
  };
  for (int i = 0; i < 100'000; ++i) {
    const u64 a = random(), b = random(), c = random();
    Nearest n{};
    REQUIRE(same(host::add(a, b, n), n, add(a, b, Rounding::nearest)));
    REQUIRE(same(host::multiply(a, b, n), n, multiply(a, b)));
    REQUIRE(same(host::divide(a, b, n), n, divide(a, b)));
    REQUIRE(same(host::square_root(magnitude(a), n), n, square_root(magnitude(a))));
    REQUIRE(same(host::multiply_add(a, b, c, n), n, multiply_add(a, b, c, Rounding::nearest)));
    // A sum that nearly cancels.
    const u64 product = std::bit_cast<u64>(-std::bit_cast<double>(a) * std::bit_cast<double>(b));
    REQUIRE(same(host::multiply_add(a, b, product + static_cast<u64>(i % 3), n), n,
                 multiply_add(a, b, product + static_cast<u64>(i % 3), Rounding::nearest)));
  }
}
