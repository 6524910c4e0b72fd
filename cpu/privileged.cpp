// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/privileged.h"

#include <array>

#include <sys/random.h>

#include "cpu/decimal_assist.h"
#include "cpu/missing.h"
#include "cpu/privileged_memory.h"
#include "cpu/processor.h"
#include "cpu/spr.h"
#include "cpu/transactional.h"

namespace cpu {

namespace {

constexpr u32 x_form(u32 extended) { return 31u << 26 | extended << 1; }
constexpr u32 xl_form(u32 extended) { return 19u << 26 | extended << 1; }
constexpr u32 by_extended = 0xFC0007FE;

Outcome nothing(Processor&, Instruction) { return Outcome::done; }

Outcome mfmsr(Processor& cpu, Instruction i) {
  cpu.engine().set_gpr(i.rt(), cpu.state().msr);
  return Outcome::done;
}

// L=1 changes EE and RI only. HV, ME and LE are not the guest's to change here; problem state comes with translation on.
Outcome move_to_msr(Processor& cpu, Instruction i, u64 value, u64 changeable) {
  const u64 old = cpu.state().msr;
  if (i.l_bit()) changeable = msr::ee | msr::ri;
  u64 changed = (old & ~changeable) | (value & changeable);
  if (!i.l_bit() && (changed & msr::pr)) changed |= msr::ee | msr::ir | msr::dr;
  if (!legal_transition(old, changed)) return Outcome::bad_transaction_state;
  cpu.change_msr(changed);
  cpu.enter_transaction_state();
  return Outcome::done;
}

Outcome mtmsr(Processor& cpu, Instruction i) {
  return move_to_msr(cpu, i, cpu.engine().gpr(i.rt()), cpu.allowed_msr() & 0xFFFFFFFF & ~(msr::me | msr::le));
}

Outcome mtmsrd(Processor& cpu, Instruction i) {
  return move_to_msr(cpu, i, cpu.engine().gpr(i.rt()), cpu.allowed_msr() & ~(msr::me | msr::le));
}

Outcome return_to(Processor& cpu, u64 target, u64 wanted) {
  const Registers& state = cpu.state();
  u64 value = (wanted & cpu.allowed_msr() & ~msr::me) | (state.msr & msr::me);
  if (!legal_transition(state.msr, value)) return Outcome::bad_transaction_state;
  if (value & msr::pr) value |= msr::ee | msr::ir | msr::dr;
  cpu.change_msr(value);
  cpu.jump(target & ~u64{3});
  cpu.enter_transaction_state();
  return Outcome::done;
}

Outcome rfid(Processor& cpu, Instruction) { return return_to(cpu, cpu.state().srr0, cpu.state().srr1); }
Outcome rfscv(Processor& cpu, Instruction) { return return_to(cpu, cpu.engine().lr(), cpu.engine().ctr()); }

// To itself only: a core has one thread here.
Outcome msgsndp(Processor& cpu, Instruction i) {
  constexpr u64 doorbell_type = 5;
  const u64 message = cpu.engine().gpr(i.rb());
  if ((message >> 27 & 31) == doorbell_type && (message & 0x7F) == 0) cpu.state().spr[spr_doorbell] = 1;
  return Outcome::done;
}

Outcome msgclrp(Processor& cpu, Instruction) {
  cpu.state().spr[spr_doorbell] = 0;
  return Outcome::done;
}

// The engine would use its own TAR: ours is behind FSCR.
Outcome bctar(Processor& cpu, Instruction i) {
  if (!cpu.has_facility_control()) return Outcome::illegal;
  constexpr u64 tar_facility = 8;
  if (cpu.problem_state() && !(cpu.state().fscr >> tar_facility & 1)) return cpu.facility_unavailable(tar_facility);
  const u32 bo = static_cast<u32>(i.rt());
  Engine& engine = cpu.engine();
  bool taken = true;
  if (!(bo & 4)) {
    const u64 ctr = engine.ctr() - 1;
    engine.set_ctr(ctr);
    const bool zero = (cpu.sixty_four_bit() ? ctr : ctr & 0xFFFFFFFF) == 0;
    taken = zero == static_cast<bool>(bo & 2);
  }
  if (!(bo & 16)) taken = taken && (engine.cr() >> (31 - i.ra()) & 1) == (bo >> 3 & 1);
  if (i.word & 1) engine.set_lr(cpu.pc());
  if (taken) cpu.jump(cpu.state().tar & ~u64{3});
  return Outcome::done;
}

Outcome rfebb(Processor& cpu, Instruction i) {
  if (!cpu.has_facility_control()) return Outcome::illegal;
  constexpr u64 ebb_facility = 7;
  if (cpu.problem_state() && !(cpu.state().fscr >> ebb_facility & 1)) return cpu.facility_unavailable(ebb_facility);
  constexpr u32 ebbrr = 805, bescr = 806;
  constexpr u64 enabled = u64{1} << 63;
  u64& control = cpu.state().spr[bescr];
  control = i.word & 0x800 ? control | enabled : control & ~enabled;
  cpu.jump(cpu.state().spr[ebbrr] & ~u64{3});
  return Outcome::done;
}

// L: 32 bits, 64 bits, 64 raw bits; of 3 nobody says what it is. All ones mean that there is no number now.
Outcome darn(Processor& cpu, Instruction i) {
  const u32 kind = i.word >> 16 & 3;
  u64 number = ~u64{0};
  if (kind != 3 && getrandom(&number, sizeof number, GRND_NONBLOCK) == sizeof number && kind == 0) number &= 0xFFFFFFFF;
  cpu.engine().set_gpr(i.rt(), number);
  return Outcome::done;
}

Outcome scv(Processor& cpu, Instruction i) {
  constexpr u64 scv_facility = 12;
  if (cpu.problem_state() && !(cpu.state().fscr >> scv_facility & 1)) return cpu.facility_unavailable(scv_facility);
  cpu.vectored_system_call(i.level());
  return Outcome::interrupted;
}

// SIMPLIFIED: there is no accelerator to paste to: copy does nothing, and paste. answers that nothing was taken.
Outcome paste(Processor& cpu, Instruction) {
  cpu.engine().set_cr(cpu.engine().cr() & 0x0FFFFFFF);
  return Outcome::done;
}

// To the engine it is nothing; but whoever shares this host thread may be what is waited for.
Outcome lower_priority(Processor& cpu, Instruction) {
  cpu.priority_lowered();
  return Outcome::done;
}

using enum Who;
constexpr auto traps = EngineDoes::trap;
constexpr auto runs_on = EngineDoes::something_else;

// In the order of their extended opcodes. A row with `runs_on` costs a trap wherever a user program may execute it.
constexpr Privileged table[] = {
    {by_extended, xl_form(18), "rfid", supervisor, traps, rfid, Touches::own},
    {by_extended, xl_form(82), "rfscv", supervisor, traps, rfscv, Touches::own},
    {by_extended, xl_form(146), "rfebb", anyone, runs_on, rfebb},
    {by_extended, xl_form(560), "bctar", anyone, runs_on, bctar},

    {by_extended, x_form(30), "wait", anyone, runs_on, nothing, Touches::own},  // would halt the engine
    {by_extended, x_form(62), "wait", anyone, runs_on, nothing, Touches::own},  // its older number
    {by_extended, x_form(74), "addg6s", anyone, traps, addg6s, Touches::own},
    {by_extended, x_form(83), "mfmsr", supervisor, traps, mfmsr, Touches::own},
    {by_extended, x_form(142), "msgsndp", supervisor, traps, msgsndp},
    {by_extended, x_form(146), "mtmsr", supervisor, traps, mtmsr, Touches::own},
    {by_extended, x_form(174), "msgclrp", supervisor, traps, msgclrp},
    {by_extended, x_form(178), "mtmsrd", supervisor, traps, mtmsrd, Touches::own},
    {by_extended, x_form(274), "tlbiel", supervisor, traps, tlbie, Touches::own},
    {by_extended, x_form(282), "cdtbcd", anyone, traps, cdtbcd, Touches::own},
    {by_extended, x_form(306), "tlbie", supervisor, traps, tlbie, Touches::own},
    {by_extended, x_form(314), "cbcdtd", anyone, traps, cbcdtd, Touches::own},
    // What these are about, entries of other sources than slbmte, nobody has made.
    {by_extended, x_form(338), "slbsync", supervisor, traps, nothing, Touches::own},
    {by_extended, x_form(339), "mfspr", anyone, runs_on, mfspr, Touches::own},
    {by_extended, x_form(370), "tlbia", supervisor, traps, tlbie, Touches::own},
    {by_extended, x_form(371), "mftb", anyone, runs_on, mftb, Touches::own},  // the engine's time base stands still
    {by_extended, x_form(402), "slbmte", supervisor, traps, slbmte, Touches::own},
    {by_extended, x_form(434), "slbie", supervisor, traps, slbie, Touches::own},
    {by_extended, x_form(466), "slbieg", supervisor, traps, nothing, Touches::own},
    {by_extended, x_form(467), "mtspr", anyone, runs_on, mtspr, Touches::own},
    {by_extended, x_form(498), "slbia", supervisor, traps, slbia, Touches::own},
    {by_extended, x_form(566), "tlbsync", supervisor, traps, nothing, Touches::own},
    {by_extended, x_form(654), "tbegin.", anyone, traps, tbegin},
    {by_extended, x_form(686), "tend.", anyone, traps, tend},
    {by_extended, x_form(718), "tcheck", anyone, traps, tcheck},
    {by_extended, x_form(750), "tsr.", anyone, traps, tsr},
    {by_extended, x_form(755), "darn", anyone, runs_on, darn, Touches::own},
    {by_extended, x_form(774), "copy", anyone, traps, nothing, Touches::own},
    {by_extended, x_form(782), "tabortwc.", anyone, traps, tabortwc},
    {by_extended, x_form(814), "tabortdc.", anyone, traps, tabortdc},
    {by_extended, x_form(846), "tabortwci.", anyone, traps, tabortwci},
    {by_extended, x_form(850), "slbiag", supervisor, traps, nothing, Touches::own},
    {by_extended, x_form(851), "slbmfev", supervisor, traps, slbmfev, Touches::own},
    {by_extended, x_form(878), "tabortdci.", anyone, traps, tabortdci},
    {by_extended, x_form(886), "msgsync", supervisor, traps, nothing, Touches::own},
    {by_extended, x_form(902), "paste.", anyone, traps, paste},
    {by_extended, x_form(910), "tabort.", anyone, traps, tabort},
    {by_extended, x_form(915), "slbmfee", supervisor, traps, slbmfee, Touches::own},
    {by_extended, x_form(942), "treclaim.", supervisor, traps, treclaim},
    {by_extended, x_form(979), "slbfee.", supervisor, traps, slbfee, Touches::own},
    {by_extended, x_form(982), "icbi", anyone, runs_on, icbi},
    {by_extended, x_form(1006), "trechkpt.", supervisor, traps, trechkpt},
};

// These are not known by an extended opcode: scv has none, and all of `or` has that of the other.
constexpr Privileged vectored_call = {0xFC000003, 0x44000001, "scv", anyone, traps, scv, Touches::own};
constexpr Privileged priority = {0xFFFFFFFF, 0x7C210B78, "or 1,1,1", anyone, runs_on, lower_priority, Touches::own};

// Row + 1 by primary opcode (19 or 31) and extended opcode.
constexpr auto index = [] {
  std::array<u8, 2048> rows{};
  u8 number = 0;
  for (const Privileged& row : table) rows[(row.match >> 26 == 31) * 1024 + (row.match >> 1 & 0x3FF)] = ++number;
  return rows;
}();

}  // namespace

const Privileged* find_privileged(Instruction i) {
  if (i.opcode() != 31 && i.opcode() != 19)
    return (i.word & vectored_call.mask) == vectored_call.match ? &vectored_call : nullptr;
  if (lowers_priority(i)) return &priority;
  const u8 row = index[(i.opcode() == 31) * 1024 + i.extended()];
  return row ? &table[row - 1] : nullptr;
}

bool must_not_run(Instruction i) {
  if (i.opcode() == 4) {
    const Missing* missing = find_missing(i);
    return missing && missing->engine == EngineDoes::something_else;
  }
  const Privileged* row = find_privileged(i);
  if (!row || row->engine == EngineDoes::trap) return false;
  return !((row->run == mfspr || row->run == mtspr) && engine_has_spr(i.spr()));
}

}  // namespace cpu
