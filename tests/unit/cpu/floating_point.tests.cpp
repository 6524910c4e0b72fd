// SPDX-License-Identifier: GPL-2.0-or-later
// Floating point, as programs meet it: one case for each thing that once was wrong. All instructions, with all their flags, are judged by
// tests/guest/judging.
#include <array>

#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

constexpr u64 facilities = test::real_mode | test::fp | test::vec | test::vsx;
constexpr u64 interrupting = facilities | cpu::msr::fe0 | cpu::msr::fe1;

constexpr u64 one = 0x3FF0000000000000, quiet_nan = 0x7FF8000000000000, signaling = 0x7FF0000000000001,
              infinite = 0x7FF0000000000000, e10 = 0x4202A05F20000000, e30 = 0x46293E5939A08CEA, minus_e30 = 0xC6293E5939A08CEA;

constexpr u32 mtfsf_all_f1 = 0xFDFE0D8E, mtfsf_every_bit_f1 = 0xFFFE0D8E, mffs_f5 = 0xFCA0048E;

struct Outcome {
  cpu::Registers r;
  u64 target() const { return emu::load_be<u64>(r.vsr[3].data()); }
  u32 word(size_t vsr, size_t i) const { return emu::load_be<u32>(&r.vsr[vsr][4 * i]); }
};

