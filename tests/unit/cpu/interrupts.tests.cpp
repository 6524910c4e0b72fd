// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

// Every vector stops the processor.
struct Vectors : Machine {
  explicit Vectors(const cpu::CpuOptions& options = {}) : Machine(options) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
  }
  u64 vector() const { return processor->pc() - 4; }
  cpu::Registers after(const std::vector<u32>& words, u64 msr = test::real_mode) {
    run(0x2000, words, msr);
    return processor->save();
  }
};

constexpr u64 everything = test::real_mode | test::ee | test::ri | test::fp | test::vec | test::vsx;

}  // namespace

TEST_CASE("an interrupt saves what it must and clears the rest", "[interrupts]") {
  Vectors m(test::processor_of(test::power7));
  const cpu::Registers r = m.after({sc}, everything & ~test::ee);
  CHECK(m.vector() == 0xC00);
  CHECK(r.srr0 == 0x2004);
  CHECK(r.srr1 == (everything & ~test::ee));
  CHECK(r.msr == test::real_mode);
}

TEST_CASE("program interrupts tell their reason", "[interrupts]") {
  struct Row {
    const char* name;
    u32 word;
    u64 msr;
    u64 reason;
  };
  constexpr u64 user = test::real_mode | test::pr;  // real mode stays real here: it is the test that sets it
  const auto row = GENERATE(
      Row{"trap", trap, test::real_mode, 0x20000}, Row{"trap of a user", trap, user, 0x20000},
      Row{"zero", 0, test::real_mode, 0x80000}, Row{"attn", 0x200, user, 0x80000},
      Row{"mtmsrd of a user", mtmsrd(3), user, 0x40000}, Row{"rfid of a user", rfid, user, 0x40000},
      Row{"slbmte of a user", slbmte(3, 4), user, 0x40000}, Row{"mfspr PVR of a user", mfspr(3, 287), user, 0x40000},
      Row{"mtspr TB of a user", mtspr(268, 3), user, 0x80000}, Row{"mfspr of nothing, of a user", mfspr(3, 5), user, 0x80000},
      Row{"mfspr 0", mfspr(3, 0), test::real_mode, 0x80000}, Row{"PURR of a user", mfspr(3, 309), user, 0x40000},
      Row{"hrfid", 0x4C000224, test::real_mode, 0x40000}, Row{"hrfid of a user", 0x4C000224, user, 0x40000});
  INFO(row.name);
  Vectors m;
  const cpu::Registers r = m.after({row.word}, row.msr);
  CHECK(m.vector() == 0x700);
  CHECK(r.srr0 == 0x2000);
  CHECK(r.srr1 == (row.msr | row.reason));
}

TEST_CASE("facilities that are off", "[interrupts]") {
  Vectors m(test::processor_of(test::power7));
  SECTION("floating point") {
    m.after({0xFC22182A});  // fadd
    CHECK(m.vector() == 0x800);
  }
  SECTION("load floating point") {
    m.after({0xC8200000});  // lfd
    CHECK(m.vector() == 0x800);
  }
  SECTION("vector") {
    m.after({0x10000604});
    CHECK(m.vector() == 0xF20);
  }
  SECTION("vector-scalar") {
    m.after({x_form(0, 0, 3, 844)});
    CHECK(m.vector() == 0xF40);
  }
  CHECK(m.processor->save().srr0 == 0x2000);
}

TEST_CASE("a kernel's code is translated once, whatever facilities it has, and what needs one finds it", "[interrupts]") {
  test::Machine m(test::processor_of(test::power7));
  // fadd, vaddubm and xxlor, behind a page without any of it.
  const std::vector<u32> plain = {li(3, 1), b(0xFFC)};
  m.put(0x2000, plain);
  m.put(0x3000, {hypercall});
  m.put(0x4000, {0xFC22182A, 0x10221800, 0xF0221C90, li(4, 9), hypercall});
  const auto blocks = [&](u64 pc, u64 facilities) {
    const u64 before = m.processor->counters().blocks;
    m.start_at(pc, test::real_mode | facilities);
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    REQUIRE(m.processor->pc() >= 0x3000);
    return m.processor->counters().blocks - before;
  };
  CHECK(blocks(0x2000, 0) > 0);
  for (const u64 facilities : {test::fp, test::vec, test::fp | test::vec | test::vsx}) CHECK(blocks(0x2000, facilities) == 0);
  CHECK(blocks(0x4000, test::fp | test::vec | test::vsx) > 0);
  CHECK(m.r(4) == 9);
  CHECK(m.processor->counters().interrupts == 0);
}

