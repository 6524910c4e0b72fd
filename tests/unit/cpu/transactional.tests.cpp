// SPDX-License-Identifier: GPL-2.0-or-later
// Transactions, as a program and its kernel meet them. (Power ISA 2.07, Book II chapter 5)
#include "cpu/transactional.h"

#include <chrono>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using cpu::spr_texasr;
using cpu::spr_tfhar;
using cpu::spr_tfiar;
namespace msr = cpu::msr;
namespace texasr = cpu::texasr;

namespace {

constexpr u32 tbegin = 0x7C00051D, tend = 0x7C00055D, tendall = 0x7E00055D, tsuspend = 0x7C0005DD, tresume = 0x7C2005DD,
              trechkpt = 0x7C0007DD;
constexpr u32 tabort(u32 ra) { return 0x7C00071D | ra << 16; }
constexpr u32 tabortdci(u32 to, u32 ra, u32 si) { return x_form(to, ra, si, 878, 1); }
constexpr u32 treclaim(u32 ra) { return 0x7C00075D | ra << 16; }
constexpr u32 tcheck(u32 field) { return 0x7C00059C | field << 23; }

constexpr u32 mfcr(u32 rt) { return x_form(rt, 0, 0, 19); }

constexpr u64 with_tm = test::real_mode | msr::tm;
constexpr u64 data = 0x6000;
// Where a program is that looks at CR0 after tbegin. and goes here if it has failed.
constexpr u64 handler = 0x3000;

cpu::CpuOptions power8() {
  cpu::CpuOptions options;
  options.pvr = 0x004D0200;
  options.slb_slots = 32;
  options.transactional_memory = true;
  return options;
}

struct Machine : test::Machine {
  Machine() : test::Machine(power8()) {
    put(handler, {mfcr(20), hypercall});
    memory->write_be(data, u64{100});
    memory->write_be(data + 0x1000, u64{200});
  }
  // tbegin., a branch to the handler, the words, a hypercall; with MSR[TM].
  cpu::Registers transact(const std::vector<u32>& words, u64 state = with_tm) {
    std::vector<u32> all = {tbegin, beq(handler - 0x1004)};
    all.insert(all.end(), words.begin(), words.end());
    run(0x1000, all, state);
    return processor->save();
  }
  bool failed() const { return processor->pc() == handler + 8; }
  u64 word(u64 at) const { return get(at); }
};
u64 state(const cpu::Registers& r) { return r.msr & msr::transaction_state; }

}  // namespace

TEST_CASE("what a transaction stores is there when it ends", "[transactions]") {
  Machine m;
  const auto r = m.transact({li(5, 1), std_(5, data, 0), ld(6, data, 0), std_(5, data + 8, 0), tend, mfcr(7), ld(8, data, 0)});
  CHECK_FALSE(m.failed());
  CHECK(m.word(data) == 1);
  CHECK(m.word(data + 8) == 1);
  CHECK(m.r(6) == 1);
  CHECK(m.r(8) == 1);
  CHECK(m.r(7) >> 28 == 0b0100);  // it was active
  CHECK(state(r) == 0);
  CHECK_FALSE(r.spr[spr_texasr] & texasr::failed);
  // A move sends it.
  m.memory->start_tracking();
  m.memory->dirty().reset();
  m.transact({li(5, 3), std_(5, data, 0), tabort(0)});
  CHECK_FALSE(m.memory->dirty().test(data >> 12));
  m.transact({li(5, 3), std_(5, data, 0), tend});
  CHECK(m.memory->dirty().test(data >> 12));
}

TEST_CASE("a transaction that is aborted has never been: memory, registers, and CR0 tells", "[transactions]") {
  Machine m;
  m.put(0x900,
        {lis(3, 0x4048), sldi32(3, 3), std_(3, 0x5000, 0), 0xC8205000 /* lfd f1 */, li(5, 7), li(9, 0x33), mtlr(9), hypercall});
  m.start_at(0x900, with_tm | test::fp);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  const auto before = m.processor->save();
  const auto r = m.transact({li(5, 1), std_(5, data, 0), mtlr(5), 0xFC21082A /* fadd f1, f1, f1 */, li(4, 0x42), tabort(4)},
                            with_tm | test::fp);
  REQUIRE(m.failed());
  CHECK(m.word(data) == 100);
  CHECK(m.r(5) == 7);
  CHECK(m.r(4) == before.gpr[4]);
  CHECK(r.vsr == before.vsr);
  CHECK(r.lr == 0x33);
  CHECK(m.r(20) >> 28 == 0b1010);
  CHECK(state(r) == 0);
  CHECK(r.spr[spr_tfhar] == 0x1004);
  CHECK(r.spr[spr_tfiar] == 0x101C);
  CHECK(r.spr[spr_texasr] == (texasr::code(0x42) | texasr::abort | texasr::failed | texasr::exact | 1));
}

