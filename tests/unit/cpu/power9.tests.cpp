// SPDX-License-Identifier: GPL-2.0-or-later
// What a POWER9 has beside what the judge judges (tests/guest/judge): its system calls, and what is about other parts of it.
#include "cpu/missing.h"
#include "cpu/processor.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

constexpr u32 scv(u32 level) { return 0x44000001 | level << 5; }
constexpr u32 rfscv = 0x4C0000A4, copy = 0x7C20060C, paste = 0x7C20070D, slbsync = 0x7C0002A4, slbieg = 0x7C0003A4;
constexpr u64 code = 0x2000, vectors = 0x17000;
constexpr u64 fscr_scv = u64{1} << 12;

struct Power9 : Machine {
  explicit Power9(u32 pvr = test::power9) : Machine(test::processor_of(pvr)) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    for (u64 level = 0; level < 128; ++level) put(vectors + 32 * level, {hypercall});
    start = processor->save();
    start.pc = code;
    start.msr = test::real_mode | test::ee | test::ri | test::pr | test::fp;
    start.fscr = fscr_scv;
    for (size_t i = 0; i < 32; ++i) start.gpr[i] = 0x3000 + i;
  }
  cpu::Registers after(const std::vector<u32>& words) {
    put(code, words);
    processor->load(start);
    REQUIRE(processor->run() == cpu::Stop::requested);
    return processor->save();
  }
  cpu::Registers start;
};

}  // namespace

TEST_CASE("a vectored system call keeps where it came from in LR and CTR", "[power9]") {
  Power9 m;
  m.start.srr0 = 1, m.start.srr1 = 2;
  const u32 level = GENERATE(0u, 1u, 127u);
  const cpu::Registers r = m.after({scv(level)});
  CHECK(r.pc == vectors + 32 * level + 4);
  CHECK(r.lr == code + 4);
  CHECK(r.ctr == m.start.msr);
  CHECK(r.msr == (test::real_mode | test::ee | test::ri));
  CHECK(r.srr0 == 1);
  CHECK(r.srr1 == 2);
}

TEST_CASE("a vectored system call is little-endian where interrupts are", "[power9]") {
  Power9 m;
  m.start.little_endian_interrupts = true;
  m.put_little(vectors, {hypercall});
  const cpu::Registers r = m.after({scv(0)});
  CHECK(r.msr == (test::real_mode | test::ee | test::ri | cpu::msr::le));
}

TEST_CASE("a program has vectored system calls if its kernel wants that", "[power9]") {
  Power9 m;
  m.start.fscr = 0;
  const cpu::Registers r = m.after({scv(0)});
  CHECK(r.pc == 0xF64);
  CHECK(r.srr0 == code);
  CHECK(r.fscr >> 56 == 12);
}

TEST_CASE("a return from a vectored system call takes LR and CTR", "[power9]") {
  Power9 m;
  m.start.msr = test::real_mode;
  m.put(0x3000, {hypercall});
  m.start.lr = 0x3003;
  SECTION("for a kernel") {
    m.start.ctr = test::real_mode | test::fp | cpu::msr::le;
    m.put_little(0x3000, {hypercall});
    const cpu::Registers r = m.after({rfscv});
    CHECK(r.pc == 0x3004);
    CHECK(r.msr == (test::real_mode | test::fp | cpu::msr::le));
  }
  SECTION("not for a program") {
    m.start.msr |= test::pr;
    const cpu::Registers r = m.after({rfscv});
    CHECK(r.pc == 0x704);
    CHECK((r.srr1 & cpu::srr1::reasons) == cpu::srr1::privileged);
  }
}

TEST_CASE("processors before POWER9 have no vectored system calls", "[power9]") {
  Power9 m(test::power8);
  const cpu::Registers r = m.after({scv(0)});
  CHECK(r.pc == 0x704);
  CHECK((r.srr1 & cpu::srr1::reasons) == cpu::srr1::illegal);
}

TEST_CASE("darn gives numbers of the length that it is asked for", "[power9]") {
  Power9 m;
  m.start.msr &= ~test::pr;
  constexpr u32 darn = 0x7C0005E6;
  const cpu::Registers r =
      m.after({darn | 3 << 21, darn | 4 << 21 | 1 << 16, darn | 5 << 21 | 2 << 16, darn | 6 << 21 | 3 << 16, hypercall});
  CHECK((r.gpr[3] >> 32 == 0 || r.gpr[3] == ~u64{0}));
  CHECK((r.gpr[4] != r.gpr[5] || r.gpr[4] == ~u64{0}));
  CHECK(r.gpr[6] == ~u64{0});
}

TEST_CASE("nothing is pasted where there is no accelerator", "[power9]") {
  Power9 m;
  m.start.msr &= ~test::pr;
  m.start.cr = 0xFFFFFFFF;
  const cpu::Registers r = m.after({copy | 3 << 11, paste | 3 << 11, hypercall});
  CHECK(r.pc == code + 12);
  CHECK(r.cr == 0x0FFFFFFF);
}

TEST_CASE("a kernel may invalidate entries that nobody makes here", "[power9]") {
  Power9 m;
  SECTION("a kernel") {
    m.start.msr &= ~test::pr;
    CHECK(m.after({slbsync, slbieg, hypercall}).pc == code + 12);
  }
  SECTION("a program may not") {
    const cpu::Registers r = m.after({slbsync});
    CHECK(r.pc == 0x704);
    CHECK((r.srr1 & cpu::srr1::reasons) == cpu::srr1::privileged);
  }
}

TEST_CASE("what the engine lacks needs its facility", "[power9]") {
  struct Row {
    const char* name;
    u32 word;
    u64 vector;
  };
  const auto row =
      GENERATE(Row{"vmsumudm", 0x10000023, 0xF20}, Row{"xsmaddqp", 0xFC000308, 0xF40}, Row{"lxvwsx", 0x7C0002D8, 0xF40},
               Row{"lxvwsx of a VR", 0x7C0002D9, 0xF20}, Row{"mffscdrni", 0xFC15048E, 0x800});
  INFO(row.name);
  REQUIRE(cpu::find_missing(cpu::Instruction{row.word}));
  Power9 m;
  m.start.msr &= ~test::fp;
  const cpu::Registers r = m.after({row.word});
  CHECK(r.pc == row.vector + 4);
  CHECK(r.srr0 == code);
}

TEST_CASE("a word that is loaded for all elements is the processor's load", "[power9]") {
  Power9 m;
  constexpr u32 lxvwsx = 0x7C0002D8;
  m.start.msr = test::real_mode | test::vsx | test::vec | test::fp;
  m.memory->write_be<u32>(0x4FFE, 0x12345678);
  m.start.gpr[4] = 0x4FFE;
  SECTION("across pages, big-endian") {
    const cpu::Registers r = m.after({lxvwsx | 5 << 21 | 4 << 11, hypercall});
    CHECK(emu::load_be<u64>(r.vsr[5].data()) == 0x1234567812345678);
    CHECK(emu::load_be<u64>(r.vsr[5].data() + 8) == 0x1234567812345678);
  }
  SECTION("what is not there interrupts") {
    m.start.msr |= test::dr;
    m.start.gpr[4] = 0x12345678;
    const cpu::Registers r = m.after({lxvwsx | 5 << 21 | 4 << 11, hypercall});
    CHECK(r.pc == 0x384);
    CHECK(r.dar == 0x12345678);
    CHECK(r.srr0 == code);
  }
}
