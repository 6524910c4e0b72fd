// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "cpu/msr.h"

namespace cpu {

namespace {

class StopAtHypercall final : public Supervisor {
 public:
  void hypercall(Cpu& cpu) override { cpu.stop(); }
  u64 time_base() const override { return 0; }
  u64 host_nanoseconds(u64 ticks) const override { return emu::to_nanoseconds(ticks); }
  void decrementer_changed(Cpu&) override {}
  bool load_device(u64, u32, u64&) override { return false; }
  bool store_device(u64, u32, u64) override { return false; }
};

}  // namespace

std::string engine_trouble() {
  if (auto trouble = engine_version_trouble(); !trouble.empty()) return trouble;
  auto memory = emu::GuestMemory::create(MiB);
  auto table = HashPageTable::create(18);
  if (!memory || !table) return "The host has no memory for a processor.";
  StopAtHypercall supervisor;
  const emu::HostClock clock;
  auto cpu = Cpu::create({}, **memory, **table, supervisor, clock);
  if (!cpu) return cpu.error().text;
  if (auto trouble = engine_inside_trouble(); !trouble.empty()) return trouble;

  constexpr u32 fcmpu_cr0_f1_f2 = 0xFC011000;
  constexpr u32 to_the_next_page = 0x48000FFC;
  constexpr u32 sc_1 = 0x44000022;
  (*memory)->write_be(0x1000, fcmpu_cr0_f1_f2);
  (*memory)->write_be(0x1004, to_the_next_page);
  (*memory)->write_be(0x2000, sc_1);
  Registers registers;
  registers.pc = 0x1000;
  registers.msr = msr::sf | msr::me | msr::fp;
  registers.vsr[1] = {0x3F, 0xF0};  // 1.0
  registers.vsr[2] = {0x40, 0x00};  // 2.0
  constexpr u32 less_than = 8;
  // Twice: the second time the code is there already, and engine_facts() knows all.
  for (int i = 0; i < 2; ++i) {
    (*cpu)->load(registers);
    if ((*cpu)->run() != Stop::requested || (*cpu)->save().cr >> 28 != less_than)
      return "Unicorn's floating point compare is wrong on PPC64: version 2.1.4 or later is needed.";
  }
  return "";
}

}  // namespace cpu