TEST_CASE("an abort on a condition", "[transactions]") {
  Machine m;
  m.transact({li(5, -3), tabortdci(16, 5, 29), tabortdci(1, 5, 28), tend});  // < -3, and > -4 without sign
  CHECK(m.failed());
  m.transact({li(5, -3), tabortdci(16, 5, 29), tend});
  CHECK_FALSE(m.failed());
}

TEST_CASE("transactions in a transaction are one", "[transactions]") {
  Machine m;
  SECTION("that ends with the outermost") {
    m.transact({tbegin, mfcr(7), li(5, 1), std_(5, data, 0), tend, mfspr(8, spr_texasr), tend});
    CHECK_FALSE(m.failed());
    CHECK(m.r(7) >> 28 == 0b0100);
    CHECK((m.r(8) & texasr::level) == 1);
    CHECK(m.word(data) == 1);
  }
  SECTION("or with all of them") {
    const auto r = m.transact({tbegin, tbegin, li(5, 1), std_(5, data, 0), tendall});
    CHECK(state(r) == 0);
    CHECK(m.word(data) == 1);
  }
  SECTION("or fails to where the outermost began") {
    m.transact({tbegin, li(5, 1), std_(5, data, 0), tabort(0)});
    CHECK(m.failed());
    CHECK(m.word(data) == 100);
  }
  SECTION("and is not without end") {
    const auto r = m.transact({li(5, 100), mtctr(5), tbegin, bdnz(-4)});
    CHECK(m.failed());
    CHECK(r.spr[spr_texasr] & texasr::nesting_overflow);
    CHECK(r.spr[spr_texasr] & texasr::persistent);
  }
}

TEST_CASE("while a transaction is suspended, accesses are not part of it", "[transactions]") {
  Machine m;
  SECTION("what is stored then stays, whatever becomes of it; what it has stored can be read") {
    const auto r = m.transact({li(5, 1), std_(5, data, 0), tsuspend, mfcr(7), ld(6, data, 0), std_(6, data + 0x1000, 0),
                               tcheck(3), mfcr(8), tresume, mfcr(9), tabort(0)});
    CHECK(m.failed());
    CHECK(m.word(data) == 100);
    CHECK(m.word(data + 0x1000) == 1);
    CHECK(state(r) == 0);
  }
  SECTION("it goes on") {
    m.transact({li(5, 1), std_(5, data, 0), tsuspend, mfcr(7), std_(5, data + 0x1000, 0), tcheck(3), mfcr(8), tresume, mfcr(9),
                li(5, 2), std_(5, data + 8, 0), tend});
    CHECK_FALSE(m.failed());
    CHECK(m.word(data) == 1);
    CHECK(m.word(data + 8) == 2);
    CHECK(m.word(data + 0x1000) == 1);
    CHECK(m.r(7) >> 28 == 0b0100);
    CHECK((m.r(8) >> 16 & 15) == 0b0010);  // suspended, not doomed
    CHECK(m.r(9) >> 28 == 0b0010);
  }
  SECTION("a store to what it has stored makes it fail") {
    const auto r = m.transact({li(5, 1), std_(5, data, 0), tsuspend, li(5, 3), std_(5, data + 8, 0), tcheck(3), mfcr(8),
                               std_(8, data + 0x1000, 0), tresume, tend});
    CHECK(m.failed());
    CHECK(m.word(data) == 100);
    CHECK(m.word(data + 8) == 3);
    CHECK((m.word(data + 0x1000) >> 16 & 15) == 0b1010);  // doomed
    CHECK(r.spr[spr_texasr] & texasr::self_induced_conflict);
    CHECK(r.spr[spr_texasr] & texasr::suspended);
  }
}

