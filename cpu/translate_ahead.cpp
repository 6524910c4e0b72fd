// SPDX-License-Identifier: GPL-2.0-or-later
// Translating what a processor will need before it runs: after a move all of its code is new to the engine here, ten
// microseconds a block, and the guest would pay that while others wait for it.
//
// Translations are kept under the physical page in the pool (code_pages.h), the effective address and the mode. None of
// this depends on segments or page tables, so it can be done before these have come.

#include "cpu/processor.h"
#include "cpu/stub.h"

namespace cpu {

void Processor::note_code(bool on) {
  notes_ = on ? std::make_unique<CodeNotes>() : nullptr;
  notes_told_ = 0;
  engine_->report_blocks(on);
  if (!on) return;
  forget_translations();  // which pages hold the code is learned from fills
  engine_->make_room();
}

std::vector<HotCode> Processor::noted_code() {
  if (!notes_) return {};
  const size_t told = std::exchange(notes_told_, notes_->count());
  return notes_->since(told);
}

void Processor::block(u64 key) {
  if (notes_ && !in_stub_ && !stepping_)
    notes_->block_begun(key, hot_mode(mode_), [this](u64 block) { return engine_->block_address(block); });
}

// The engine translates for others only from inside a callback, so it is made to raise one: the page of its way out holds
// nothing but traps.
void Processor::translate_ahead(std::span<const HotCode> code, const std::atomic<bool>& enough) {
  if (!trouble_.empty()) return;
  ahead_ = {code, &enough, nullptr};
  engine_->flush_tlbs();
  engine_->set_mode(msr::sf | always_on, 0);
  engine_->run(Engine::exit_pages);
  ahead_ = {};
  mode_ = ~u64{0};
  flush_ = true;
  engine_->make_room();
}

void Processor::translate_all() {
  const HotCode* last = nullptr;
  for (const HotCode& code : ahead_.code) {
    if (ahead_.enough->load(std::memory_order_relaxed)) break;
    // A page of which the memory has only an older content, or none, is translated in vain: its copy is dropped when the
    // page comes.
    if (code.page >= memory_.pages() || code.pc % 4 != 0 || code.pc >= stub::address) continue;
    const u64 mode = msr_of_mode(code.mode);
    if (!last || last->mode != code.mode) engine_->set_mode((mode & engine_modes) | always_on, tlb_of(mode));
    if (last && (last->page != code.page || last->mode != code.mode)) engine_->flush_tlb(tlb_of(mode));
    ahead_.now = last = &code;
    engine_->translate(code.pc);
    if (ahead_.full) break;
  }
}

bool Processor::fill_ahead(u64 page_address, Access access, Mapping& mapping) {
  if (access != Access::fetch) return false;
  u64 copy = CodePages::traps(ByteOrder::big);
  if (ahead_.now && page_address == (ahead_.now->pc & ~(emu::page_size - 1))) {
    const auto order = msr_of_mode(ahead_.now->mode) & msr::le ? ByteOrder::little : ByteOrder::big;
    copy = code_.copy_of(ahead_.now->page, order);
    // The pool is empty again: what was translated is gone, and there is no more room for the rest than before.
    if (copy == ~u64{0}) {
      ahead_.full = true;
      copy = CodePages::traps(order);
    }
  }
  mapping = {.physical = pool_at + copy, .execute = true};
  return true;
}

}  // namespace cpu
