// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/transactional.h"

#include <optional>
#include <tuple>

#include "cpu/processor.h"
#include "cpu/spr.h"

namespace cpu {

namespace {

constexpr u64 deepest = 62;

u64 state_of(const Processor& cpu) { return cpu.msr() & msr::transaction_state; }

// A bit, MSR[TS], a bit.
u32 condition(u64 state, bool first) {
  return (first ? 8U : 0U) | (state & msr::transactional ? 4U : 0U) | (state & msr::suspended ? 2U : 0U);
}
void set_field(Processor& cpu, u32 field, u32 value) {
  const u32 shift = 28 - 4 * field;
  cpu.engine().set_cr((cpu.engine().cr() & ~(15U << shift)) | value << shift);
}
// CR0 tells of the state before the instruction.
Outcome done(Processor& cpu, u64 state) {
  set_field(cpu, 0, condition(state, false));
  return Outcome::done;
}

std::optional<Outcome> unavailable(Processor& cpu) {
  if (!cpu.has_facility_control()) return Outcome::illegal;
  if (!(cpu.msr() & msr::tm)) return cpu.facility_unavailable(facility_tm);
  return std::nullopt;
}

// Of an instruction that may be executed at any time, but does something in a transaction only.
Outcome abort_if(Processor& cpu, bool condition_holds, u64 failure_code) {
  if (const auto no = unavailable(cpu)) return *no;
  const u64 state = state_of(cpu);
  if (condition_holds && state != 0) {
    cpu.record_failure(texasr::code(failure_code) | texasr::abort | texasr::exact, cpu.pc() - 4);
    cpu.fail_transaction();
    if (state == msr::transactional) return Outcome::done;
  }
  return done(cpu, state);
}

template <class T>
bool compares(u32 conditions, T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return (conditions & 16 && a < b) || (conditions & 8 && a > b) || (conditions & 4 && a == b) ||
         (conditions & 2 && static_cast<Unsigned>(a) < static_cast<Unsigned>(b)) ||
         (conditions & 1 && static_cast<Unsigned>(a) > static_cast<Unsigned>(b));
}
constexpr u64 by_condition = 0;
u32 conditions(Instruction i) { return static_cast<u32>(i.rt()); }
s64 immediate(Instruction i) { return i.rb() >= 16 ? i.rb() - 32 : i.rb(); }

}  // namespace

bool legal_transition(u64 old_msr, u64 new_msr) {
  const u64 from = old_msr & msr::transaction_state, to = new_msr & msr::transaction_state;
  return from == to ? to != msr::transaction_state : from == msr::suspended && to == msr::transactional;
}

Outcome tbegin(Processor& cpu, Instruction i) {
  if (const auto no = unavailable(cpu)) return *no;
  const u64 state = state_of(cpu);
  u64& status = cpu.state().spr[spr_texasr];
  if (state == 0) {
    const bool rollback_only = i.word >> 21 & 1;
    status = (rollback_only ? texasr::rollback_only : 0) | 1;
    cpu.ask_outside(Processor::Outside::begin);
    return Outcome::done;
  }
  if (state == msr::transactional) {
    if ((status & texasr::level) == deepest) {
      cpu.record_failure(texasr::nesting_overflow | texasr::persistent | texasr::exact, cpu.pc() - 4);
      cpu.fail_transaction();
      return Outcome::done;
    }
    ++status;
  }
  return done(cpu, state);
}

Outcome tend(Processor& cpu, Instruction i) {
  if (const auto no = unavailable(cpu)) return *no;
  const u64 state = state_of(cpu);
  if (state == msr::suspended) return Outcome::bad_transaction_state;
  if (state == msr::transactional) {
    const bool all_levels = i.word >> 25 & 1;
    u64& status = cpu.state().spr[spr_texasr];
    if (all_levels || (status & texasr::level) <= 1) {
      status &= ~texasr::level;
      cpu.commit_transaction();
    } else {
      --status;
    }
  }
  return done(cpu, state);
}

Outcome tcheck(Processor& cpu, Instruction i) {
  if (const auto no = unavailable(cpu)) return *no;
  set_field(cpu, i.word >> 23 & 7, condition(state_of(cpu), cpu.state().transaction_failed));
  return Outcome::done;
}

Outcome tsr(Processor& cpu, Instruction i) {
  if (const auto no = unavailable(cpu)) return *no;
  const u64 state = state_of(cpu);
  const bool resume = i.word >> 21 & 1;
  done(cpu, state);
  if (resume && state == msr::suspended) cpu.resume_transaction();
  if (!resume && state == msr::transactional) cpu.suspend_transaction();
  return Outcome::done;
}

Outcome tabort(Processor& cpu, Instruction i) { return abort_if(cpu, true, i.ra() ? cpu.engine().gpr(i.ra()) & 0xFF : 1); }
Outcome tabortwc(Processor& cpu, Instruction i) {
  return abort_if(cpu,
                  compares(conditions(i), static_cast<s32>(cpu.engine().gpr(i.ra())), static_cast<s32>(cpu.engine().gpr(i.rb()))),
                  by_condition);
}
Outcome tabortwci(Processor& cpu, Instruction i) {
  return abort_if(cpu, compares(conditions(i), static_cast<s32>(cpu.engine().gpr(i.ra())), static_cast<s32>(immediate(i))),
                  by_condition);
}
Outcome tabortdc(Processor& cpu, Instruction i) {
  return abort_if(cpu,
                  compares(conditions(i), static_cast<s64>(cpu.engine().gpr(i.ra())), static_cast<s64>(cpu.engine().gpr(i.rb()))),
                  by_condition);
}
Outcome tabortdci(Processor& cpu, Instruction i) {
  return abort_if(cpu, compares(conditions(i), static_cast<s64>(cpu.engine().gpr(i.ra())), immediate(i)), by_condition);
}

Outcome treclaim(Processor& cpu, Instruction i) {
  if (const auto no = unavailable(cpu)) return *no;
  if (state_of(cpu) == 0) return Outcome::bad_transaction_state;
  const u64 cause = i.ra() ? cpu.engine().gpr(i.ra()) & 0xFF : 0;
  cpu.record_failure(texasr::code(cause) | texasr::exact, cpu.pc() - 4);
  cpu.ask_outside(Processor::Outside::reclaim);
  return Outcome::done;
}

Outcome trechkpt(Processor& cpu, Instruction) {
  if (const auto no = unavailable(cpu)) return *no;
  if (state_of(cpu) != 0 || !(cpu.state().spr[spr_texasr] & texasr::failed)) return Outcome::bad_transaction_state;
  cpu.ask_outside(Processor::Outside::recheckpoint);
  return Outcome::done;
}

// ---- what the processor does ----

namespace {

Checkpoint checkpoint_of(const Registers& r) {
  return {r.gpr, r.lr, r.ctr, r.cr, r.xer, r.vsr, r.fpscr, r.vscr, r.vrsave, r.tar, r.dscr, r.spr[spr_amr], r.spr[spr_ppr]};
}
void put_back(const Checkpoint& c, Registers& r) {
  std::tie(r.gpr, r.lr, r.ctr, r.cr, r.xer, r.vsr, r.fpscr, r.vscr, r.vrsave, r.tar, r.dscr, r.spr[spr_amr], r.spr[spr_ppr]) =
      std::tie(c.gpr, c.lr, c.ctr, c.cr, c.xer, c.vsr, c.fpscr, c.vscr, c.vrsave, c.tar, c.dscr, c.amr, c.ppr);
}
void set_cr0(u32& cr, u32 value) { cr = (cr & 0x0FFFFFFF) | value << 28; }
constexpr u32 cr0_of_a_failure = 0b1010;

}  // namespace

// Registers that only instructions can reach are saved and loaded outside the engine.
void Processor::ask_outside(Outside what) {
  outside_ = what;
  leave();
}

// The first failure stays.
void Processor::record_failure(u64 how, u64 address) {
  u64& status = registers_.spr[spr_texasr];
  if (status & texasr::failed) return;
  const u64 kept = status & (texasr::rollback_only | texasr::level);
  status = kept | how | texasr::failed | (registers_.msr & msr::suspended ? texasr::suspended : 0) |
           (problem_state() ? texasr::problem_state : 0);
  registers_.spr[spr_tfiar] = (address & ~u64{3}) | (problem_state() ? 1 : 0);
}

void Processor::fail_transaction() {
  registers_.transaction_failed = true;
  if (footprint_) footprint_->discard();
  if (registers_.msr & msr::transactional) ask_outside(Outside::fail);
}

// Somebody else gets to run. How it has failed is told when it is active again, or by the kernel.
void Processor::interrupt_transaction() {
  if (!(registers_.msr & msr::transaction_state)) return;
  registers_.transaction_failed = true;
  if (footprint_) footprint_->discard();
}

void Processor::commit_transaction() {
  footprint_->commit(memory_);
  change_msr(registers_.msr & ~msr::transaction_state);
}

void Processor::suspend_transaction() {
  engine_->flush_tlb(of_a_suspended_transaction);
  change_msr((registers_.msr & ~msr::transaction_state) | msr::suspended);
}

void Processor::resume_transaction() {
  change_msr((registers_.msr & ~msr::transaction_state) | msr::transactional);
  enter_transaction_state();
}

void Processor::enter_transaction_state() {
  if (registers_.transaction_failed && (registers_.msr & msr::transactional)) ask_outside(Outside::fail);
}

void Processor::work_outside() {
  const Outside what = std::exchange(outside_, Outside::nothing);
  const u64 state = registers_.msr & msr::transaction_state;
  switch (what) {
    case Outside::nothing:
      return;
    case Outside::begin:
      return begin_transaction();
    case Outside::fail: {
      record_failure(texasr::implementation_specific, pc_);
      Registers all = save();
      put_back(registers_.checkpoint, all);
      set_cr0(all.cr, cr0_of_a_failure);
      all.pc = all.spr[spr_tfhar];
      all.msr &= ~msr::transaction_state;
      all.transaction_failed = false;
      return put_in(all);
    }
    case Outside::reclaim: {
      interrupt_transaction();
      Registers all = save();
      put_back(registers_.checkpoint, all);
      set_cr0(all.cr, state & msr::transactional ? 0b0100 : 0b0010);
      all.msr &= ~msr::transaction_state;
      all.transaction_failed = false;
      return put_in(all);
    }
    case Outside::recheckpoint:
      registers_.checkpoint = checkpoint_of(save());
      engine_->set_cr(engine_->cr() & 0x0FFFFFFF);
      registers_.transaction_failed = true;
      return change_msr(registers_.msr | msr::suspended);
  }
}

void Processor::begin_transaction() {
  registers_.spr[spr_tfhar] = pc_;
  lose_reservation();
  // Each access must be looked at, so transactions need a TLB of their own.
  if (engine_->tlbs() == 1 || !footprint_) {
    record_failure(texasr::implementation_specific | texasr::persistent | texasr::exact, pc_ - 4);
    u32 cr = engine_->cr();
    set_cr0(cr, cr0_of_a_failure);
    return engine_->set_cr(cr);
  }
  engine_->set_cr(engine_->cr() & 0x0FFFFFFF);
  registers_.checkpoint = checkpoint_of(save());
  registers_.transaction_failed = false;
  footprint_->discard();
  engine_->flush_tlb(of_a_transaction);
  change_msr(registers_.msr | msr::transactional);
}

// Only stores get a copy; from then on, all accesses to the page go there.
bool Processor::fill_in_transaction(const Remembered& entry, u64 page_address, Access access, Mapping& mapping) {
  u64 copy = footprint_->copy_of(entry.page);
  if (registers_.msr & msr::suspended) {
    if (access == Access::read) {
      mapping = {.physical = footprint_at + copy, .read = true};
      return true;
    }
    // A store that is not part of the transaction, to a page of it.
    engine_->sync_pc();
    record_failure(texasr::self_induced_conflict | texasr::exact, engine_->pc());
    fail_transaction();
    return refuse(PendingFault::Kind::again, Fault::none, page_address, access);
  }
  if (access == Access::write && copy == Footprint::none) {
    copy = footprint_->add(entry.page, memory_.host() + (entry.page << emu::page_shift));
    if (copy == Footprint::none) {
      engine_->sync_pc();
      record_failure(texasr::footprint_overflow | texasr::persistent | texasr::exact, engine_->pc());
      registers_.transaction_failed = true;
      return refuse(PendingFault::Kind::again, Fault::none, page_address, access);
    }
    engine_->flush_tlb(of_a_transaction);  // the page may have been read under another address
  }
  mapping = {.physical = copy == Footprint::none ? entry.page << emu::page_shift : footprint_at + copy,
             .read = entry.read,
             .write = access == Access::write};
  return true;
}

}  // namespace cpu
