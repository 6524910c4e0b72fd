// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/performance_monitor.h"

#include "cpu/processor_clock.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;

namespace {

constexpr u32 pmc1 = cpu::spr_pmc1, pmc2 = pmc1 + 1, pmc4 = pmc1 + 3, pmc5 = pmc1 + 4, pmc6 = pmc1 + 5;
constexpr u64 user = test::real_mode | test::pr;

// Runs code with counters as they are given; every vector stops the processor.
struct Monitor : test::Machine {
  explicit Monitor(u32 pvr = test::power8) : Machine(test::processor_of(pvr)) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    start = processor->save();
    start.spr[cpu::spr_hfscr] = cpu::hfscr::performance_monitor;
    start.spr[cpu::spr_ctrl] = 1;
    start.pc = 0x2000;
    start.msr = test::real_mode;
    // An adapter that takes its time: a load from it is a microsecond.
    supervisor.device_at = device;
    start.gpr[30] = device;
  }
  u64& spr(size_t number) { return start.spr[number]; }
  cpu::Registers run(std::vector<u32> words) {
    words.push_back(hypercall);
    put(0x2000, words);
    processor->load(start);
    processor->run();
    return processor->save();
  }
  u64 vector() const { return processor->pc() - 4; }

  static constexpr u64 device = 0x10000000;
  cpu::Registers start;
};

// 3 + 4 * rounds instructions; with what stands behind it, which is the hypercall.
std::vector<u32> loop(u32 rounds) {
  return {lis(9, static_cast<s64>(rounds >> 16)), ori(9, 9, rounds & 0xFFFF), mtctr(9), nop, nop, nop, bdnz(-12)};
}
constexpr u64 of_loop(u64 rounds) { return 4 + 4 * rounds; }

}  // namespace

TEST_CASE("PMC5 counts each completed instruction", "[performance_monitor]") {
  Monitor m;
  CHECK(m.run({}).spr[pmc5] == 1);
  CHECK(m.run({nop, nop}).spr[pmc5] == 3);
  const u32 rounds = GENERATE(1, 2, 1000, 100'000);
  CHECK(m.run(loop(rounds)).spr[pmc5] == of_loop(rounds));
  // And goes on where it was.
  m.spr(pmc5) = 0xFFFFFFF0;
  CHECK(m.run(loop(rounds)).spr[pmc5] == static_cast<u32>(0xFFFFFFF0 + of_loop(rounds)));
}

TEST_CASE("instructions that are performed outside of the engine count once", "[performance_monitor]") {
  Monitor m;
  m.start.msr |= test::fp;
  constexpr u32 fadd = 0xFC61102A;
  CHECK(m.run({mfmsr(3), mfspr(4, 272), nop, mtmsrd(3), fadd, fadd, b(8), nop, nop}).spr[pmc5] == 9);
}

TEST_CASE("an instruction that is interrupted is not completed", "[performance_monitor]") {
  Monitor m;
  CHECK(m.run({nop, trap}).spr[pmc5] == 2);             // nop, and the vector's
  CHECK(m.run({nop, nop, sc}).spr[pmc5] == 4);          // a system call is
  CHECK(m.run({nop, 0xFC61102A, nop}).spr[pmc5] == 2);  // no floating point
  m.start.msr |= cpu::msr::dr;
  CHECK(m.run({nop, nop, ld(3, 0, 30), nop}).spr[pmc5] == 3);  // no segment
}

TEST_CASE("PMC6 counts cycles of the processor's clock", "[performance_monitor]") {
  Monitor m;
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    m.clock.advance(emu::nanoseconds_per_second);
    if (++m.supervisor.priority_lowerings > 2) cpu.stop();
  };
  CHECK(m.run({hypercall, hypercall}).spr[pmc6] == 3 * cpu::processor_hz);
  // The hypervisor's time, which can be frozen.
  m.supervisor.priority_lowerings = 0;
  m.spr(cpu::spr_mmcr0) = 1;
  CHECK(m.run({hypercall, hypercall}).spr[pmc6] == 0);
  // Nor is it time of the processor when it does not run.
  m.spr(cpu::spr_mmcr0) = 0;
  m.supervisor.on_hypercall = nullptr;
  m.run({});
  m.clock.advance(emu::nanoseconds_per_second);
  CHECK(m.processor->save().spr[pmc6] == 0);
}

