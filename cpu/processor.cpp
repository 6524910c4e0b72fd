// SPDX-License-Identifier: GPL-2.0-or-later
// One file: what a processor does between two runs of its engine needs all of its registers.
#include "cpu/processor.h"

#include <array>
#include <cassert>
#include <utility>

#include <sys/mman.h>

#include "cpu/disassembly.h"
#include "cpu/effective_address.h"
#include "cpu/privileged.h"
#include "cpu/stub.h"
#include "emu/core/huge_pages.h"

namespace cpu {

namespace {

// Inside the engine, as pool_at.
constexpr u64 scratch_at = u64{1} << 41;

constexpr u64 remembered_entries = 1024;
constexpr u64 page_mask = ~(emu::page_size - 1);

// The engine enlarges a TLB only when it flushes it: whoever fills so many entries meanwhile has a use for a larger one.
constexpr u64 many_fills = 5000;

}  // namespace

emu::Result<std::unique_ptr<Cpu>> Cpu::create(const CpuOptions& options, emu::GuestMemory& memory, HashPageTable& table,
                                              Supervisor& supervisor, const emu::Clock& clock) {
  assert(options.slb_slots <= 64);
  CodePages* code = table.code_pages(memory);
  if (!code) return emu::Error{"memory", "The host has no room for a partition's code pages."};
  auto processor = std::make_unique<Processor>(options, memory, table, supervisor, clock, *code);
  if (auto status = processor->open(); !status) return status.error();
  return std::unique_ptr<Cpu>(std::move(processor));
}

Processor::Processor(const CpuOptions& options, emu::GuestMemory& memory, HashPageTable& table, Supervisor& supervisor,
                     const emu::Clock& clock, CodePages& code)
    : options_(options),
      isa_(isa_of(options.pvr)),
      memory_(memory),
      table_(table),
      supervisor_(supervisor),
      clock_(clock),
      code_(code),
      together_(table.together()),
      remembered_(remembered_entries) {
  registers_.msr = msr::sf | msr::me;
  code_.attach(isa_, for_several());
}

Processor::~Processor() {
  if (engine_) together_.leave(*this);
  engine_.reset();
  if (scratch_) munmap(scratch_, stub::bytes);
  code_.detach();
}

emu::Status Processor::open() {
  engine_ = TRY(code_.engines().make(*this, options_.trace ? Report::every_instruction : Report::exceptions_only));
  if (isa_ < Isa::v3_0) engine_->without_word_carries();
  void* scratch = mmap(nullptr, stub::bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (scratch == MAP_FAILED) return emu::Error{"memory", "The host has no room for a processor."};
  scratch_ = static_cast<u8*>(scratch);
  stub::assemble({scratch_, stub::bytes});
  static_assert(pool_at >= emu::real_address_end);
  // With its holes, to which nothing is translated.
  TRY(engine_->map(0, {memory_.host(), memory_.size()}));
  if (const auto& [address, size] = memory_.far(); size) TRY(engine_->map(address, memory_.raw(address, size)));
  TRY(engine_->map(pool_at, code_.pool()));
  TRY(engine_->map(scratch_at, {scratch_, stub::bytes}));
  if (options_.transactional_memory) {
    footprint_ = TRY(Footprint::create());
    TRY(engine_->map(footprint_at, footprint_->memory()));
  }
  load(registers_);
  if (for_several() && !engine_->translate_for_several(true))
    return emu::Error{"engine", "Unicorn does not let processors run at the same time."};
  together_.join(*this);
  return emu::success();
}

// ---- running ----

Stop Processor::run() {
  const std::lock_guard lock(together_);
  const Stop stop = run_until_stop();
  end_counting();
  interrupt_transaction();
  take_from_all();
  return stop;
}

Stop Processor::run_until_stop() {
  if (!trouble_.empty()) return Stop::broken;
  // (Beside others there is no turn that begins: a reservation compares values there, docs/fidelity.md.)
  if (code_.last_runner != this && !together_.several()) {
    // Another processor of this partition may have written meanwhile: a reservation compares values, which is not enough.
    if (code_.last_runner) lose_reservation();
    code_.last_runner = this;
  }
  notice_decrementer();
  begin_counting(Whose::guest);
  for (;;) {
    if (monitor_.on) look_at_counters();
    if (registers_.transaction_failed && (registers_.msr & msr::transactional)) {
      outside_ = Outside::fail;
      work_outside();
    }
    settle();
    if (kicked_.exchange(false)) {
      return Stop::kicked;
    }
    leave_ = false;
    fault_.kind = PendingFault::Kind::none;
    const Engine::Exit exit = run_engine();
    if (!leave_) pc_ = engine_->pc();
    if (const auto stop = after_engine(exit)) return *stop;
  }
}

std::optional<Stop> Processor::after_engine(Engine::Exit exit) {
  if (exit == Engine::Exit::failed) trouble_ = "The engine stopped: " + engine_->error() + ".";
  if (!trouble_.empty()) return Stop::broken;
  if (std::exchange(memory_lost_, false)) return Stop::lost_memory;
  const u64 step_from = step_pc_;
  const bool stepping = stepping_;
  if (stepping_) end_step();

  if (exit == Engine::Exit::fault && !leave_) {
    switch (fault_.kind) {
      case PendingFault::Kind::lost_memory:
        return Stop::lost_memory;
      case PendingFault::Kind::again:
        break;
      case PendingFault::Kind::storage:
        if (fault_.fault != Fault::no_memory || fault_.access == Access::fetch || !reach_device(fault_))
          storage_interrupt(fault_, pc_);
        else if (stepping && (step_msr_ & registers_.msr & msr::se))
          interrupt(0xD00, pc_, 0);
        break;
      case PendingFault::Kind::none:
        trouble_ = "The engine reported a fault that nobody raised.";
        return Stop::broken;
    }
    return std::nullopt;
  }
  work_outside();
  // A system call is not traced, and what turns tracing on or off is not either.
  if (stepping && stepped_ && !hypercall_asked_) {
    const bool branched = pc_ != step_from + 4;
    const u64 traced = step_msr_ & registers_.msr;
    if ((traced & msr::se) || ((traced & msr::be) && branched)) {
      registers_.spr[spr_siar] = step_from;
      registers_.spr[spr_sdar] = step_operand_;
      interrupt(0xD00, pc_, 0);
    }
  }
  if (hypercall_asked_) {
    hypercall_asked_ = false;
    ++counters_.hypercalls;
    if (monitor_.on) begin_counting(Whose::hypervisor);
    table_.changed_by(options_.number);
    supervisor_.hypercall(*this);
    if (monitor_.whose != Whose::guest) begin_counting(Whose::guest);
    if (stop_asked_) {
      stop_asked_ = false;
      return Stop::requested;
    }
  }
  // The guest branched to the engine's own way out, and nothing was executed there.
  if (pc_ == Engine::exit_address) {
    Instruction i;
    Fault fault = Fault::no_page;
    fetch(pc_, i, fault);
    storage_interrupt({PendingFault::Kind::storage, fault == Fault::none ? Fault::no_page : fault, pc_, Access::fetch}, pc_);
  }
  return std::nullopt;
}

// Everything that must have happened before the next guest instruction.
void Processor::settle() {
  deliver_pending();
  if (code_.changes_reported()) code_.drop_written();
  if (table_.generation() != table_generation_) forget_taken_back();
  if (step_asked_ || (registers_.msr & (msr::se | msr::be))) {
    step_asked_ = false;
    if (!begin_step()) return settle();
  }
  if (code_.pool_epoch() != pool_epoch_) {
    pool_epoch_ = code_.pool_epoch();
    engine_->flush_translations();
    flush_ = true;
  }
  settle_own();
}

void Processor::settle_own() {
  // What FPSCR has already begins to interrupt when MSR lets it.
  if ((registers_.msr & (msr::fe0 | msr::fe1)) && engine_->floating_exception_enabled())
    interrupt(0x700, pc_, srr1::floating_point | srr1::not_the_cause);
  const u64 wanted = wanted_mode();
  if (wanted != mode_) {
    if ((wanted ^ mode_) & msr::translation && engine_->tlbs() == 1) flush_ = true;
    mode_ = wanted;
    engine_->set_mode((wanted & engine_modes) | always_on, tlb_of(wanted));
  }
  if (flush_ || tlb_epoch_ != code_.tlb_epoch()) flush_engine();
}

u64 Processor::wanted_mode() const {
  u64 all = registers_.msr & (engine_modes | msr::translation);
  if (looks_at_accesses()) all |= registers_.msr & msr::transaction_state;
  return problem_state() || facilities_needed_ || stepping_ ? all : all & ~facilities;
}

// Each way to translate addresses has a TLB of its own: between a program and its kernel nothing is forgotten.
u32 Processor::tlb_of(u64 msr) const {
  if (engine_->tlbs() == 1) return 0;
  if (looks_at_accesses()) return registers_.msr & msr::suspended ? of_a_suspended_transaction : of_a_transaction;
  if (!(msr & msr::ir)) return msr & msr::dr ? only_fetches_real : real_mode;
  if (!(msr & msr::dr)) return only_data_real;
  return msr & msr::pr ? of_programs : of_the_kernel;
}

// The guest has taken translations back (H_REMOVE and its kin): mostly one, of a page that a program has returned.
void Processor::forget_taken_back() {
  const u32 tlbs = engine_->tlbs() == 1 ? 1u
                                        : 1u << of_programs | 1u << of_the_kernel | 1u << only_fetches_real |
                                              1u << only_data_real | 1u << of_a_transaction | 1u << of_a_suspended_transaction;
  const bool done = !flush_ && table_.taken_back_since(table_generation_, [&](const HashPageTable::TakenBack& taken) {
    return pages_reached(registers_, options_.slb_slots, taken, [&](u64 page) { engine_->flush_page(page, tlbs); });
  });
  if (!done) forget_translations();
  table_generation_ = table_.generation();
  fetched_.tag = 0;
}

void Processor::flush_engine() {
  engine_->flush_tlbs();
  ++counters_.flushes;
  flush_ = false;
  fills_ = 0;
  code_.flushed();
  tlb_epoch_ = code_.tlb_epoch();
}

void Processor::forget_translations() {
  // Zero is what an empty entry has.
  if (++generation_ == 0) {
    for (Remembered& entry : remembered_) entry = {};
    generation_ = 1;
  }
  flush_ = true;
}

void Processor::change_msr(u64 value) {
  if ((registers_.msr ^ value) & (facilities | msr::pr)) facilities_needed_ = false;
  const bool other_counters = monitor_.on && ((registers_.msr ^ value) & (msr::pr | msr::pmm));
  if (other_counters) count_until_now();
  registers_.msr = value;
  if (other_counters) counters_changed();
}

void Processor::jump(u64 pc) {
  pc_ = sixty_four_bit() ? pc : pc & 0xFFFFFFFF;
  redirected_ = true;
}

// ---- beside others ----

Processor::OutsideGuest::OutsideGuest(Processor& processor) : processor_(processor), was_inside_(processor.inside()) {
  if (!was_inside_) return;
  processor_.together_.come_out(processor_);
  processor_.catch_up();
}

Processor::OutsideGuest::~OutsideGuest() {
  if (!was_inside_) return;
  processor_.take_from_all();
  processor_.together_.enter(processor_);
}

Engine::Exit Processor::run_engine() {
  if (!together_.several()) return engine_->run(pc_);
  held_ = runs_alone();
  if (held_) {
    together_.only(this);
    if (!alone_) supervisor_.runs_alone(*this);
    return engine_->run(pc_);
  }
  take_from_all();
  together_.enter(*this);
  const Engine::Exit exit = engine_->run(pc_);
  together_.come_out(*this);
  return exit;
}

// Most of what traps is about this processor alone: that is done without the lock.
bool Processor::perform_inside(Exception exception) {
  u64 pc = engine_->pc() - 4;
  if (!sixty_four_bit()) pc &= 0xFFFFFFFF;
  if (options_.trace || stepping_ || monitor_.on || looks_at_accesses() || !all_as_before()) return false;
  if (exception == Exception::program) {
    Instruction i;
    const u8* word = remembered_word(pc);
    if (!word) return false;
    std::memcpy(&i.word, word, sizeof i.word);
    if (byte_order() == ByteOrder::big) i.word = emu::byte_swapped(i.word);
    const Privileged* row = find_privileged(i);
    if (!row || row->touches == Touches::shared || code_.lacks(i)) return false;
  } else if (exception != Exception::system_call && exception != Exception::floating_point_unavailable &&
             exception != Exception::vector_unavailable && exception != Exception::vsx_unavailable) {
    return false;
  }
  pc_ = pc + 4;
  redirected_ = false;
  perform(exception, pc);
  if (leave_ || step_asked_ || (registers_.msr & (msr::se | msr::be)) || looks_at_accesses() || !all_as_before()) {
    leave();
    engine_->stop();
    return true;
  }
  deliver_pending();
  settle_own();
  if (redirected_) engine_->set_pc(pc_);
  return true;
}

bool Processor::all_as_before() const {
  return !code_.changes_reported() && table_.generation() == table_generation_ && code_.pool_epoch() == pool_epoch_ &&
         code_.tlb_epoch() == tlb_epoch_;
}

// What others have taken back while it waited for the lock. Translated code it can give up between two blocks only.
void Processor::catch_up() {
  if (code_.changes_reported() || code_.pool_epoch() != pool_epoch_) engine_->request_stop();
  if (table_.generation() != table_generation_) forget_taken_back();
  if (flush_ || tlb_epoch_ != code_.tlb_epoch()) flush_engine();
}

// What has been taken back from processors since the last time: it counts once none of them has it any more.
void Processor::take_from_all() {
  const u64 taken = code_.tlb_epoch() + code_.pool_epoch() + table_.generation_for_all();
  if (!together_.several() || taken == together_.told) return;
  together_.only(this);
  together_.told = taken;
}

// It is executed again, as a step of its own.
void Processor::execute_alone(u64 pc) {
  jump(pc);
  alone_ = step_asked_ = true;
  leave();
}

bool Processor::bring(u64 page, bool& waited) {
  if (!together_.several() || held_ || memory_.is_present(page)) return memory_.ensure_present(page);
  // The others go on meanwhile.
  waited = true;
  together_.unlock();
  const bool present = memory_.ensure_present(page);
  together_.lock();
  return present;
}

// ---- one instruction ----

bool Processor::begin_step() {
  Fault fault = Fault::none;
  Remembered* entry = remembered(pc_, Access::fetch, fault);
  if (!entry) {
    alone_ = false;
    storage_interrupt({PendingFault::Kind::storage, fault, pc_, Access::fetch}, pc_);
    return false;
  }
  if (!memory_.ensure_present(entry->page)) return true;  // the fetch will find out
  // Nobody may write the page while a copy of it is made; the store that is stepped may then write it again.
  if (code_.is_writable(entry->page)) code_.take_write_back();
  take_from_all();
  do step_copy_ = code_.copy_for_step(entry->page, pc_ & (emu::page_size - 1), byte_order(), alone_);
  while (step_copy_ == ~u64{0});
  step_pc_ = pc_;
  Instruction i;
  step_operand_ = fetch(pc_, i, fault) ? effective_address(i, *engine_, sixty_four_bit()).value_or(0) : 0;
  step_msr_ = registers_.msr;
  step_page_ = pc_ & page_mask;
  stepping_ = true;
  stepped_ = false;
  flush_ = true;
  if (alone_) engine_->translate_for_several(false);
  return true;
}

void Processor::end_step() {
  if (std::exchange(alone_, false)) engine_->translate_for_several(for_several());
  stepping_ = false;
  flush_ = true;
}

// ---- the engine asks ----

Processor::Remembered* Processor::remembered(u64 address, Access access, Fault& fault) {
  const u64 on = registers_.msr & (access == Access::fetch ? msr::ir : msr::dr);
  const u64 tag =
      (address & page_mask) | 1 | (access == Access::fetch ? 2 : 0) | (on ? 4 : 0) | (registers_.msr & msr::pr ? 8 : 0);
  Remembered& entry =
      remembered_[(address >> emu::page_shift ^ address >> 26 ^ (tag >> 1 & 1) << 5 ^ (tag >> 3 & 1) << 6) % remembered_entries];
  if (entry.tag == tag && entry.generation == generation_ && (access != Access::write || entry.write) &&
      (access != Access::read || entry.read) && still_valid(entry))
    return &entry;
  const Translation t = translate(registers_, options_.slb_slots, table_, memory_, address, access);
  fault = t.fault;
  if (t.fault != Fault::none) return nullptr;
  entry = {tag, t.page, t.slot, t.entry, generation_, t.read, t.write};
  return &entry;
}

bool Processor::still_valid(const Remembered& entry) const {
  if (entry.slot == no_entry) return true;
  const Hpte now = table_.read(entry.slot);
  return now.v == entry.entry.v && !((now.r ^ entry.entry.r) & ~(hpte_referenced | hpte_changed));
}

bool Processor::refuse(PendingFault::Kind kind, Fault fault, u64 page_address, Access access) {
  fault_ = {kind, fault, page_address, access};
  return false;
}

bool Processor::fill(u64 page_address, Access access, Mapping& mapping) {
  if (in_stub_) return fill_stub(page_address, access, mapping);
  if (ahead_.enough) return fill_ahead(page_address, access, mapping);
  const OutsideGuest outside(*this);
  ++counters_.fills;
  // Whoever asked for this translation looks its entry up again: a fill may move all of them.
  if (++fills_ > many_fills) flush_engine();
  if (access == Access::fetch && page_address >= Engine::exit_pages) {
    // Not the guest's, whatever it thinks: it finds only instructions that trap.
    mapping = {.physical = pool_at + CodePages::traps(byte_order()), .execute = true};
    return true;
  }
  Fault fault = Fault::none;
  Remembered* entry = remembered(page_address, access, fault);
  if (!entry) return refuse(PendingFault::Kind::storage, fault, page_address, access);
  const u64 page = entry->page;
  const bool changed = entry->slot == no_entry || (table_.read(entry->slot).r & hpte_changed);
  bool waited = false;
  if (!bring(page, waited)) return refuse(PendingFault::Kind::lost_memory, Fault::none, page_address, access);
  if (waited) return refuse(PendingFault::Kind::again, Fault::none, page_address, access);

  if (access == Access::fetch) {
    if (!fill_code(*entry, page_address, mapping)) return refuse(PendingFault::Kind::again, Fault::none, page_address, access);
  } else if (looks_at_accesses() && ((registers_.msr & msr::transactional) || footprint_->copy_of(page) != Footprint::none)) {
    if (!fill_in_transaction(*entry, page_address, access, mapping)) return false;
  } else {
    // A read may get the right to write at once where a later first write would tell nobody anything new.
    const bool write =
        access == Access::write || (entry->write && changed && !memory_.tracking() && !stepping_ && !code_.is_code(page));
    if (write) {
      if (code_.is_code(page)) {
        code_.drop(page);
        Fault ignored;
        engine_->sync_pc();
        const u64 pc = engine_->pc();
        const Remembered* here = remembered(pc, Access::fetch, ignored);
        if (here && here->page == page) step_asked_ = true;
        return refuse(PendingFault::Kind::again, Fault::none, page_address, access);
      }
      code_.grant_write(page);
      memory_.about_to_write(page);
    }
    mapping = {.physical = page << emu::page_shift, .read = entry->read, .write = write};
  }
  note_use(*entry, hpte_referenced | (access == Access::write ? hpte_changed : 0));
  return true;
}

void Processor::note_use(const Remembered& entry, u64 bits) {
  if (entry.slot == no_entry) return;
  table_.used(entry.slot, entry.page & 15, options_.number);
  Hpte hpte = table_.read(entry.slot);
  if ((hpte.r & bits) == bits) return;
  hpte.r |= bits;
  table_.write(entry.slot, hpte);
}

bool Processor::load_word(Instruction i, u64 pc, u32& word) {
  const u64 address = effective_address(i, *engine_, sixty_four_bit()).value_or(0);
  std::array<u8, 4> bytes;
  for (u64 at = 0; at < bytes.size(); ++at) {
    Fault fault = Fault::none;
    const u64 byte_at = sixty_four_bit() ? address + at : (address + at) & 0xFFFFFFFF;
    const Remembered* entry = remembered(byte_at, Access::read, fault);
    if (!entry) {
      storage_interrupt({PendingFault::Kind::storage, fault, byte_at & page_mask, Access::read}, pc);
      return false;
    }
    if (!memory_.ensure_present(entry->page)) {
      memory_lost_ = true;
      jump(pc);
      leave();
      return false;
    }
    note_use(*entry, hpte_referenced);
    bytes[at] = memory_.host()[(entry->page << emu::page_shift) + (byte_at & (emu::page_size - 1))];
  }
  std::memcpy(&word, bytes.data(), bytes.size());
  if (byte_order() == ByteOrder::big) word = emu::byte_swapped(word);
  return true;
}

bool Processor::fill_code(Remembered& entry, u64 page_address, Mapping& mapping) {
  if (stepping_) {
    const u64 copy = page_address == step_page_ ? step_copy_ : CodePages::traps(byte_order());
    mapping = {.physical = pool_at + copy, .execute = true};
    return true;
  }
  if (code_.is_writable(entry.page)) {
    code_.take_write_back();
    return false;
  }
  const u64 copy = code_.copy_of(entry.page, byte_order());
  if (copy == ~u64{0}) return false;
  if (notes_) notes_->page_fetched(page_address, entry.page);
  mapping = {.physical = pool_at + copy, .execute = true};
  return true;
}

u64 Processor::fetch_tag(u64 address) const {
  return (address & page_mask) | 1 | (registers_.msr & msr::ir) | (registers_.msr & msr::pr) >> 8;
}

const u8* Processor::remembered_word(u64 address) const {
  if (fetched_.tag != fetch_tag(address) || fetched_.generation != generation_) return nullptr;
  return fetched_.page + (address & (emu::page_size - 4));
}

bool Processor::fetch(u64 address, Instruction& i, Fault& fault) {
  const u8* word = remembered_word(address);
  if (!word) {
    Remembered* entry = remembered(address, Access::fetch, fault);
    if (!entry || !memory_.ensure_present(entry->page)) return false;
    fetched_ = {fetch_tag(address), generation_, memory_.host() + (entry->page << emu::page_shift)};
    word = remembered_word(address);
  }
  std::memcpy(&i.word, word, 4);
  if (byte_order() == ByteOrder::big) i.word = emu::byte_swapped(i.word);
  return true;
}

void Processor::exception(Exception exception) {
  if (in_stub_) {
    stub_done_ = exception == Exception::system_call;
    engine_->stop();
    return;
  }
  if (ahead_.enough) {
    translate_all();
    engine_->stop();
    return;
  }
  if (inside() && perform_inside(exception)) return;
  const OutsideGuest outside(*this);
  u64 pc = engine_->pc() - 4;
  if (!sixty_four_bit()) pc &= 0xFFFFFFFF;
  pc_ = pc + 4;
  redirected_ = false;
  if (stepping_) {
    leave();
    if (pc != step_pc_) {
      // A trapping word that is not of the guest: the instruction before it is done.
      stepped_ = true;
      pc_ = pc;
      take_back_instruction();
      engine_->stop();
      return;
    }
    const u64 interrupts = counters_.interrupts;
    perform(exception, pc);
    stepped_ = counters_.interrupts == interrupts && !alone_;
    engine_->stop();
    return;
  }
  perform(exception, pc);
  if (leave_) {
    engine_->stop();
    return;
  }
  if (code_.changes_reported() || code_.pool_epoch() != pool_epoch_ || (registers_.msr & (msr::se | msr::be)) ||
      held_ != (together_.several() && runs_alone())) {
    leave();
    engine_->stop();
    return;
  }
  settle();
  if (redirected_) engine_->set_pc(pc_);
}

void Processor::instruction(u64 pc) {
  if (in_stub_ || !options_.trace) return;
  const OutsideGuest outside(*this);
  Instruction i;
  Fault fault;
  if (fetch(pc, i, fault)) options_.trace(disassemble(pc, i, registers_.msr));
}

u32 Processor::instruction_at(u64 pc) {
  const OutsideGuest outside(*this);
  Instruction i;
  Fault fault = Fault::none;
  return !in_stub_ && fetch(pc, i, fault) ? i.word : 0;
}

// ---- stops ----

void Processor::kick() {
  // In this order: the engine's flag falls when it has left, and only then is ours looked at.
  kicked_.store(true);
  engine_->request_stop();
}

void Processor::set_external_interrupt(bool raised) {
  if (external_.exchange(raised) != raised && raised) kick();
}

Counters Processor::counters() const {
  Counters all = counters_;
  all.shadow_pages = code_.copies_with_replacements();
  all.blocks = engine_->blocks_translated();
  return all;
}

// ---- the decrementer ----

u32 Processor::decrementer() const {
  const u64 now = time_base();
  const u64 at = registers_.decrementer_at;
  if (now >= at) return static_cast<u32>(-std::min(now - at, u64{0x80000000}));
  return static_cast<u32>(std::min(at - now, u64{0x7FFFFFFF}));
}

void Processor::set_decrementer(u32 value) {
  const s64 ticks = static_cast<s32>(value);
  registers_.decrementer_at = time_base() + static_cast<u64>(ticks);
  registers_.decrementer_pending = ticks < 0;
  supervisor_.decrementer_changed(*this);
}

void Processor::notice_decrementer() {
  if (!registers_.decrementer_pending && time_base() >= registers_.decrementer_at) registers_.decrementer_pending = true;
}

u64 Processor::decrementer_deadline() const {
  const u64 of_counters = counter_deadline();
  const u64 now = time_base();
  if (registers_.decrementer_pending || now >= registers_.decrementer_at) return of_counters == never ? 0 : of_counters;
  const u64 ticks = registers_.decrementer_at - now;
  if (ticks > u64{1} << 40) return of_counters;
  return std::min(of_counters, clock_.monotonic() + supervisor_.host_nanoseconds(ticks) + 2);
}

bool Processor::interrupt_pending() const {
  return external_.load() || registers_.decrementer_pending || time_base() >= registers_.decrementer_at ||
         (registers_.spr[spr_doorbell] & 1) || alert_waits(registers_);
}

void Processor::set_interrupt_mode(bool little_endian, u32 ail) {
  registers_.little_endian_interrupts = little_endian;
  registers_.ail = ail == 3 ? 3 : 0;
}

// ---- the registers that only instructions can reach (stub.h) ----

bool Processor::fill_stub(u64 page_address, Access access, Mapping& mapping) {
  if (access == Access::fetch && page_address >= Engine::exit_pages) {
    mapping = {.physical = pool_at + CodePages::traps(ByteOrder::big), .execute = true};
    return true;
  }
  if (page_address < stub::address || page_address >= stub::address + stub::bytes) return false;
  mapping = {.physical = scratch_at + (page_address - stub::address)};
  if (access == Access::fetch) {
    mapping.execute = true;
  } else {
    mapping.read = mapping.write = true;
  }
  return true;
}

void Processor::run_stub(u64 offset) {
  in_stub_ = true;
  stub_done_ = false;
  // What is executed there is nobody's.
  const u64 instructions = engine_->instructions();
  if (monitor_.of_the_engine) engine_->count_instructions(Engine::do_not_stop);
  // What it maps is always the same, so its TLB is never out of date, if it has one of its own.
  const bool shared = engine_->tlbs() <= of_the_stub;
  if (shared) engine_->flush_tlbs();
  engine_->set_mode(msr::sf | msr::fp | msr::vec | msr::vsx | always_on, shared ? u32{0} : u32{of_the_stub});
  for (u64 pc = stub::address + offset; !stub_done_; pc = engine_->pc())
    if (engine_->run(pc) != Engine::Exit::stopped) {
      trouble_ = "The engine could not run the stub at " + std::to_string(offset) + ": " + engine_->error() + ".";
      break;
    }
  in_stub_ = false;
  mode_ = ~u64{0};
  flush_ = flush_ || shared;
  monitor_.before.instructions += engine_->instructions() - instructions;
}

void Processor::lose_reservation() {
  const u32 cr = engine_->cr();
  const u64 r3 = engine_->gpr(3);
  engine_->set_gpr(3, stub::address + stub::data);
  run_stub(stub::reservation);
  engine_->set_gpr(3, r3);
  engine_->set_cr(cr);
}

Registers Processor::save() {
  Registers all = registers_;
  for (int i = 0; i < 32; ++i) all.gpr[static_cast<size_t>(i)] = engine_->gpr(i);
  all.pc = pc_;
  all.lr = engine_->lr();
  all.ctr = engine_->ctr();
  all.cr = engine_->cr();
  engine_->set_gpr(3, stub::address + stub::data);
  run_stub(stub::save);
  stub::unpack({scratch_ + stub::data, emu::page_size}, all);
  all.xer = engine_->gpr(4);
  for (int i = 3; i < 5; ++i) engine_->set_gpr(i, all.gpr[static_cast<size_t>(i)]);
  return all;
}

void Processor::load(const Registers& all) {
  put_in(all);
  forget_translations();
}

void Processor::put_in(const Registers& all) {
  if (registers_.spr[spr_amr] != all.spr[spr_amr]) forget_translations();
  registers_ = all;
  registers_.msr &= allowed_msr();
  interrupt_transaction();
  pc_ = all.pc & ~u64{3};
  if (!sixty_four_bit()) pc_ &= 0xFFFFFFFF;
  stub::pack({scratch_ + stub::data, emu::page_size}, all);
  engine_->set_gpr(3, stub::address + stub::data);
  engine_->set_gpr(4, all.xer);
  run_stub(stub::load);
  for (int i = 0; i < 32; ++i) engine_->set_gpr(i, all.gpr[static_cast<size_t>(i)]);
  engine_->set_lr(all.lr);
  engine_->set_ctr(all.ctr);
  engine_->set_cr(all.cr);
}

}  // namespace cpu