TEST_CASE("facilities behind FSCR", "[interrupts]") {
  cpu::CpuOptions options;
  options.pvr = 0x004D0200;
  Vectors m(options);
  constexpr u64 user = test::real_mode | test::pr;
  SECTION("TAR of a user is unavailable until the kernel gives it") {
    const cpu::Registers r = m.after({mtspr(815, 3)}, user);
    CHECK(m.vector() == 0xF60);
    CHECK(r.fscr >> 56 == 8);
    CHECK(r.srr0 == 0x2000);
  }
  SECTION("the kernel has it always") {
    m.after({li(3, 0x44), mtspr(815, 3), mfspr(4, 815)});
    CHECK(m.r(4) == 0x44);
  }
  SECTION("bctar goes there") {
    m.put(0x3000, {hypercall});
    m.after({li(3, 0x3000), mtspr(815, 3), 0x4E800460});
    CHECK(m.processor->pc() == 0x3004);
  }
  SECTION("transactions are not offered") {
    const cpu::Registers r = m.after({0x7C00051D}, user);  // tbegin.
    CHECK(m.vector() == 0xF60);
    CHECK(r.fscr >> 56 == 5);
  }
}

TEST_CASE("AIL and ILE decide where and how an interrupt is taken", "[interrupts]") {
  Vectors m;
  cpu::Registers start = m.processor->save();
  start.slb[0] = {0xC000000000000000 | 0x8000000, 0x123000};
  for (u64 page = 0; page < 16; ++page) m.enter(0xC000000000000000 + page * 4096, 0x123000, page * 4096, 2);
  start.pc = 0xC000000000002000;
  start.msr = test::sf | test::me | test::ir | test::dr;
  SECTION("with both translations on, it stays translated") {
    m.put(0x2000, {sc});
    m.put(0x4C00, {hypercall});
    m.processor->load(start);
    m.processor->set_interrupt_mode(false, 3);
    CHECK(m.processor->run() == cpu::Stop::requested);
    CHECK(m.processor->pc() == 0xC000000000004C04);
    CHECK(m.processor->msr() == start.msr);
  }
  SECTION("from real mode, it is real") {
    m.put(0x2000, {sc});
    start.pc = 0x2000;
    start.msr = test::real_mode;
    m.processor->load(start);
    m.processor->set_interrupt_mode(false, 3);
    m.processor->run();
    CHECK(m.processor->pc() == 0xC04);
  }
  SECTION("system reset is always real") {
    m.processor->load(start);
    m.processor->set_interrupt_mode(false, 3);
    m.processor->deliver(cpu::Interrupt::system_reset);
    m.processor->run();
    CHECK(m.processor->pc() == 0x104);
    CHECK(m.processor->save().srr0 == 0xC000000000002000);
  }
  SECTION("little-endian interrupts") {
    m.put(0x2000, {sc});
    m.put_little(0xC00, {li(9, 77), hypercall});
    m.processor->load(start);
    m.processor->set_interrupt_mode(true, 0);
    CHECK(m.processor->run() == cpu::Stop::requested);
    CHECK(m.processor->pc() == 0xC08);
    CHECK(m.r(9) == 77);
    CHECK((m.processor->msr() & 1) == 1);
  }
}

TEST_CASE("the decrementer", "[interrupts]") {
  Vectors m;
  SECTION("counts with the time base, and reads negative behind zero") {
    m.run(0x2000, {li(3, 1000), mtspr(22, 3), mfspr(4, 22)});
    CHECK(m.r(4) == 1000);
    CHECK(m.supervisor.decrementer_changes == 1);
    CHECK(m.processor->decrementer_deadline() >= emu::to_nanoseconds(1000));
    CHECK(m.processor->decrementer_deadline() <= emu::to_nanoseconds(1000) + 3);
    CHECK_FALSE(m.processor->interrupt_pending());
    m.clock.advance(m.processor->decrementer_deadline());
    CHECK(m.processor->interrupt_pending());
    m.clock.advance(1000);
    m.run(0x2000, {mfspr(4, 22)});
    CHECK(static_cast<s32>(m.r(4)) < 0);
  }
  SECTION("is taken when it has passed and interrupts are enabled") {
    m.run(0x2000, {li(3, 100), mtspr(22, 3)});
    m.clock.advance(1000);
    m.run(0x2000, {nop});  // EE is off: nothing
    CHECK(m.processor->pc() == 0x2008);
    m.run(0x2000, {li(3, -1), mtmsrd(3, 1), li(9, 1)});
    CHECK(m.vector() == 0x900);
    const cpu::Registers r = m.processor->save();
    CHECK(r.srr0 == 0x2008);
    CHECK(r.srr1 == (test::real_mode | test::ee | test::ri));
  }
  SECTION("loaded with a negative value, it is pending at once") {
    m.run(0x2000, {li(3, -1), mtspr(22, 3), mtmsrd(3, 1)});
    CHECK(m.vector() == 0x900);
  }
  SECTION("loaded anew, it is not pending any more") {
    m.run(0x2000, {li(3, -1), mtspr(22, 3), lis(3, 0x7FFF), mtspr(22, 3), li(3, -1), mtmsrd(3, 1), li(9, 5)});
    CHECK(m.r(9) == 5);
  }
}