TEST_CASE("MMCR0 freezes counters", "[performance_monitor]") {
  struct Row {
    const char* name;
    u64 mmcr0;
    u64 msr;
    bool running;
    bool counts;
  };
  constexpr u64 kernel = test::real_mode, pmm = cpu::msr::pmm;
  const auto row =
      GENERATE(Row{"nothing", 0, kernel, true, true}, Row{"FC", 0x80000000, kernel, true, false},
               Row{"FCS in the kernel", 0x40000000, kernel, true, false}, Row{"FCS in a program", 0x40000000, user, true, true},
               Row{"FCP in the kernel", 0x20000000, kernel, true, true}, Row{"FCP in a program", 0x20000000, user, true, false},
               Row{"FCM1 with PMM", 0x10000000, kernel | pmm, true, false}, Row{"FCM1 without", 0x10000000, kernel, true, true},
               Row{"FCM0 with PMM", 0x08000000, kernel | pmm, true, true}, Row{"FCM0 without", 0x08000000, kernel, true, false},
               Row{"FC5-6", 0x10, kernel, true, false}, Row{"FC1-4", 0x20, kernel, true, true},
               Row{"no run latch", 0, kernel, false, false}, Row{"CC5-6RUN", 0x100, kernel, false, true},
               Row{"FCH", 1, kernel, true, true});
  INFO(row.name);
  Monitor m;
  m.spr(cpu::spr_mmcr0) = row.mmcr0;
  m.spr(cpu::spr_ctrl) = row.running;
  m.start.msr = row.msr;
  // The system call is counted where it is made; so is the vector, which stays in real mode.
  const u64 counted = m.run({nop, nop, nop, nop, sc}).spr[pmc5];
  CHECK((counted >= 5) == row.counts);
  if (row.mmcr0 == 0x40000000) CHECK(counted == (row.counts ? 5 : 0));
  if (row.mmcr0 == 0x20000000) CHECK(counted == (row.counts ? 6 : 1));
}

TEST_CASE("MMCR1 says what PMC1 to PMC4 count, MMCR2 when", "[performance_monitor]") {
  Monitor m;
  m.spr(cpu::spr_mmcr1) = 0x02'F4'02'FA;
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    m.clock.advance(2000);
    cpu.stop();
  };
  cpu::Registers r = m.run(loop(10));
  CHECK(r.spr[pmc1] == of_loop(10));
  CHECK(r.spr[pmc2] == 1175);
  CHECK(r.spr[pmc1 + 2] == of_loop(10));
  CHECK(r.spr[pmc4] == of_loop(10));
  m.spr(cpu::spr_ctrl) = 0;
  r = m.run(loop(10));
  CHECK(r.spr[pmc1] == of_loop(10));
  CHECK((r.spr[pmc2] == 0 && r.spr[pmc4] == 0));
  m.spr(cpu::spr_mmcr0) = 2;  // FC1-4WAIT
  CHECK(m.run(loop(10)).spr[pmc1] == 0);

  m.spr(cpu::spr_mmcr0) = 0;
  m.spr(cpu::spr_ctrl) = 1;
  m.spr(cpu::spr_mmcr1) = 0x02'02'02'1E;
  m.spr(cpu::spr_mmcr2) = u64{1} << 63 | u64{1} << (62 - 9);  // FC1S, FC2P0
  m.start.msr = user;
  r = m.run({nop, nop, nop, sc});
  CHECK(r.spr[pmc1] == 4);
  CHECK(r.spr[pmc2] == 1);
  CHECK(r.spr[pmc1 + 2] == 5);
  CHECK(r.spr[pmc4] == 1175);
  // What is not known here never happens.
  m.spr(cpu::spr_mmcr2) = 0;
  m.spr(cpu::spr_mmcr1) = 0xF2'F0'68'F6;
  r = m.run(loop(10));
  for (u32 counter = pmc1; counter <= pmc4; ++counter) CHECK(r.spr[counter] == 0);
}

