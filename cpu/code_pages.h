// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The code that a partition's processors execute: copies of guest pages, never the pages themselves.
//
// A copy has every instruction replaced that an engine must not execute by itself, or that the partition's processors lack
// (they trap, and are performed from the original, or refused). And because code and data are different physical pages, nobody's store can change code behind an engine's
// back: at any time a guest page is either copied as code, or writable by processors, or neither.
//
//   fetch of a writable page     every engine loses its TLB first, then the page is copied
//   store to a page with a copy  the copy is dropped, every engine loses its TLB, then the store is done
//   write by hypervisor, device  reported by GuestMemory from any thread; the copy is dropped before the next guest code
//
// "Every engine" is one counter: each processor compares it before it goes on. Those that run at the same time are out of guest code
// while it changes (together.h). All functions with the partition's lock, except where "any thread" is said; the counters any thread.
// A dropped copy is taken up again, with all that engines have translated of it, if the page still has that content: kernels
// patch instructions with what they are already, and a move may bring a page twice. Otherwise its place is not reused until the
// pool is full; then everything is forgotten at once.

#include <atomic>
#include <memory>

#include "cpu/engine.h"
#include "cpu/later_instructions.h"
#include "cpu/zeroed.h"
#include "emu/core/guest_memory.h"
#include "emu/core/types.h"

namespace cpu {

enum class ByteOrder { big, little };

class CodePages final : public emu::CodeWatcher {
 public:
  static std::unique_ptr<CodePages> create(emu::GuestMemory&);
  ~CodePages() override;

  // The pool, as engines map it.
  static constexpr u64 slots = 8192;
  std::span<u8> pool() { return {pool_, slots * emu::page_size}; }

  // While at least one processor is attached, the memory reports to us. All of them are of the same version. `several`: they run at the
  // same time, and accesses of sixteen bytes trap, because the host has none.
  void attach(Isa, bool several);
  void detach();
  bool alone() const { return attached_ == 1; }

  void code_written(u64 page) override;  // any thread

  // Dispatcher thread. What other parties wrote is dropped; true if anything was.
  bool changes_reported() const { return any_written_.load(std::memory_order_acquire); }
  void drop_written();

  // The TLBs of all engines are void when this moves on; all translated code when the second one does.
  u64 tlb_epoch() const { return tlb_epoch_.load(std::memory_order_acquire); }
  u64 pool_epoch() const { return pool_epoch_.load(std::memory_order_acquire); }
  // One engine flushed its TLB. If it is the only one, nobody can write anything any more.
  void flushed();

  bool is_code(u64 page) const { return slot_of_[2 * page] | slot_of_[2 * page + 1]; }
  bool is_writable(u64 page) const { return writable_since_[page] == static_cast<u32>(tlb_epoch()); }
  void grant_write(u64 page) { writable_since_[page] = static_cast<u32>(tlb_epoch()); }
  void take_write_back() { ++tlb_epoch_; }
  void drop(u64 page);

  // The copy of a page that is not writable, as an offset into the pool; made now if there is none.
  // ~0: the pool was full. It is empty now, and all translated code must go.
  u64 copy_of(u64 page, ByteOrder);
  bool lacks(Instruction i) const { return lacking_.find(i); }
  // For the execution of a single instruction: a page of trapping words, all but one. ~0 as above. `alone`: no other processor runs.
  u64 copy_for_step(u64 page, u64 offset, ByteOrder, bool alone = false);
  // A page of trapping words only.
  static constexpr u64 traps(ByteOrder order) { return order == ByteOrder::big ? emu::page_size : 2 * emu::page_size; }

  u64 copies_with_replacements() const { return replaced_; }

  Engines& engines() { return *engines_; }  // that execute the copies

  const void* last_runner = nullptr;  // the processor of the partition that executed last

 private:
  CodePages(emu::GuestMemory& memory, u8* pool);
  u64 take_slot();                                    // 0 if there was none
  bool make_copy(u64 page, ByteOrder, u8* to) const;  // true if an instruction had to be replaced
  u32 executed_for(u32 word, bool alone) const;       // what stands in a copy for an instruction

  emu::GuestMemory& memory_;
  u8* pool_;
  Zeroed<u32> slot_of_;         // per guest page and byte order; 0 is none
  Zeroed<u32> dropped_slot_;    // the last one that was dropped
  Zeroed<u32> writable_since_;  // per guest page: the TLB epoch in which a processor may write it
  u64 next_slot_;
  std::atomic<u64> tlb_epoch_{1};
  std::atomic<u64> pool_epoch_{0};
  u64 replaced_ = 0;
  int attached_ = 0;
  bool several_ = false;
  Lacking lacking_{Isa::v3_1};  // nothing, until processors come
  const std::unique_ptr<Engines> engines_ = Engines::create();
  emu::PageMap written_;
  std::atomic<bool> any_written_{false};
};

}  // namespace cpu