// f1 and f2 are the operands, f3 is the target.
Outcome execute(const std::vector<u32>& words, u64 f1, u64 f2, u64 fpscr = 0, u64 msr = facilities) {
  Machine m(test::processor_of(test::power8));
  m.put(0x700, {hypercall});
  m.put(0x1000, words);
  m.put(0x1000 + 4 * words.size(), {hypercall});
  cpu::Registers r = m.processor->save();
  emu::store_be(r.vsr[1].data(), f1);
  emu::store_be(r.vsr[2].data(), f2);
  emu::store_be(r.vsr[3].data(), u64{0x1111'2222'3333'4444});
  r.fpscr = fpscr;
  r.pc = 0x1000;
  r.msr = msr;
  m.processor->load(r);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  return {m.processor->save()};
}

// Four singles in v1 and v2; the target is v3.
Outcome execute_vector(u32 word, std::array<u32, 4> v1, std::array<u32, 4> v2, u32 vscr) {
  Machine m(test::processor_of(test::power8));
  m.put(0x1000, {word, hypercall});
  cpu::Registers r = m.processor->save();
  for (size_t i = 0; i < 4; ++i) {
    emu::store_be(&r.vsr[33][4 * i], v1[i]);
    emu::store_be(&r.vsr[34][4 * i], v2[i]);
  }
  r.vscr = vscr;
  r.pc = 0x1000;
  r.msr = facilities;
  m.processor->load(r);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  return {m.processor->save()};
}

}  // namespace

TEST_CASE("a comparison with a NaN is unordered, and nothing else", "[floating]") {
  constexpr u32 fcmpu = 0xFC011000, fcmpo = 0xFC011040, xscmpudp = 0xF0011118, xscmpodp = 0xF0011158;
  for (const u32 word : {fcmpu, fcmpo, xscmpudp, xscmpodp}) {
    CHECK(execute({word}, one, quiet_nan).r.cr >> 28 == 1);
    CHECK(execute({word}, quiet_nan, one).r.cr >> 28 == 1);
    CHECK(execute({word}, infinite | u64{1} << 63, quiet_nan).r.cr >> 28 == 1);
    CHECK(execute({word}, one, e10).r.cr >> 28 == 8);
  }
}

TEST_CASE("what is too large for an integer becomes the largest, NaN the smallest", "[floating]") {
  struct Row {
    u32 word;
    u64 mask, largest, smallest;
  };
  constexpr u64 all = ~u64{0}, low = 0xFFFFFFFF;
  const Row row = GENERATE(Row{0xFC60101E, low, 0x7FFFFFFF, 0x80000000},                  // fctiwz
                           Row{0xFC60101C, low, 0x7FFFFFFF, 0x80000000},                  // fctiw
                           Row{0xFC60165E, all, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000},  // fctidz
                           Row{0xFC60111E, low, 0xFFFFFFFF, 0},                           // fctiwuz
                           Row{0xFC60175E, all, ~u64{0}, 0},                              // fctiduz
                           Row{0xF0601560, all, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000},  // xscvdpsxds
                           Row{0xF0601520, all, ~u64{0}, 0},                              // xscvdpuxds
                           Row{0xF0601160, low, 0x7FFFFFFF, 0x80000000},                  // xscvdpsxws
                           Row{0xF0601120, low, 0xFFFFFFFF, 0});                          // xscvdpuxws
  for (const u64 large : {e30, infinite}) {
    const Outcome outcome = execute({row.word}, 0, large);
    CHECK((outcome.target() & row.mask) == row.largest);
    CHECK((outcome.r.fpscr & ~u64{0x1F000}) == 0xA0000100);
  }
  for (const u64 small : {minus_e30, quiet_nan}) CHECK((execute({row.word}, 0, small).target() & row.mask) == row.smallest);
}

TEST_CASE("an exception that FPSCR enables does not interrupt while MSR does not let it", "[floating]") {
  constexpr u64 zx_and_ze = 0x04000010;
  const Outcome outcome = execute({mtfsf_all_f1, addi(3, 0, 1), mffs_f5, 0xFC611024}, zx_and_ze, 0);  // and fdiv 3,1,2
  CHECK(outcome.r.pc == 0x1014);
  CHECK(outcome.r.gpr[3] == 1);
  CHECK(outcome.target() == 0x1111222233334444);  // a division by zero that is enabled writes nothing
}

TEST_CASE("an exception that is enabled interrupts at its instruction", "[floating]") {
  constexpr u32 fdiv = 0xFC611024, fadd = 0xFC61102A;
  const Outcome by_zero = execute({addi(3, 0, 1), fdiv}, one, 0, 0x10, interrupting);
  CHECK(by_zero.r.pc == 0x704);
  CHECK(by_zero.r.srr0 == 0x1004);
  CHECK((by_zero.r.srr1 & cpu::srr1::reasons) == cpu::srr1::floating_point);
  CHECK(by_zero.target() == 0x1111222233334444);
  // What is inexact has been written.
  const Outcome inexact = execute({fadd}, e30, one, 8, interrupting);
  CHECK(inexact.r.srr0 == 0x1000);
  CHECK(inexact.target() == e30);
  CHECK(inexact.r.fpscr == 0xC2024008);
}

TEST_CASE("an exception that FPSCR has already interrupts as soon as MSR lets it", "[floating]") {
  Machine m(test::processor_of(test::power8));
  m.put(0x700, {hypercall});
  m.put(0x1000, {mtfsf_all_f1, mtmsrd(4), addi(3, 0, 1), hypercall});
  cpu::Registers r = m.processor->save();
  emu::store_be(r.vsr[1].data(), u64{0x04000010});
  r.gpr[4] = interrupting;
  r.pc = 0x1000;
  r.msr = facilities;
  m.processor->load(r);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  r = m.processor->save();
  CHECK(r.pc == 0x704);
  CHECK(r.srr0 == 0x1008);
  CHECK((r.srr1 & cpu::srr1::reasons) == (cpu::srr1::floating_point | cpu::srr1::not_the_cause));
  CHECK(r.gpr[3] == 0);
}

TEST_CASE("in non-Java mode denormalized numbers are zero, as operands and as results", "[floating]") {
  constexpr u32 nj = 0x10000, vrfip_3_1 = 0x10600A8A, vaddfp_3_1_2 = 0x1061100A, vcmpgtfp_3_1_2 = 0x106112C6;
  const std::array<u32, 4> denormal = {0x00000100, 0x80000100, 1, 0x3F800000};
  const Outcome up = execute_vector(vrfip_3_1, denormal, {}, nj);
  CHECK(up.word(35, 0) == 0);
  CHECK(up.word(35, 1) == 0x80000000);
  CHECK(up.word(35, 2) == 0);
  const Outcome sum =
      execute_vector(vaddfp_3_1_2, {0x00400000, 0x00800001, 0x3F800000, 0x80000001}, {0x00400000, 0x80800000, 0x00000001, 0}, nj);
  CHECK(sum.word(35, 0) == 0);
  CHECK(sum.word(35, 1) == 0);
  CHECK(sum.word(35, 2) == 0x3F800000);
  CHECK(sum.word(35, 3) == 0);
  const Outcome java = execute_vector(vaddfp_3_1_2, {0x00400000, 0x00800001, 0, 0}, {0x00400000, 0x80800000, 0, 0}, 0);
  CHECK(java.word(35, 0) == 0x00800000);
  CHECK(java.word(35, 1) == 1);
  CHECK(execute_vector(vcmpgtfp_3_1_2, {1, 1, 1, 1}, {0, 0, 0, 0}, nj).word(35, 0) == 0);
  CHECK(execute_vector(vcmpgtfp_3_1_2, {1, 1, 1, 1}, {0, 0, 0, 0}, 0).word(35, 0) == 0xFFFFFFFF);
}

TEST_CASE("a conversion that does not fit sets SAT, and leaves NJ", "[floating]") {
  constexpr u32 vctsxs_3_2 = 0x106013CA;
  const Outcome outcome = execute_vector(vctsxs_3_2, {}, {0x4F800000, 0xCF800000, 0x7FC00000, 0x40000000}, 0x10000);
  CHECK(outcome.word(35, 0) == 0x7FFFFFFF);
  CHECK(outcome.word(35, 1) == 0x80000000);
  CHECK(outcome.word(35, 2) == 0);
  CHECK(outcome.word(35, 3) == 2);
  CHECK(outcome.r.vscr == 0x10001);
}

TEST_CASE("FPSCR tells of roots of signaling NaN, of estimates of zero, and of nothing that is reserved", "[floating]") {
  constexpr u32 xssqrtdp = 0xF060112C, fres = 0xEC601030;
  CHECK((execute({xssqrtdp}, 0, signaling).r.fpscr & ~u64{0x1F000}) == 0xA1000000);
  CHECK((execute({fres}, 0, 0).r.fpscr & ~u64{0x60000}) == 0x84005000);
  CHECK(execute({mtfsf_every_bit_f1}, 0xFFFFFFF800000800, 0).r.fpscr == 0);
}

TEST_CASE("single precision is rounded once", "[floating]") {
  constexpr u32 fmadds = 0xEC6118BA;  // f1 * f2 + f3
  // (1 - 2^-23) * (1 + 2^-23) * 2^-24 + 1 + 2^-23 lies below the middle of two singles by 2^-70: as a double it is the middle.
  Machine m(test::processor_of(test::power8));
  m.put(0x1000, {fmadds, hypercall});
  cpu::Registers r = m.processor->save();
  emu::store_be(r.vsr[1].data(), u64{0x3E70000020000000});
  emu::store_be(r.vsr[2].data(), u64{0x3FEFFFFFC0000000});
  emu::store_be(r.vsr[3].data(), u64{0x3FF0000020000000});
  r.pc = 0x1000;
  r.msr = facilities;
  m.processor->load(r);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  r = m.processor->save();
  CHECK(emu::load_be<u64>(r.vsr[3].data()) == 0x3FF0000020000000);
  CHECK(r.fpscr == 0x82024000);
}

TEST_CASE("a comparison of vectors is seen by the move from FPSCR behind it", "[floating]") {
  constexpr u32 mffs_f4 = 0xFC80048E, xvcmpgedp_3_1_2 = 0xF0611398;
  const Outcome outcome = execute({mffs_f4, xvcmpgedp_3_1_2, mffs_f5}, quiet_nan, one);
  CHECK(emu::load_be<u64>(outcome.r.vsr[4].data()) == 0);
  CHECK(emu::load_be<u64>(outcome.r.vsr[5].data()) == 0xA0080000);
}