TEST_CASE("a negative counter interrupts", "[performance_monitor]") {
  Monitor m;
  m.spr(cpu::spr_mmcr0) = 0x04004000;  // PMAE, PMCjCE
  m.spr(pmc5) = 0x80000000 - 500;
  m.start.msr |= test::ee;
  m.supervisor.on_hypercall = [](cpu::Cpu& cpu) { cpu.stop(); };
  cpu::Registers r = m.run(loop(1000));
  CHECK(m.vector() == 0xF00);
  CHECK((r.spr[cpu::spr_mmcr0] & (cpu::mmcr0::alert | cpu::mmcr0::alert_enabled)) == cpu::mmcr0::alert);
  CHECK(r.spr[pmc5] >= 0x80000000);
  CHECK(r.spr[pmc5] < 0x80000000 + 8);
  CHECK(r.spr[cpu::spr_siar] == r.srr0);
  CHECK(r.spr[cpu::spr_sier] == cpu::sier::siar_valid);
  CHECK((r.srr0 >= 0x2000 && r.srr0 < 0x2020));

  SECTION("in a program") {
    m.start.msr = user | test::ee;
    r = m.run(loop(1000));
    CHECK(m.vector() == 0xF00);
    CHECK((r.spr[cpu::spr_sier] & cpu::sier::problem_state) != 0);
  }
  SECTION("as soon as interrupts are enabled") {
    m.start.msr = test::real_mode;
    m.start.gpr[3] = test::real_mode | test::ee;
    auto words = loop(1000);
    words.push_back(mtmsrd(3, 1));
    words.push_back(nop);
    r = m.run(words);
    CHECK(m.vector() == 0xF00);
    CHECK(r.srr0 == 0x2000 + 4 * (words.size() - 1));
  }
  SECTION("not if its condition is not enabled, or the alert is not") {
    m.spr(cpu::spr_mmcr0) = GENERATE(u64{0x04000000}, u64{0x04008000}, u64{0x00004000}, u64{0x040C4000});
    r = m.run(loop(1000));
    CHECK(m.vector() == 0x2000 + 4 * 7);
    CHECK(r.spr[cpu::spr_mmcr0] == m.spr(cpu::spr_mmcr0));
  }
  SECTION("and freezes all of them, if it shall") {
    m.spr(cpu::spr_mmcr0) |= cpu::mmcr0::freeze_on_condition;
    r = m.run(loop(1000));
    CHECK((r.spr[cpu::spr_mmcr0] & cpu::mmcr0::freeze) != 0);
    const u64 there = r.spr[pmc5];
    CHECK(there < 0x80000000 + 8);
    m.start = r;
    m.start.pc = 0x2000;
    m.start.spr[cpu::spr_mmcr0] &= ~cpu::mmcr0::alert;
    CHECK(m.run(loop(1000)).spr[pmc5] == there);
  }
  SECTION("and lets the others begin, if they wait for it") {
    m.spr(cpu::spr_mmcr0) = 0x04008000 | cpu::mmcr0::trigger;
    m.spr(cpu::spr_mmcr1) = 0x02'02'00'00;
    m.spr(pmc1) = 0x80000000 - 500;
    m.spr(pmc5) = 0;
    m.start.msr = test::real_mode;
    r = m.run(loop(1000));
    CHECK((r.spr[cpu::spr_mmcr0] & cpu::mmcr0::trigger) == 0);
    CHECK(r.spr[pmc1] + r.spr[pmc2] > 0x80000000);
    CHECK(r.spr[pmc1] - (0x80000000 - 500) == of_loop(1000));
    CHECK(of_loop(1000) - r.spr[pmc2] - 500 < 8);
    CHECK(r.spr[pmc2] == r.spr[pmc5]);
  }
}

TEST_CASE("a counter of cycles tells when it will interrupt", "[performance_monitor]") {
  Monitor m;
  m.spr(cpu::spr_mmcr0) = 0x04004000;
  m.spr(pmc6) = 0x80000000 - cpu::processor_hz;  // in a second
  u64 deadline = 0;
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    deadline = cpu.decrementer_deadline();
    m.clock.advance(emu::nanoseconds_per_second);
    cpu.stop();
  };
  const u64 began = m.clock.monotonic();
  cpu::Registers r = m.run({nop});
  CHECK(deadline - began >= emu::nanoseconds_per_second);
  CHECK(deadline - began < emu::nanoseconds_per_second + 100);
  CHECK(r.spr[pmc6] == 0x80000000);
  // It is noticed when the processor is entered again, and wakes nobody before.
  CHECK(m.processor->decrementer_deadline() == ~u64{0});
  m.start = r;
  m.start.msr |= test::ee;
  m.run({nop});
  CHECK(m.vector() == 0xF00);
}

