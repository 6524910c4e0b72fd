// SPDX-License-Identifier: GPL-2.0-or-later
// Which interrupt the guest gets for what, and how it gets it. (Book III chapter 6; vectors in their order there)
#include "cpu/disassembly.h"
#include "cpu/effective_address.h"
#include "cpu/missing.h"
#include "cpu/privileged.h"
#include "cpu/processor.h"

namespace cpu {

namespace {

constexpr u64 relocated_vectors = 0xC000000000004000;  // AIL = 3
constexpr u64 h_privilege = static_cast<u64>(-3);
constexpr u32 decimal_or_single = 59, vsx_scalar = 60, double_precision = 63;

bool computes_floating_point(Instruction i) {
  return i.opcode() == decimal_or_single || i.opcode() == vsx_scalar || i.opcode() == double_precision;
}

}  // namespace

void Processor::interrupt(u64 vector, u64 return_address, u64 reasons) {
  ++counters_.interrupts;
  if (options_.trace) options_.trace(describe_interrupt(vector, return_address));
  const u64 old = registers_.msr;
  if (monitor_.on && return_address + 4 == pc_) take_back_instruction();
  interrupt_transaction();
  registers_.srr0 = return_address;
  registers_.srr1 = (old & ~srr1::reasons) | reasons;
  u64 fresh = msr::sf | (old & msr::me) | (registers_.little_endian_interrupts ? msr::le : 0);
  if (vector == 0x200) fresh &= ~msr::me;
  if (old & msr::transaction_state) fresh |= msr::suspended;
  // Translation stays on if it was on altogether; never for a system reset or a machine check.
  const bool relocated = registers_.ail == 3 && (old & msr::ir) && (old & msr::dr) && vector != 0x100 && vector != 0x200;
  if (relocated) fresh |= msr::ir | msr::dr;
  change_msr(fresh);
  jump(vector + (relocated ? relocated_vectors : 0));
}

// scv: no SRR0 and no SRR1; LR and CTR have where to go on, and MSR. Interrupts stay enabled if they were. (Book III chapter 6)
void Processor::vectored_system_call(u64 level) {
  constexpr u64 vectors = 0x17000, relocated = 0xC000000000003000, bytes = 32;
  ++counters_.interrupts;
  if (options_.trace) options_.trace(describe_interrupt(vectors + level * bytes, pc_));
  const u64 old = registers_.msr;
  interrupt_transaction();
  engine_->set_lr(pc_);
  engine_->set_ctr(old);
  u64 fresh = msr::sf | (old & (msr::me | msr::ee | msr::ri)) | (registers_.little_endian_interrupts ? msr::le : 0);
  const bool translated = registers_.ail == 3 && (old & msr::ir) && (old & msr::dr);
  if (translated) fresh |= msr::ir | msr::dr;
  change_msr(fresh);
  jump((translated ? relocated : vectors) + level * bytes);
}

void Processor::deliver(Interrupt which) {
  switch (which) {
    case Interrupt::system_reset:
      return interrupt(0x100, pc_, 0);
    case Interrupt::machine_check:
      return interrupt(0x200, pc_, srr1::machine_check_data);
    case Interrupt::program:
      return interrupt(0x700, pc_, srr1::privileged);
  }
}

bool Processor::deliver_pending() {
  if (!(registers_.msr & msr::ee)) return false;
  if (external_.load(std::memory_order_relaxed)) {
    interrupt(0x500, pc_, 0);
  } else if (registers_.decrementer_pending) {
    interrupt(0x900, pc_, 0);
  } else if (alert_waits(registers_)) {
    interrupt(0xF00, pc_, 0);
  } else if (registers_.spr[spr_doorbell] & 1) {
    registers_.spr[spr_doorbell] = 0;
    interrupt(0xA00, pc_, 0);
  } else {
    return false;
  }
  return true;
}

// A fault of the memory management: 0x300, 0x380 for data, 0x400, 0x480 for instructions, 0x200 if there is no memory.
void Processor::storage_interrupt(const PendingFault& fault, u64 pc) {
  if (fault.access == Access::fetch) {
    switch (fault.fault) {
      case Fault::segment:
        return interrupt(0x480, pc, 0);
      case Fault::no_memory:
        return interrupt(0x200, pc, srr1::machine_check_fetch);
      case Fault::protection:
        return interrupt(0x400, pc, srr1::protection);
      case Fault::key:
        return interrupt(0x400, pc, srr1::key);
      case Fault::no_execute:
        return interrupt(0x400, pc, srr1::no_execute);
      case Fault::no_page:
      case Fault::none:
        return interrupt(0x400, pc, srr1::no_page);
    }
  }
  // An access that crosses into the page faults at the page's beginning.
  u64 address = fault.page_address;
  Instruction i;
  Fault ignored;
  if (fetch(pc, i, ignored))
    if (const auto exact = effective_address(i, *engine_, sixty_four_bit()))
      if ((*exact ^ fault.page_address) < emu::page_size) address = *exact;
  registers_.dar = address;
  if (fault.fault == Fault::segment) return interrupt(0x380, pc, 0);
  registers_.dsisr = fault.access == Access::write ? dsisr::store : 0;
  if (fault.fault == Fault::no_memory) return interrupt(0x200, pc, srr1::machine_check_data);
  registers_.dsisr |= fault.fault == Fault::protection ? dsisr::protection
                      : fault.fault == Fault::key      ? dsisr::key
                                                       : dsisr::no_page;
  interrupt(0x300, pc, 0);
}

void Processor::alignment_interrupt(u64 pc) {
  Instruction i;
  Fault ignored;
  if (fetch(pc, i, ignored)) {
    registers_.dar = effective_address(i, *engine_, sixty_four_bit()).value_or(0);
    registers_.dsisr = alignment_dsisr(i);
  }
  interrupt(0x600, pc, 0);
}

Outcome Processor::facility_unavailable(u64 facility) {
  registers_.fscr = (registers_.fscr & ~(u64{0xFF} << 56)) | facility << 56;
  interrupt(0xF60, pc_ - 4, 0);
  return Outcome::interrupted;
}

void Processor::system_call(u64 pc) {
  Instruction i;
  Fault fault;
  if (!fetch(pc, i, fault)) return storage_interrupt({PendingFault::Kind::storage, fault, pc, Access::fetch}, pc);
  if (i.level() != 1) return interrupt(0xC00, pc + 4, 0);
  if (problem_state()) return engine_->set_gpr(3, h_privilege);
  interrupt_transaction();
  hypercall_asked_ = true;
  leave();
}

// What the engine reported as a program interrupt, an illegal instruction or an unavailable facility: mostly it is an
// instruction of ours.
void Processor::perform_instruction(Exception exception, u64 pc) {
  Instruction i;
  Fault fault = Fault::none;
  if (!fetch(pc, i, fault)) return storage_interrupt({PendingFault::Kind::storage, fault, pc, Access::fetch}, pc);

  Outcome outcome = exception == Exception::illegal ? Outcome::illegal : Outcome::privileged;
  if (code_.lacks(i)) {
    outcome = Outcome::illegal;
  } else if (for_several() && is_quadword_access(i) && !alone_) {
    return execute_alone(pc);
  } else if (const Privileged* row = find_privileged(i)) {
    ++counters_.emulated;
    outcome = row->who == Who::supervisor && problem_state() ? Outcome::privileged : row->run(*this, i);
  } else if (const Missing* missing = find_missing(i);
             missing && (exception == Exception::illegal || missing->engine == EngineDoes::something_else)) {
    if (!(mode_ & missing->facility)) return facility_missing(missing->facility, missing->vector, pc);
    u32 loaded = 0;
    if (missing->loads_word() && !load_word(i, pc, loaded)) return;
    const auto enabled = engine_->perform_missing(i.word, loaded);
    if (enabled && *enabled && (registers_.msr & (msr::fe0 | msr::fe1))) return interrupt(0x700, pc, srr1::floating_point);
    if (enabled) outcome = Outcome::done;
  } else if (exception == Exception::facility_unavailable || exception == Exception::hypervisor_facility_unavailable) {
    outcome = has_facility_control() ? facility_unavailable(facility_tm) : Outcome::illegal;
  } else if (exception == Exception::program && is_trap(i)) {
    return interrupt(0x700, pc, srr1::trap);
  } else if (exception == Exception::program && computes_floating_point(i)) {
    return interrupt(0x700, pc, srr1::floating_point);
  }
  switch (outcome) {
    case Outcome::done:
    case Outcome::interrupted:
      return;
    case Outcome::privileged:
      return interrupt(0x700, pc, srr1::privileged);
    case Outcome::illegal:
      return interrupt(0x700, pc, srr1::illegal);
    case Outcome::bad_transaction_state:
      return interrupt(0x700, pc, srr1::bad_transaction_state);
  }
}

// To the engine; the guest may have it.
void Processor::facility_missing(u64 facility, u64 vector, u64 pc) {
  if (!(registers_.msr & facility)) return interrupt(vector, pc, 0);
  facilities_needed_ = true;
  take_back_instruction();
  jump(pc);
}

void Processor::perform(Exception exception, u64 pc) {
  switch (exception) {
    case Exception::program:
    case Exception::illegal:
    case Exception::facility_unavailable:
    case Exception::hypervisor_facility_unavailable:
      return perform_instruction(exception, pc);
    case Exception::alone:
      return execute_alone(pc);
    case Exception::system_call:
      return system_call(pc);
    case Exception::alignment:
    case Exception::data_storage:
      return alignment_interrupt(pc);
    case Exception::floating_point_unavailable:
      return facility_missing(msr::fp, 0x800, pc);
    case Exception::vector_unavailable:
      return facility_missing(msr::vec, 0xF20, pc);
    case Exception::vsx_unavailable:
      return facility_missing(msr::vsx, 0xF40, pc);
  }
  trouble_ = "The engine reported exception " + std::to_string(static_cast<u32>(exception)) + ", which nobody expects.";
  leave();
}

}  // namespace cpu
