// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using test::Machine;
using test::real_mode;
using test::Supervisor;

TEST_CASE("loads and stores reach an adapter, each once, with the bytes of the instruction in their order") {
  constexpr u64 segment = u64{1} << 12 | 0x400;
  constexpr u64 adapter = u64{1} << 45;
  constexpr u64 inhibited = 0x2A;
  Machine m;
  m.supervisor.device_at = adapter;
  cpu::Registers r = m.processor->save();
  r.slb[0] = {0x8000000, segment};
  m.processor->load(r);
  m.enter(0x1000, segment, 0x1000, 2);
  m.enter(0x20000, segment, adapter, inhibited);
  const auto run = [&](std::vector<u32> words, u64 more = 0) {
    m.supervisor.accesses.clear();
    cpu::Registers now = m.processor->save();
    now.gpr[4] = 0x20000;
    now.gpr[5] = 0x1122334455667788;
    now.gpr[6] = 8;
    m.processor->load(now);
    words.push_back(ppc::hypercall);
    more& cpu::msr::le ? m.put_little(0x1000, words) : m.put(0x1000, words);
    m.start_at(0x1000, real_mode | cpu::msr::ir | cpu::msr::dr | more);
    return m.processor->run();
  };
  using Access = Supervisor::DeviceAccess;
  const auto d_form = [](u32 opcode, u32 rt, u32 displacement) { return opcode << 26 | rt << 21 | 4 << 16 | displacement; };
  const auto x_form = [](u32 extended, u32 rt) { return u32{31} << 26 | rt << 21 | 4 << 16 | 6 << 11 | extended << 1; };

  m.supervisor.device_value = 0x81;
  CHECK(run({d_form(34, 3, 5)}) == cpu::Stop::requested);
  CHECK(m.r(3) == 0x81);
  CHECK(m.supervisor.accesses == std::vector<Access>{{adapter + 5, 1, 0, false}});
  m.supervisor.device_value = 0x44332211;
  run({d_form(32, 3, 4)});
  CHECK(m.r(3) == 0x11223344);
  run({x_form(534, 3)});  // lwbrx
  CHECK(m.r(3) == 0x44332211);
  run({d_form(32, 3, 4)}, cpu::msr::le);
  CHECK(m.r(3) == 0x44332211);
  run({x_form(534, 3)}, cpu::msr::le);
  CHECK(m.r(3) == 0x11223344);
  m.supervisor.device_value = 0x0080;
  run({d_form(42, 3, 0)});  // lha
  CHECK(m.r(3) == static_cast<u64>(s64{-32768}));
  run({d_form(33, 3, 8)});  // lwzu
  CHECK(m.r(4) == 0x20008);

  run({d_form(36, 5, 4)});
  CHECK(m.supervisor.accesses == std::vector<Access>{{adapter + 4, 4, 0x88776655, true}});
  run({x_form(662, 5)});  // stwbrx
  CHECK(m.supervisor.accesses == std::vector<Access>{{adapter + 8, 4, 0x55667788, true}});
  run({x_form(149, 5)}, cpu::msr::le);  // stdx
  CHECK(m.supervisor.accesses == std::vector<Access>{{adapter + 8, 8, 0x1122334455667788, true}});
  run({x_form(407, 5), x_form(215, 5)}, cpu::msr::le);  // sthx, stbx
  CHECK(m.supervisor.accesses == std::vector<Access>{{adapter + 8, 2, 0x7788, true}, {adapter + 8, 1, 0x88, true}});
}

TEST_CASE("where no adapter answers, and for any other kind of access, there is a machine check") {
  constexpr u64 segment = u64{1} << 12 | 0x400;
  constexpr u64 adapter = u64{1} << 45;
  for (const bool answers : {false, true}) {
    Machine m;
    if (answers) m.supervisor.device_at = adapter;
    cpu::Registers r = m.processor->save();
    r.slb[0] = {0x8000000, segment};
    r.gpr[4] = 0x20000;
    m.processor->load(r);
    m.enter(0x1000, segment, 0x1000, 2);
    m.enter(0x20000, segment, adapter, 0x2A);
    m.put(0x200, {ppc::hypercall});
    // lfd, or lwz at an odd address; a load that is there, where nobody answers
    const u32 word = answers ? u32{32} << 26 | 3 << 21 | 4 << 16 | 1 : u32{32} << 26 | 3 << 21 | 4 << 16;
    CHECK(m.run(0x1000, {word}, real_mode | cpu::msr::ir | cpu::msr::dr) == cpu::Stop::requested);
    CHECK(m.processor->pc() == 0x204);
    CHECK(m.supervisor.accesses.empty());
  }
}