TEST_CASE("accesses of a transaction find what it has stored, by whatever way", "[transactions]") {
  Machine m;
  SECTION("under another address that was used before") {
    // In real mode the uppermost bits do not count.
    m.transact({lis(8, 0x1000), sldi32(8, 8), ori(8, 8, data), ld(6, 0, 8), li(5, 1), std_(5, data, 0), ld(7, 0, 8), tend});
    CHECK(m.r(6) == 100);
    CHECK(m.r(7) == 1);
  }
  SECTION("suspended, though it was different when it was suspended before") {
    m.transact({tsuspend, ld(6, data, 0), tresume, li(5, 1), std_(5, data, 0), tsuspend, ld(7, data, 0), tresume, tend});
    CHECK(m.r(6) == 100);
    CHECK(m.r(7) == 1);
  }
  SECTION("and not what the one before has stored") {
    m.transact({li(5, 1), std_(5, data, 0), tend, li(5, 2), std_(5, data, 0), tbegin, beq(0x100), ld(6, data, 0), tend});
    CHECK(m.r(6) == 2);
  }
  CHECK_FALSE(m.failed());
}

TEST_CASE("a reservation ends where a transaction begins", "[transactions]") {
  Machine m;
  m.run(0x1000,
        {li(4, data), ldarx(5, 0, 4), tbegin, beq(handler - 0x100C), stdcx(5, 0, 4), mfcr(7), ldarx(5, 0, 4), stdcx(5, 0, 4),
         mfcr(8), tend},
        with_tm);
  CHECK((m.r(7) >> 29 & 1) == 0);
  CHECK((m.r(8) >> 29 & 1) == 1);
}

TEST_CASE("an interrupt suspends a transaction, and it fails when it is active again", "[transactions]") {
  Machine m;
  constexpr u64 vector = 0x700;
  SECTION("the kernel just goes on") {
    m.put(vector, {mfspr(21, 27), mfmsr(22), ld(23, data, 0), mfspr(24, 26), addi(24, 24, 4), mtspr(26, 24), rfid});
    const auto r = m.transact({li(5, 1), std_(5, data, 0), trap, tend});
    CHECK(m.failed());
    CHECK((m.r(20) >> 28) == 0b1010);
    CHECK(r.spr[spr_texasr] & texasr::implementation_specific);
    CHECK_FALSE(r.spr[spr_texasr] & texasr::persistent);
    CHECK(m.word(data) == 100);
  }
  SECTION("the kernel takes the processor away from it, and later gives it back") {
    m.put(vector, {mfspr(3, 27),
                   std_(3, 0x5000, 0),
                   mfmsr(3),
                   std_(3, 0x5008, 0),
                   li(4, 1),
                   sldi32(4, 4),
                   0x7C632378 /* or 3,3,4 */,
                   0x7C600164 /* mtmsrd r3 */,
                   li(4, 0xDD),
                   treclaim(4),
                   std_(5, 0x5010, 0),
                   mfmsr(3),
                   std_(3, 0x5018, 0),
                   mfspr(3, spr_texasr),
                   std_(3, 0x5020, 0),
                   li(5, 77),
                   trechkpt,
                   mfspr(3, 26),
                   addi(3, 3, 4),
                   mtspr(26, 3),
                   rfid});
    m.put(0x5000, std::vector<u32>(16));
    m.put(0x900, {li(5, 9), hypercall});
    m.start_at(0x900, with_tm);
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    const auto r = m.transact({li(5, 1), std_(5, data, 0), trap, tend});
    CHECK((m.word(0x5000) & msr::transaction_state) == msr::transactional);  // SRR1
    CHECK((m.word(0x5008) & (msr::transaction_state | msr::tm)) == msr::suspended);
    CHECK(m.word(0x5010) == 9);  // what r5 was before
    CHECK((m.word(0x5018) & msr::transaction_state) == 0);
    CHECK(m.word(0x5020) >> 56 == 0xDD);
    CHECK(m.failed());
    CHECK(m.r(5) == 77);
    CHECK(r.spr[spr_texasr] >> 56 == 0xDD);
    CHECK(m.word(data) == 100);
  }
}