TEST_CASE("the external interrupt is a level", "[interrupts]") {
  Vectors m;
  m.processor->set_external_interrupt(true);
  CHECK(m.processor->interrupt_pending());
  m.put(0x2000, {li(3, -1), mtmsrd(3, 1), nop, hypercall});
  m.start_at(0x2000);
  CHECK(m.processor->run() == cpu::Stop::kicked);
  CHECK(m.processor->run() == cpu::Stop::requested);
  CHECK(m.vector() == 0x500);
  m.processor->set_external_interrupt(false);
  m.start_at(0x2000);
  m.processor->run();
  CHECK(m.processor->pc() == 0x2010);
}

TEST_CASE("rfid and mtmsr change what they may", "[interrupts]") {
  Vectors m;
  m.put(0x3000, {mfmsr(5), hypercall});
  SECTION("rfid to 32-bit mode truncates") {
    const cpu::Registers r = [&] {
      m.run(0x2000, {li(3, 0x3000), oris(3, 3, 0), mtspr(26, 3), li(4, 2), mtspr(27, 4), rfid});
      return m.processor->save();
    }();
    CHECK(r.pc == 0x3008);
    CHECK(r.msr == (test::me | test::ri));  // ME is not the guest's
  }
  SECTION("mtmsrd with L=1 changes EE and RI only") {
    m.run(0x2000, {li(3, -1), mtmsrd(3, 1), mfmsr(5), li(4, 0), mtmsrd(4, 1), mfmsr(6)});
    CHECK(m.r(5) == (test::real_mode | test::ee | test::ri));
    CHECK(m.r(6) == test::real_mode);
  }
  SECTION("mtmsrd gives the floating point unit") {
    m.run(0x2000, {mfmsr(3), ori(3, 3, 0x2000), mtmsrd(3), 0xFC22182A, li(9, 1)});
    CHECK(m.r(9) == 1);
  }
}

TEST_CASE("single step trace", "[interrupts]") {
  Vectors m;
  constexpr u64 se = 0x400;
  SECTION("after each instruction") {
    const cpu::Registers r = m.after({li(5, 1), li(5, 2)}, test::real_mode | se);
    CHECK(m.vector() == 0xD00);
    CHECK(r.srr0 == 0x2004);
    CHECK(m.r(5) == 1);
  }
  SECTION("a branch") {
    const cpu::Registers r = m.after({b(0x40)}, test::real_mode | se);
    CHECK(m.vector() == 0xD00);
    CHECK(r.srr0 == 0x2040);
  }
  SECTION("a hypercall is not traced, what follows is") {
    m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
      if (m.supervisor.hypercalls > 1) cpu.stop();
    };
    const cpu::Registers r = m.after({hypercall, li(5, 1)}, test::real_mode | se);
    CHECK(m.vector() == 0xD00);
    CHECK(r.srr0 == 0x2008);
  }
  SECTION("an instruction that faults is not done") {
    const cpu::Registers r = m.after({trap}, test::real_mode | se);
    CHECK(m.vector() == 0x700);
    CHECK(r.srr0 == 0x2000);
  }
  SECTION("a load, a store, a privileged instruction") {
    const u32 word = GENERATE(lwz(5, 0x100, 0), stw(5, 0x2100, 0), mfmsr(5));
    const cpu::Registers r = m.after({word}, test::real_mode | se);
    CHECK(m.vector() == 0xD00);
    CHECK(r.srr0 == 0x2004);
  }
  SECTION("the addresses of the instruction and of what it accesses are sampled") {
    m.run(0x3000, {li(4, 0x2100)});
    const cpu::Registers r = m.after({lwzu(5, 8, 4)}, test::real_mode | se);
    CHECK(r.srr0 == 0x2004);
    CHECK(r.spr[796] == 0x2000);
    CHECK(r.spr[797] == 0x2108);
    CHECK(r.gpr[4] == 0x2108);
  }
}

