// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/code_pages.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include <sys/mman.h>

#include "cpu/instruction.h"
#include "cpu/privileged.h"

namespace cpu {

namespace {

constexpr u64 first_slot = 3;  // 0 means none, 1 and 2 hold traps
constexpr u64 words = emu::page_size / 4;

u32 in_memory(u32 word, ByteOrder order) { return order == ByteOrder::big ? emu::byte_swapped(word) : word; }

void fill_with_traps(u8* page, ByteOrder order) {
  const u32 word = in_memory(trapping_word, order);
  for (u64 i = 0; i < words; ++i) std::memcpy(page + 4 * i, &word, 4);
}

}  // namespace

std::unique_ptr<CodePages> CodePages::create(emu::GuestMemory& memory) {
  void* pool = mmap(nullptr, slots * emu::page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pool == MAP_FAILED) return nullptr;
  std::unique_ptr<CodePages> made(new CodePages(memory, static_cast<u8*>(pool)));
  return made->slot_of_ && made->dropped_slot_ && made->writable_since_ ? std::move(made) : nullptr;
}

CodePages::CodePages(emu::GuestMemory& memory, u8* pool)
    : memory_(memory),
      pool_(pool),
      slot_of_(2 * memory.pages()),
      dropped_slot_(2 * memory.pages()),
      writable_since_(memory.pages()),
      next_slot_(first_slot),
      written_(memory.pages()) {
  for (const ByteOrder order : {ByteOrder::big, ByteOrder::little}) fill_with_traps(pool_ + traps(order), order);
}

CodePages::~CodePages() { munmap(pool_, slots * emu::page_size); }

void CodePages::attach(Isa isa, bool several) {
  several_ = several;
  if (next_slot_ == first_slot && lacking_.has() != isa) lacking_ = Lacking(isa);
  assert(lacking_.has() == isa);
  if (attached_++ == 0) memory_.set_code_watcher(this);
  ++tlb_epoch_;
}

void CodePages::detach() {
  if (--attached_ == 0) memory_.set_code_watcher(nullptr);
}

void CodePages::code_written(u64 page) {
  written_.set(page);
  any_written_.store(true, std::memory_order_release);
}

void CodePages::drop_written() {
  any_written_.store(false, std::memory_order_seq_cst);
  for (u64 i = 0; i < written_.words(); ++i) {
    if (!written_.load(i)) continue;
    for (u64 bits = written_.take(i); bits; bits &= bits - 1) drop(i * 64 + static_cast<u64>(std::countr_zero(bits)));
  }
}

void CodePages::flushed() {
  if (alone()) ++tlb_epoch_;
}

void CodePages::drop(u64 page) {
  if (!is_code(page)) return;
  memory_.forget_code(page);
  for (const u64 i : {2 * page, 2 * page + 1})
    if (const u32 slot = std::exchange(slot_of_[i], 0)) dropped_slot_[i] = slot;
  ++tlb_epoch_;
}

u64 CodePages::take_slot() {
  if (next_slot_ < slots) return next_slot_++;
  for (u64 page = 0; page < memory_.pages(); ++page)
    if (is_code(page)) drop(page);
  dropped_slot_.clear();
  next_slot_ = first_slot;
  ++tlb_epoch_;
  ++pool_epoch_;
  return 0;
}

u32 CodePages::executed_for(u32 word, bool alone) const {
  if (must_not_run(Instruction{word})) return trapping_word;
  if (several_ && !alone && is_quadword_access(Instruction{word})) return trapping_word;
  const LaterInstruction* later = lacking_.find(Instruction{word});
  if (!later) return word;
  return later->reserved ? word & ~later->reserved : trapping_word;
}

bool CodePages::make_copy(u64 page, ByteOrder order, u8* to) const {
  std::memcpy(to, memory_.host() + (page << emu::page_shift), emu::page_size);
  bool replaced = false;
  for (u64 i = 0; i < words; ++i) {
    u32 word;
    std::memcpy(&word, to + 4 * i, 4);
    const u32 executed = in_memory(executed_for(in_memory(word, order), false), order);
    if (executed == word) continue;
    std::memcpy(to + 4 * i, &executed, 4);
    replaced = true;
  }
  return replaced;
}

u64 CodePages::copy_of(u64 page, ByteOrder order) {
  const u64 index = 2 * page + (order == ByteOrder::little);
  u32& known = slot_of_[index];
  if (known) return known * emu::page_size;
  // From here on writes are reported: one that comes while we copy drops this copy again.
  memory_.holds_code(page);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::array<u8, emu::page_size> copy;
  const bool replaced = make_copy(page, order, copy.data());
  u64 slot = dropped_slot_[index];
  if (!slot || std::memcmp(pool_ + slot * emu::page_size, copy.data(), copy.size()) != 0) {
    slot = take_slot();
    if (!slot) return ~u64{0};
    std::memcpy(pool_ + slot * emu::page_size, copy.data(), copy.size());
    replaced_ += replaced;
  }
  known = static_cast<u32>(slot);
  return slot * emu::page_size;
}

u64 CodePages::copy_for_step(u64 page, u64 offset, ByteOrder order, bool alone) {
  const u64 slot = take_slot();
  if (!slot) return ~u64{0};
  u8* to = pool_ + slot * emu::page_size;
  fill_with_traps(to, order);
  u32 word;
  std::memcpy(&word, memory_.host() + (page << emu::page_shift) + offset, 4);
  word = in_memory(executed_for(in_memory(word, order), alone), order);
  std::memcpy(to + offset, &word, 4);
  return slot * emu::page_size;
}

}  // namespace cpu
