// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Unicorn from the inside. Its library calls its own functions through their exported symbols: a program that defines such a
// symbol, and is linked with -rdynamic, takes the function's place (engine_inside.cpp has the list). And the registers of its
// processor are plain memory, which is found by watching what its own interface changes there.
//
// All of it but the stop test is optional: what is not taken, or not found, in some later version costs time and nothing else.
// Version 2.1 is what it was measured with; others are refused (version.h).

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "cpu/unicorn/block_lookup.h"
#include "cpu/unicorn/block_test.h"
#include "cpu/unicorn/floating_point.h"
#include "cpu/unicorn/parallel.h"
#include "emu/core/types.h"

namespace cpu::unicorn {

// An engine whose code runs on this thread. Unicorn calls it from within that code.
class Callee {
 public:
  virtual ~Callee() = default;
  // The translation of a page: true if `answer` has it. `access` is 0 to read, 1 to write, 2 to fetch.
  struct Page {
    u64 physical = 0;
    int rights = 0;  // 1 read, 2 write, 4 execute
  };
  virtual bool translate(u64 page_address, int access, Page& answer) = 0;
  // Before a block, while any attention is raised. `host_code` is an address in its translation. False: do not execute it, but
  // leave.
  virtual bool before_block(std::uintptr_t host_code) = 0;
  // A block was translated; this is its description.
  virtual void block_made(u8* block) = 0;
  // The guest's instruction at an address that is being executed.
  virtual u32 instruction_at(u64 pc) = 0;

  // Any thread.
  void raise(u32 attention) { attention_->fetch_or(attention); }
  void lower(u32 attention) { attention_->fetch_and(~attention); }
  u32 attention() const { return attention_->load(std::memory_order_relaxed); }
  // The blocks that are translated from now on look at it by themselves, as far as that is possible. Not while others may
  // raise it.
  void let_blocks_look(const void* registers);
  void shorten_test_of(u8* block);

  void* processor = nullptr;  // Unicorn's object, known since the first translation
  // A block's description lies before its host code, and begins with its address.
  u8* first_block = nullptr;  // all others lie behind it
  size_t to_host_code = 0;    // from a description, in bytes; 0: that is not known

  // What Unicorn's own cache of blocks knows, too: forget it whenever a TLB is flushed.
  BlockLookup blocks;
  const u64* pc_register = nullptr;  // as in State; null: `blocks` is not used
  const u64* flags_register = nullptr;

  FloatingRegisters floating;

  ParallelMark mark;

 private:
  std::atomic<u32> own_word_{0};
  std::atomic<u32>* attention_ = &own_word_;
  std::unique_ptr<NearWord> near_word_;
};

// While it lives, what Unicorn calls on this thread goes to that engine. Not nested.
class Running {
 public:
  explicit Running(Callee&);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

// The engine that executes on this thread, or null.
Callee* running_callee();

// A part of Unicorn's inside, and whether it is ours.
class Part {
 public:
  constexpr explicit Part(std::string_view name) : name_(name) {}
  void note() {
    if (!*this) taken_.store(true, std::memory_order_relaxed);
  }
  explicit operator bool() const { return taken_.load(std::memory_order_relaxed); }
  std::string_view name() const { return name_; }