TEST_CASE("counters that nobody has looked at stand still until then", "[performance_monitor]") {
  Monitor m;
  m.spr(cpu::spr_hfscr) = 0;
  CHECK(m.run(loop(100)).spr[pmc5] == 0);
  auto words = loop(100);
  words.insert(words.begin(), mfspr(3, pmc5));
  const cpu::Registers r = m.run(words);
  CHECK(cpu::counters_used(r));
  CHECK(r.spr[pmc5] == of_loop(100));
  m.start.gpr[3] = 0;
  words.front() = mtspr(cpu::spr_mmcr0, 3);
  CHECK_FALSE(cpu::counters_used(m.run(words)));
}

TEST_CASE("what a program may do with counters", "[performance_monitor]") {
  struct Row {
    const char* name;
    u64 pmcc;
    u32 word;
    u64 vector;  // 0: it is done
  };
  constexpr u64 none = 1, all = 2, without_56 = 3, done = 0, unavailable = 0xF60, illegal = 0x700;
  const auto row = GENERATE_COPY(
      Row{"reads a counter", 0, mfspr(3, 771), done}, Row{"writes a counter", 0, mtspr(771, 3), illegal},
      Row{"reads MMCR0", 0, mfspr(3, 779), done}, Row{"writes MMCR0", 0, mtspr(779, 3), illegal},
      Row{"reads a counter", none, mfspr(3, 771), unavailable}, Row{"writes a counter", none, mtspr(771, 3), unavailable},
      Row{"reads SIAR", none, mfspr(3, 780), unavailable}, Row{"writes a counter", all, mtspr(771, 3), done},
      Row{"writes PMC6", all, mtspr(776, 3), done}, Row{"writes MMCR2", all, mtspr(769, 3), done},
      Row{"reads MMCR1", all, mfspr(3, 782), done}, Row{"writes MMCR1", all, mtspr(782, 3), illegal},
      Row{"reads PMC5", without_56, mfspr(3, 775), unavailable}, Row{"writes PMC6", without_56, mtspr(776, 3), unavailable},
      Row{"writes PMC4", without_56, mtspr(774, 3), done}, Row{"writes the kernel's PMC1", all, mtspr(787, 3), illegal});
  INFO(row.name << ", PMCC " << row.pmcc);
  Monitor m;
  m.start.msr = user;
  m.spr(cpu::spr_mmcr0) = cpu::mmcr0::freeze | row.pmcc << 18;
  const cpu::Registers r = m.run({row.word, sc});
  CHECK(m.vector() == (row.vector ? row.vector : 0xC00));
  if (row.vector == unavailable) CHECK(r.fscr >> 56 == 3);
}

TEST_CASE("a program sees its bits of MMCR0 and MMCR2", "[performance_monitor]") {
  Monitor m;
  m.start.msr = user;
  m.spr(cpu::spr_mmcr0) = 0xC0080000;
  m.spr(cpu::spr_mmcr2) = ~u64{0};
  m.start.gpr[5] = 0;
  cpu::Registers r = m.run({mfspr(3, 779), mfspr(4, 769), mtspr(769, 5), mtspr(779, 5), sc});
  CHECK(r.gpr[3] == 0x80000000);
  CHECK(r.gpr[4] == 0x4020100804020000);
  CHECK(r.spr[cpu::spr_mmcr2] == ~u64{0x4020100804020000});
  CHECK(r.spr[cpu::spr_mmcr0] == 0x40080000);
}

TEST_CASE("programs of older processors read counters and write none", "[performance_monitor]") {
  Monitor m(test::power7);
  m.start.msr = user;
  m.spr(pmc1) = 7;
  CHECK(m.run({mfspr(3, 771), sc}).gpr[3] == 7);
  CHECK(m.vector() == 0xC00);
  m.run({mtspr(771, 3), sc});
  CHECK(m.vector() == 0x700);
}

TEST_CASE("counters move with their processor and go on", "[performance_monitor]") {
  Monitor m;
  const cpu::Registers here = m.run(loop(100));
  emu::Archive out = emu::Archive::saving();
  cpu::Registers sent = here, arrived;
  archive(out, sent);
  const auto bytes = out.take();
  emu::Archive in = emu::Archive::loading_from(bytes);
  archive(in, arrived);
  REQUIRE(in.finish());
  Monitor there;
  there.start = arrived;
  there.start.pc = 0x2000;
  CHECK(there.run(loop(50)).spr[pmc5] == of_loop(100) + of_loop(50));
}