TEST_CASE("special purpose registers", "[interrupts]") {
  cpu::CpuOptions options = test::processor_of(test::power8);
  options.number = 3;
  Vectors m(options);
  m.clock.advance(2'000'000);
  const u64 now = emu::to_ticks(2'000'000);
  constexpr u64 user = test::real_mode | test::pr;
  SECTION("a user reads SPRG3 under its own number") {
    m.after({li(3, 99), mtspr(275, 3)});
    m.after({mfspr(8, 259), trap}, user);
    CHECK(m.r(8) == 99);
  }
  SECTION("the time base in all its ways") {
    m.after({mftb(5), mfspr(6, 268), mfspr(7, 269), mfspr(8, 309), mfspr(9, 308), mfspr(10, 849)});
    CHECK(m.r(5) == now);
    CHECK(m.r(6) == now);
    CHECK(m.r(7) == 0);
    CHECK(m.r(8) == now);
    CHECK(m.r(9) == now);
    CHECK(m.r(10) == now);
  }
  SECTION("of a user") {
    m.after({mftb(5), mfspr(6, 268), trap}, user);
    CHECK(m.r(5) == now);
    CHECK(m.r(6) == now);
  }
  SECTION("what is kept, what is fixed, what has no effect") {
    m.after({li(3, 7), mtspr(61, 3), mfspr(5, 61), mfspr(6, 1023), li(7, 5), mtspr(318, 3), mfspr(7, 318), mtspr(152, 3),
             mfspr(8, 136), mtspr(898, 3), mfspr(10, 896)});
    CHECK(m.r(5) == 7);
    CHECK(m.r(6) == 3);
    CHECK(m.r(7) == 5);
    CHECK(m.r(8) == 7);
    CHECK(m.r(10) == u64{7} << 32);
  }
}

TEST_CASE("a doorbell to oneself", "[interrupts]") {
  Vectors m(test::processor_of(test::power8));
  m.after({lis(3, 0x2800), x_form(0, 0, 3, 142), li(4, -1), mtmsrd(4, 1), nop});
  CHECK(m.vector() == 0xA00);
  CHECK(m.processor->save().srr0 == 0x2010);
}

TEST_CASE("sc 1 of a user is refused", "[interrupts]") {
  Vectors m;
  m.after({li(3, 0x58), hypercall, trap}, test::real_mode | test::pr);
  CHECK(m.vector() == 0x700);
  CHECK(m.r(3) == static_cast<u64>(-3));
  CHECK(m.supervisor.hypercalls == 1);
}

TEST_CASE("real mode beyond the memory is a protection fault", "[interrupts]") {
  Vectors m;
  SECTION("load") {
    const cpu::Registers r = m.after({lis(4, 0x1000), ld(5, 16, 4)});
    CHECK(m.vector() == 0x300);
    CHECK(r.dar == 0x10000010);
    CHECK(r.dsisr == 0x08000000);
  }
  SECTION("fetch") {
    const cpu::Registers r = m.after({lis(4, 0x1000), mtctr(4), bctr});
    CHECK(m.vector() == 0x400);
    CHECK(r.srr1 == (test::real_mode | 0x08000000));
    CHECK(r.srr0 == 0x10000000);
  }
}

TEST_CASE("the engine's own addresses are nobody's", "[interrupts]") {
  Vectors m;
  const s64 offset = GENERATE(-0x1000, -0x1004, -4, -0x2000);
  const cpu::Registers r = m.after({li(4, offset), mtctr(4), bctr});
  CHECK(m.vector() == 0x400);
  CHECK(r.srr0 == static_cast<u64>(offset));
}

TEST_CASE("an alignment interrupt knows its address", "[interrupts]") {
  Vectors m;
  const cpu::Registers r = m.after({li(4, 0x3001), x_form(5, 0, 4, 20)});  // lwarx
  CHECK(m.vector() == 0x600);
  CHECK(r.dar == 0x3001);
}