TEST_CASE("a transaction that is too large fails for good", "[transactions]") {
  Machine m;
  const auto r = m.transact({lis(5, 0x20), li(6, 65), mtctr(6), std_(6, 0, 5), addi(5, 5, 0x1000), bdnz(-8), tend});
  CHECK(m.failed());
  CHECK(r.spr[spr_texasr] & texasr::footprint_overflow);
  CHECK(r.spr[spr_texasr] & texasr::persistent);
  m.transact({lis(5, 0x20), li(6, 64), mtctr(6), std_(6, 0, 5), addi(5, 5, 0x1000), bdnz(-8), tend});
  CHECK_FALSE(m.failed());
  CHECK(m.word(0x200000 + 63 * 0x1000) == 64);
}

TEST_CASE("who is stopped in a transaction finds that it has failed", "[transactions]") {
  Machine m;
  m.put(0x1000, {tbegin, beq(handler - 0x1004), li(5, 1), std_(5, data, 0), b(0)});
  m.start_at(0x1000, with_tm);
  m.processor->kick();
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    m.processor->kick();
  });
  REQUIRE(m.processor->run() == cpu::Stop::kicked);
  if (!(m.processor->msr() & msr::transactional)) REQUIRE(m.processor->run() == cpu::Stop::kicked);
  later.join();
  REQUIRE(m.processor->msr() & msr::transactional);
  CHECK(m.word(data) == 100);
  SECTION("here") {
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    CHECK(m.failed());
  }
  SECTION("and elsewhere, after a move") {
    const auto arrived = emu::from_bytes<cpu::Registers>(emu::to_bytes(m.processor->save()));
    REQUIRE(arrived);
    Machine other;
    other.put(0x1004, {beq(handler - 0x1004)});
    other.processor->load(*arrived);
    REQUIRE(other.processor->run() == cpu::Stop::requested);
    CHECK(other.failed());
    CHECK(other.r(20) >> 28 == 0b1010);
    CHECK(other.word(data) == 100);
  }
}

TEST_CASE("transitions that are not allowed are a program interrupt of their own", "[transactions]") {
  Machine m;
  m.put(0x700, {hypercall});
  const auto reason = [&](const std::vector<u32>& words, u64 start = with_tm) {
    m.run(0x1000, words, start);
    return m.processor->pc() == 0x704 ? m.processor->save().srr1 & 0x7F0000 : 0;
  };
  constexpr u64 bad = cpu::srr1::bad_transaction_state;
  CHECK(reason({treclaim(0)}) == bad);
  CHECK(reason({li(3, 0), mtspr(spr_texasr, 3), trechkpt}) == bad);
  CHECK(reason({tbegin, tsuspend, tend}) == bad);
  CHECK(reason({tbegin, mtspr(spr_tfhar, 3)}) == bad);
  CHECK(reason({li(3, 2), sldi32(3, 3), mfmsr(4), 0x7C632378, mtspr(27, 3), rfid}) == bad);  // or 3,3,4: TS becomes suspended
  CHECK(reason({nop}) == 0);
}

TEST_CASE("who has no transactions", "[transactions]") {
  Machine m;
  m.put(0xF60, {hypercall});
  m.put(0x700, {hypercall});
  SECTION("because its kernel has not turned them on") {
    for (const u32 word : {tbegin, tend, tabort(0), tsuspend, tcheck(0), mfspr(3, spr_texasr)}) {
      m.run(0x1000, {word}, test::real_mode);
      CHECK(m.processor->pc() == 0xF64);
      CHECK(m.processor->save().fscr >> 56 == 5);
    }
  }
  SECTION("because it has another processor") {
    test::Machine old;
    old.put(0x700, {hypercall});
    old.run(0x1000, {tbegin}, with_tm);
    CHECK(old.processor->pc() == 0x704);
    CHECK(old.processor->save().srr1 & cpu::srr1::illegal);
  }
}

TEST_CASE("code that a transaction changes is executed when it has ended", "[transactions]") {
  Machine m;
  m.put(0x4000, {li(9, 1), blr});
  const u32 changed = li(9, 2);
  m.transact({lis(5, changed >> 16), ori(5, 5, changed & 0xFFFF), bl(0x4000 - 0x1010), mr(10, 9), stw(5, 0x4000, 0),
              bl(0x4000 - 0x101C), mr(11, 9), tend, bl(0x4000 - 0x1028), mr(12, 9)});
  CHECK_FALSE(m.failed());
  CHECK(m.r(10) == 1);
  CHECK(m.r(12) == 2);
}
