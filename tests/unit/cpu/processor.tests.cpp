// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

TEST_CASE("a hypercall in real mode", "[cpu]") {
  Machine m;
  REQUIRE(m.processor);
  CHECK(m.run(0x1000, {li(3, 7), li(4, 35), add(5, 3, 4)}) == cpu::Stop::requested);
  CHECK(m.r(5) == 42);
  CHECK(m.processor->pc() == 0x1010);
  CHECK(m.processor->trouble() == "");
}

TEST_CASE("hypercalls go on behind themselves", "[cpu]") {
  Machine m;
  int seen = 0;
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    cpu.set_gpr(3, cpu.gpr(3) + 1);
    if (++seen == 3) cpu.stop();
  };
  CHECK(m.run(0x1000, {li(3, 10), hypercall, hypercall}) == cpu::Stop::requested);
  CHECK(m.r(3) == 13);
}

TEST_CASE("privileged registers live outside the engine", "[cpu]") {
  Machine m;
  m.run(0x1000, {li(3, 5), mtspr(272, 3), mfspr(4, 272), mfspr(5, 287), mfmsr(6)});
  CHECK(m.r(4) == 5);
  CHECK(m.r(5) == 0x003E0301);
  CHECK(m.r(6) == test::real_mode);
}

TEST_CASE("who lowers its priority waits for somebody: the hypervisor hears of it, and may run another", "[processor]") {
  constexpr u32 low = 0x7C210B78, very_low = 0x7FFFFB78, medium = 0x7C421378;
  Machine m;
  m.supervisor.others_wait = GENERATE(false, true);
  m.put(0x1000, {li(1, 5), li(31, 7), low, medium, very_low, mr(3, 1), hypercall});
  m.start_at(0x1000);
  int kicked = 0;
  while (m.processor->run() == cpu::Stop::kicked) ++kicked;
  CHECK(m.supervisor.priority_lowerings == 2);
  CHECK((kicked > 0) == m.supervisor.others_wait);
  CHECK(m.r(1) == 5);
  CHECK(m.r(3) == 5);
  CHECK(m.r(31) == 7);
}
