// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A partition with one processor, no hypervisor to speak of, and a clock that a test owns.

#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

#include "cpu/cpu.h"
#include "cpu/msr.h"
#include "tests/unit/cpu/support/assembler.h"

namespace test {

using cpu::msr::dr;
using cpu::msr::ee;
using cpu::msr::fp;
using cpu::msr::ir;
using cpu::msr::me;
using cpu::msr::pr;
using cpu::msr::ri;
using cpu::msr::sf;
using cpu::msr::vec;
using cpu::msr::vsx;

inline constexpr u64 real_mode = sf | me;

// Every hypercall stops the processor, unless `on_hypercall` says otherwise.
class Supervisor final : public cpu::Supervisor {
 public:
  explicit Supervisor(const emu::Clock& clock) : clock_(clock) {}
  void hypercall(cpu::Cpu& cpu) override {
    ++hypercalls;
    if (on_hypercall) return on_hypercall(cpu);
    cpu.stop();
  }
  u64 time_base() const override { return emu::to_ticks(clock_.monotonic()); }
  u64 host_nanoseconds(u64 ticks) const override { return emu::to_nanoseconds(ticks); }
  void decrementer_changed(cpu::Cpu&) override { ++decrementer_changes; }
  void priority_lowered(cpu::Cpu& cpu) override {
    ++priority_lowerings;
    if (others_wait) cpu.kick();
  }

  bool load_device(u64 address, u32 bytes, u64& value) override {
    if (address < device_at) return false;
    accesses.push_back({address, bytes, 0, false});
    value = device_value;
    return true;
  }
  bool store_device(u64 address, u32 bytes, u64 value) override {
    if (address < device_at) return false;
    accesses.push_back({address, bytes, value, true});
    return true;
  }

  struct DeviceAccess {
    u64 address;
    u32 bytes;
    u64 value;
    bool store;
    bool operator==(const DeviceAccess&) const = default;
  };
  u64 device_at = ~u64{0};  // from here on an adapter answers
  u64 device_value = 0;     // what it says
  std::vector<DeviceAccess> accesses;

  std::function<void(cpu::Cpu&)> on_hypercall;
  int hypercalls = 0;
  int decrementer_changes = 0;
  int priority_lowerings = 0;
  bool others_wait = false;

 private:
  const emu::Clock& clock_;
};

// A processor by its PVR.
inline constexpr u32 power6 = 0x003E0301, power7 = 0x003F0203, power8 = 0x004D0200, power9 = 0x004E1200;
inline cpu::CpuOptions processor_of(u32 pvr) {
  cpu::CpuOptions options;
  options.pvr = pvr;
  return options;
}

struct Machine {
  // `several`: processors run at the same time, each on a thread of its own.
  using Code = cpu::Together::Code;
  explicit Machine(const cpu::CpuOptions& options = {}, u64 size = 16 * MiB, emu::FarMemory far = {},
                   std::optional<Code> several = std::nullopt)
      : memory(emu::GuestMemory::create(size, emu::FaultIn::as_used, 0, far).value().release()),
        table(cpu::HashPageTable::create(18).value().release()),
        supervisor(clock),
        processor(make_first(options, several)) {}

  std::unique_ptr<cpu::Cpu> make_first(const cpu::CpuOptions& options, std::optional<Code> several) {
    if (several) table->together().run_at_the_same_time(*several);
    return make(options);
  }

  std::unique_ptr<cpu::Cpu> make(const cpu::CpuOptions& options) {
    auto made = cpu::Cpu::create(options, *memory, *table, supervisor, clock);
    if (!made) return nullptr;
    return std::move(*made);
  }

  void put(u64 address, const std::vector<u32>& words) {
    for (const u32 word : words) {
      memory->write_be(address, word);
      address += 4;
    }
  }
  void put_little(u64 address, const std::vector<u32>& words) {
    for (const u32 word : words) {
      memory->write_be(address, emu::byte_swapped(word));
      address += 4;
    }
  }
  template <std::unsigned_integral T = u64>
  T get(u64 address) const {
    T value{};
    memory->read_be(address, value);
    return value;
  }

  void start_at(u64 pc, u64 msr = real_mode) { start_at(*processor, pc, msr); }
  void start_at(cpu::Cpu& which, u64 pc, u64 msr = real_mode) {
    cpu::Registers r = which.save();
    r.pc = pc;
    r.msr = msr;
    which.load(r);
  }
  // Puts the words and a hypercall behind them, and runs to it.
  cpu::Stop run(u64 address, std::vector<u32> words, u64 msr = real_mode) {
    words.push_back(ppc::hypercall);
    put(address, words);
    start_at(address, msr);
    return processor->run();
  }
  u64 r(int index) const { return processor->gpr(index); }

  // Enters a page table entry as H_ENTER would: the first free slot of the primary or secondary group. Returns the slot.
  // `segment` is slbmte's RS of the segment.
  u64 enter(u64 address, u64 segment, u64 real, u64 flags, bool secondary = false, u64 lp = 0) {
    const bool huge = segment >> 62 == 1;
    const u32 base = !(segment & 0x100) ? 12 : (segment & 0x30) == 0x10 ? 16 : (segment & 0x30) == 0x20 ? 34 : 24;
    const u64 offset = address & ((u64{1} << (huge ? 40 : 28)) - 1) & ~((u64{1} << base) - 1);
    const u64 vsid = huge ? segment >> 24 & 0x3FFFFFFFFF : segment >> 12 & 0x3FFFFFFFFFFFF;
    u64 hash = (huge ? vsid ^ vsid << 25 : vsid) ^ offset >> base;
    if (secondary) hash = ~hash;
    const u64 group = hash & (table->groups() - 1);
    u64 v = (segment & u64{3} << 62) | vsid << (huge ? 24 : 12) | (offset >> 16 & 0xFFFFFF80) | 1;
    if (secondary) v |= 2;
    if (lp || base != 12) v |= 4;
    for (u64 slot = group * 8; slot < group * 8 + 8; ++slot)
      if (!(table->read(slot).v & 1)) {
        table->write(slot, {v, real | lp << 12 | flags});
        return slot;
      }
    return ~u64{0};
  }

  emu::ManualClock clock;
  std::unique_ptr<emu::GuestMemory> memory;
  std::unique_ptr<cpu::HashPageTable> table;
  Supervisor supervisor;
  std::unique_ptr<cpu::Cpu> processor;
};

}  // namespace test