 private:
  std::string_view name_;
  std::atomic<bool> taken_{false};
};

// Known once an engine has executed a load with its attention on, and a branch to another page twice.
struct Taken {
  Part stop_test{"stop test"};          // its test for stops after each load and store: ours is empty
  Part block_test{"block test"};        // its test for stops before each block
  Part fill{"TLB fill"};                // its own filling of the TLB, which looks up the program counter first
  Part short_test{"short block test"};  // a block that looks by itself whether it is to be left
  Part lookup{"block lookup"};          // its looking for the block that comes next
  Part registers{"registers"};          // found in memory
  Part tlb_use{"TLB use"};              // the counts of used entries, found in memory
  Part parallel_mark{"parallel mark"};  // how code is translated for several processors
};
Taken& taken();

// Inside translate(): makes the program counter that of the instruction which needs the translation.
void sync_program_counter(const Callee&);
// From what before_block() was given: how far the host code of the block begins behind the description that `block_made` was
// given. 0: this is not as expected.
size_t find_host_code(const u8* block, std::uintptr_t host_code);
// Where the block begins to which before_block() was called with this. 0: that is not known.
u64 block_at(const Callee&, std::uintptr_t host_code);
struct BlockExtent {
  u64 begin = 0;
  u32 size = 0;  // bytes; 0: that is not known
};
BlockExtent extent_at(const Callee&, std::uintptr_t host_code);
// False: it cannot be done.
bool flush_tlb(const Callee&, u32 which);
bool flush_page(const Callee&, u64 page_address, u32 tlbs);  // `tlbs`: a bit for each

// Of Unicorn's registers, by the instruction: one of missing.h. True: an exception has occurred that is enabled.
bool perform_missing(FloatingRegisters&, u32 word, u32 loaded);
// Those among them that are decimal: dquaq and drrndq.
bool quantize_quad(u8* vsr, u64& fpscr, u32 word);

// Runs `write_register` and answers where Unicorn keeps the registers of the processor that it wrote to; null if that is not
// known.
u8* registers_of(const std::function<void()>& write_register);

// The registers of one processor, in place.
struct State {
  u64* gpr = nullptr;  // 32
  u64* pc = nullptr;
  u64* lr = nullptr;
  u64* ctr = nullptr;
  u32* cr = nullptr;         // 8 fields
  u64* versions = nullptr;   // a bit for each set of instructions that translated code may have; null: not found
  u64* msr = nullptr;        // all that follows goes together: set_mode
  u64* flags = nullptr;      // what translated code depends on: a part of MSR, in the engine's own form
  u32* fetch_tlb = nullptr;  // which of its TLBs is used
  u32* data_tlb = nullptr;
  u64 flags_from_msr = 0;
  u64 flags_always = 0;

  static constexpr u64 isa_3_0 = 0x80000;  // of `versions`

  // TLBs that code may have to itself. Unicorn would use two of them for problem state; it has ten.
  static constexpr u32 tlbs = 8;

  // MSR with the given TLB. Code is translated for each TLB anew.
  void set_mode(u64 value, u32 tlb) const {
    // Bits of the flags that mean nothing to the translator, but tell its translations apart. It keeps only 32 bits for
    // that, so it would take code of 64-bit mode for code of 32-bit mode.
    constexpr u32 tlb_at = 27, wide_at = 30;
    *msr = value;
    *flags = (value & flags_from_msr) | flags_always | u64{tlb} << tlb_at | (value >> 63) << wide_at;
    *fetch_tlb = *data_tlb = tlb;
  }
};

// How many entries of each TLB were used since it was flushed. Unicorn counts an entry out twice when it goes by way of its table
// of victims; at the next flush a count below zero then is a very large one, and doubles the TLB, up to 256 MiB.
struct TlbUse {
  u64* first = nullptr;  // null: not found
  size_t step = 0;       // to the next, in words
  void limit(u64 most) const {
    for (size_t tlb = 0; first && tlb < State::tlbs; ++tlb)
      if (first[tlb * step] > most) first[tlb * step] = most;
  }
};
// Between Unicorn's object and the registers, just after all TLBs were flushed.
TlbUse find_tlb_use(std::span<const u8> memory);

// How State is found: through the interface whose registers it is about. Numbers as Unicorn's header has them.
struct Interface {
  std::function<void(int, u64)> write;
  std::function<u64(int)> read;
  int gpr0, pc, lr, ctr, cr, msr, fpr0;
};
// The only word that holds what is written to a register; null if there is none, or several.
u64* holding(std::span<u8> memory, const Interface&, int number);
std::optional<State> find_state(std::span<u8> registers, const Interface&);

}  // namespace cpu::unicorn
