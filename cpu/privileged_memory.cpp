// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/privileged_memory.h"

#include "cpu/processor.h"

namespace cpu {

namespace {

constexpr u64 valid = 0x8000000;
constexpr u64 esid_field = 0xFFFFFFFFF0000000;

}  // namespace

Outcome slbmte(Processor& cpu, Instruction i) {
  const u64 rb = cpu.engine().gpr(i.rb());
  const u64 slot = rb & 0xFFF;
  if (slot >= cpu.options().slb_slots) return Outcome::done;
  SlbEntry& entry = cpu.state().slb[slot];
  const SlbEntry fresh{rb & (esid_field | valid), cpu.engine().gpr(i.rt())};
  // Only an entry that was valid can have been used.
  const bool used = (entry.esid & valid) && entry != fresh;
  entry = fresh;
  if (used) cpu.forget_translations();
  return Outcome::done;
}

Outcome slbie(Processor& cpu, Instruction i) {
  const u64 address = cpu.engine().gpr(i.rb());
  for (int slot; (slot = find_segment(cpu.state(), cpu.options().slb_slots, address)) >= 0;) {
    cpu.state().slb[static_cast<size_t>(slot)].esid &= ~valid;
    cpu.forget_translations();
  }
  return Outcome::done;
}

// IH = 0 and most hints keep entry 0, the kernel's own.
Outcome slbia(Processor& cpu, Instruction) {
  bool used = false;
  for (size_t slot = 1; slot < cpu.options().slb_slots; ++slot) {
    used = used || (cpu.state().slb[slot].esid & valid);
    cpu.state().slb[slot].esid &= ~valid;
  }
  if (used) cpu.forget_translations();
  return Outcome::done;
}

Outcome slbmfev(Processor& cpu, Instruction i) {
  const u64 slot = cpu.engine().gpr(i.rb()) & 0xFFF;
  cpu.engine().set_gpr(i.rt(), slot < cpu.options().slb_slots ? cpu.state().slb[slot].vsid : 0);
  return Outcome::done;
}

Outcome slbmfee(Processor& cpu, Instruction i) {
  const u64 slot = cpu.engine().gpr(i.rb()) & 0xFFF;
  cpu.engine().set_gpr(i.rt(), slot < cpu.options().slb_slots ? cpu.state().slb[slot].esid : 0);
  return Outcome::done;
}

Outcome slbfee(Processor& cpu, Instruction i) {
  Engine& engine = cpu.engine();
  const int slot = find_segment(cpu.state(), cpu.options().slb_slots, engine.gpr(i.rb()));
  engine.set_gpr(i.rt(), slot < 0 ? 0 : cpu.state().slb[static_cast<size_t>(slot)].vsid);
  // CR0 is 0b00, found, 0. SIMPLIFIED: SO, which only mfxer can read, is taken as 0.
  engine.set_cr((engine.cr() & 0x0FFFFFFF) | (slot < 0 ? 0 : 0x20000000));
  return Outcome::done;
}

// A partition invalidates through H_REMOVE, and these are hypervisor instructions since POWER7; harmless all the same.
Outcome tlbie(Processor& cpu, Instruction) {
  cpu.forget_translations();
  return Outcome::done;
}

// The moment at which a program may rely on new instructions: what a device wrote meanwhile must be seen. What processors
// stored has been seen already.
Outcome icbi(Processor& cpu, Instruction) {
  if (cpu.code().changes_reported()) cpu.code().drop_written();
  return Outcome::done;
}

}  // namespace cpu
