// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/engine_inside.h"

#include <algorithm>
#include <array>
#include <vector>

#include <dlfcn.h>

#include "cpu/msr.h"
#include "cpu/unicorn/interposed.h"

// ---- Unicorn's own functions, called by us; null where a version does not have them ----
extern "C" {
[[gnu::weak]] void tlb_set_page_ppc64(void* cpu, u64 address, u64 physical, int rights, int tlb, u64 size);
[[gnu::weak]] void tlb_flush_by_mmuidx_ppc64(void* cpu, u16 tlbs);
[[gnu::weak]] void tlb_flush_page_by_mmuidx_ppc64(void* cpu, u64 address, u16 tlbs);
[[gnu::weak]] bool cpu_restore_state_ppc64(void* cpu, std::uintptr_t host_code, bool leaving);
[[gnu::weak]] [[noreturn]] void cpu_loop_exit_restore_ppc64(void* cpu, std::uintptr_t host_code);
}

namespace cpu::unicorn {

constinit thread_local Callee* running = nullptr;

void* original_named(const char* symbol) { return dlsym(RTLD_NEXT, symbol); }

namespace {

thread_local std::uintptr_t filled_from = 0;  // the host code that needs a translation
thread_local u8* written_to = nullptr;
constinit Taken what_was_taken;

// Of a block's description: the address of the block is its first word, its size follows the third word's 32 bits of flags, and
// the address of its host code is the fifth.
u64 begin_of(const u8* block) {
  u64 begin;
  std::memcpy(&begin, block, sizeof begin);
  return begin;
}
u16 size_of(const u8* block) {
  u16 size;
  std::memcpy(&size, block + 2 * sizeof(u64) + sizeof(u32), sizeof size);
  return size;
}
const u8* host_code_of(const u8* block) {
  const u8* code;
  std::memcpy(&code, block + 4 * sizeof(u64), sizeof code);
  return code;
}

}  // namespace

Running::Running(Callee& callee) { running = &callee; }
Running::~Running() { running = nullptr; }
Callee* running_callee() { return running; }
Taken& taken() { return what_was_taken; }

void Callee::let_blocks_look(const void* registers) {
  near_word_ = NearWord::create(registers);
  if (!near_word_) return;
  near_word_->word() = own_word_.load();
  attention_ = &near_word_->word();
}

void Callee::shorten_test_of(u8* block) {
  if (near_word_ && to_host_code != 0 &&
      shorten_block_test({block + to_host_code, block_test_sizes.back()}, near_word_->distance()))
    what_was_taken.short_test.note();
}

}  // namespace cpu::unicorn

// ---- what takes the place of Unicorn's functions ----

// Unicorn emits a test for a pending stop after every guest load and store, and repeats an instruction that it leaves there:
// fatal for `stwcx.`, and loads cost three times as much. Without it stops fall between blocks. (docs/engine.md, Stops)
TAKES_ITS_PLACE void check_exit_request_ppc64(void*) { cpu::unicorn::what_was_taken.stop_test.note(); }

// After every block that it translates, Unicorn walks its whole TLB to make sure that stores to the block's page are noticed.
// That is a quarter of the cost of cold code, which a partition pays after every move, and needless here: code is translated
// from copies that no data access is ever mapped to (code_pages.h).
TAKES_ITS_PLACE void tlb_reset_dirty_by_vaddr_ppc64(void*, unsigned long, unsigned long) {}

// Called before a block: each, or only if the block has found that it is needed (block_test.h). Because ours knows the host code
// that it was called from, nothing else is needed in a block: a hook of Unicorn's would make it store its program counter, and
// keep a list of blocks. A jump out of here passes no frame that has anything to clean up.
TAKES_ITS_PLACE __attribute__((no_sanitize("address", "thread", "undefined"))) void helper_check_exit_request_ppc64(void*, u32) {
  using namespace cpu::unicorn;
  Callee* callee = running;
  if (!callee || callee->attention() == 0) return;
  if (!cpu_loop_exit_restore_ppc64) return;
  what_was_taken.block_test.note();
  const auto host_code = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  if (!callee->before_block(host_code) && callee->processor) cpu_loop_exit_restore_ppc64(callee->processor, host_code);
}

// Unicorn's own looks up the program counter in a tree before it asks: 0.2 us each time, for nothing but a fault.
TAKES_ITS_PLACE bool unicorn_fill_tlb_ppc64(void* cpu, u64 address, int size, int access, int tlb, bool probe,
                                            std::uintptr_t host_code) {
  using namespace cpu::unicorn;
  static const auto original = the_original<decltype(unicorn_fill_tlb_ppc64)>("unicorn_fill_tlb_ppc64");
  if (running && tlb_set_page_ppc64 && cpu_restore_state_ppc64) {
    what_was_taken.fill.note();
    running->processor = cpu;
    filled_from = host_code;
    constexpr u64 page = 4096;
    Callee::Page answer;
    if (running->translate(address & ~(page - 1), access, answer) && (answer.rights & 1 << access)) {
      tlb_set_page_ppc64(cpu, address & ~(page - 1), answer.physical & ~(page - 1), answer.rights, tlb, page);
      return true;
    }
  }
  return original(cpu, address, size, access, tlb, probe, host_code);
}

// A block was translated. Its description lies before its code.
TAKES_ITS_PLACE void tcg_tb_insert_ppc64(void* context, void* block) {
  static const auto original = cpu::unicorn::the_original<decltype(tcg_tb_insert_ppc64)>("tcg_tb_insert_ppc64");
  if (cpu::unicorn::running) cpu::unicorn::running->block_made(static_cast<u8*>(block));
  original(context, block);
}

// Answers where the host code of the block is that comes next, or of Unicorn's way out.
namespace {
[[gnu::noinline]] const void* look_it_up(cpu::unicorn::Callee* callee, void* registers);
}
TAKES_ITS_PLACE const void* helper_lookup_tb_ptr_ppc64(void* registers) {
  cpu::unicorn::Callee* callee = cpu::unicorn::running;
  if (callee && callee->pc_register) [[likely]] {
    const void* code = callee->blocks.find(*callee->pc_register, static_cast<u32>(*callee->flags_register));
    if (code) [[likely]]
      return code;
  }
  return look_it_up(callee, registers);
}
namespace {
const void* look_it_up(cpu::unicorn::Callee* callee, void* registers) {
  using namespace cpu::unicorn;
  static const auto original = the_original<decltype(helper_lookup_tb_ptr_ppc64)>("helper_lookup_tb_ptr_ppc64");
  const void* code = original(registers);
  if (!callee || !callee->pc_register || callee->to_host_code == 0) return code;
  const u64 pc = *callee->pc_register;
  // The way out lies before all blocks.
  const u8* block = static_cast<const u8*>(code) - callee->to_host_code;
  if (block < callee->first_block || begin_of(block) != pc) return code;
  callee->blocks.remember(pc, static_cast<u32>(*callee->flags_register), code);
  what_was_taken.lookup.note();
  return code;
}
}  // namespace

// Unicorn gives up translated code: all of it, when its room is full, or one block.
TAKES_ITS_PLACE void tb_flush_ppc64(void* cpu) {
  static const auto original = cpu::unicorn::the_original<decltype(tb_flush_ppc64)>("tb_flush_ppc64");
  if (cpu::unicorn::running) cpu::unicorn::running->blocks.forget();
  original(cpu);
}
TAKES_ITS_PLACE void tb_phys_invalidate_ppc64(void* context, void* block, u64 page) {
  static const auto original = cpu::unicorn::the_original<decltype(tb_phys_invalidate_ppc64)>("tb_phys_invalidate_ppc64");
  if (cpu::unicorn::running) cpu::unicorn::running->blocks.forget();
  original(context, block, page);
}

// Tells where the registers are.
TAKES_ITS_PLACE int reg_write_ppc64(void* registers, int mode, unsigned number, const void* value, size_t* size, int* set_pc) {
  static const auto original = cpu::unicorn::the_original<decltype(reg_write_ppc64)>("reg_write_ppc64");
  cpu::unicorn::written_to = static_cast<u8*>(registers);
  return original(registers, mode, number, value, size, set_pc);
}

namespace cpu::unicorn {

void sync_program_counter(const Callee& callee) {
  if (callee.processor && filled_from) cpu_restore_state_ppc64(callee.processor, filled_from, false);
}

size_t find_host_code(const u8* block, std::uintptr_t host_code) {
#ifndef __x86_64__
  return 0;  // what a block begins with is known of no other host (block_test.h)
#endif
  const u8* code = host_code_of(block);
  constexpr size_t largest_description = 512;
  const auto returns_to = reinterpret_cast<const u8*>(host_code);
  if (code <= block || code - block > static_cast<ptrdiff_t>(largest_description) || returns_to <= code) return 0;
  const size_t size = block_test_size({code, block_test_sizes.back()});
  return size != 0 && code + size == returns_to ? static_cast<size_t>(code - block) : 0;
}

u64 block_at(const Callee& callee, std::uintptr_t host_code) { return extent_at(callee, host_code).begin; }

BlockExtent extent_at(const Callee& callee, std::uintptr_t host_code) {
  if (callee.to_host_code == 0) return {};
  for (const size_t size : block_test_sizes) {
    const u8* code = reinterpret_cast<const u8*>(host_code) - size;
    const u8* block = code - callee.to_host_code;
    if (host_code_of(block) == code) return {begin_of(block), size_of(block)};
  }
  return {};
}

bool flush_tlb(const Callee& callee, u32 which) {
  if (!callee.processor || !tlb_flush_by_mmuidx_ppc64) return false;
  tlb_flush_by_mmuidx_ppc64(callee.processor, static_cast<u16>(1u << which));
  return true;
}

bool flush_page(const Callee& callee, u64 page_address, u32 tlbs) {
  if (!callee.processor || !tlb_flush_page_by_mmuidx_ppc64) return false;
  tlb_flush_page_by_mmuidx_ppc64(callee.processor, page_address, static_cast<u16>(tlbs));
  return true;
}

u8* registers_of(const std::function<void()>& write_register) {
  written_to = nullptr;
  write_register();
  return written_to;
}

namespace {

// The only place that holds what is expected; null if there is none, or several.
template <class T, class Holds>
T* only(std::span<u8> memory, const Holds& holds) {
  T* found = nullptr;
  for (size_t at = 0; at + sizeof(T) <= memory.size(); at += sizeof(T)) {
    T* candidate = reinterpret_cast<T*>(memory.data() + at);
    if (!holds(candidate)) continue;
    if (found) return nullptr;
    found = candidate;
  }
  return found;
}

}  // namespace

u64* holding(std::span<u8> memory, const Interface& interface, int number) {
  constexpr u64 unlikely = 0x5AC3'71E9'0D4B'2F68;
  interface.write(number, unlikely);
  u64* found = only<u64>(memory, [](const u64* word) { return *word == unlikely; });
  interface.write(number, ~unlikely & ~u64{3});
  return found && *found == (~unlikely & ~u64{3}) ? found : nullptr;
}

namespace {

// What all of memory was in several modes.
struct Snapshot {
  u64 msr;
  std::vector<u8> memory;
};

}  // namespace

std::optional<State> find_state(std::span<u8> memory, const Interface& interface) {
  State state;
  state.gpr = holding(memory, interface, interface.gpr0);
  state.pc = holding(memory, interface, interface.pc);
  state.lr = holding(memory, interface, interface.lr);
  state.ctr = holding(memory, interface, interface.ctr);
  if (!state.gpr || !state.pc || !state.lr || !state.ctr) return std::nullopt;
  for (int i = 0; i < 32; ++i) {
    interface.write(interface.gpr0 + i, u64{0x1234'5678} + static_cast<u64>(i));
    if (state.gpr[i] != u64{0x1234'5678} + static_cast<u64>(i)) return std::nullopt;
  }
  interface.write(interface.cr, 0x1357'9BDF);
  state.cr = only<u32>(memory, [&](const u32* word) {
    constexpr u32 fields[] = {1, 3, 5, 7, 9, 0xB, 0xD, 0xF};
    return reinterpret_cast<const u8*>(word + 8) <= memory.data() + memory.size() && std::equal(fields, fields + 8, word);
  });
  if (!state.cr) return std::nullopt;

  // VSX, and what came with 2.07 and 3.0.
  constexpr u64 of_this_processor = State::isa_3_0 | 0xA002, all_sets = 0xFFFFF;
  state.versions =
      only<u64>(memory, [](const u64* word) { return (*word & of_this_processor) == of_this_processor && *word <= all_sets; });

  // Modes: problem state or not, each translation on or off, and bits of which the flags take some.
  constexpr u64 kept = msr::ee | msr::ri | msr::me;
  constexpr u64 modes[] = {0,
                           msr::pr,
                           msr::ir,
                           msr::dr,
                           msr::ir | msr::dr | kept,
                           msr::sf | kept,
                           msr::sf | msr::pr | msr::fp | msr::le,
                           msr::fp | msr::vec | msr::vsx | msr::fe0 | msr::fe1,
                           msr::le | msr::ir};
  std::vector<Snapshot> snapshots;
  for (const u64 mode : modes) {
    interface.write(interface.msr, mode);
    snapshots.push_back({interface.read(interface.msr), {memory.begin(), memory.end()}});
  }
  const auto in_all = [&](auto* word, const auto& expected) {
    const auto at = static_cast<size_t>(reinterpret_cast<u8*>(word) - memory.data());
    return std::ranges::all_of(snapshots, [&](const Snapshot& s) {
      std::remove_const_t<std::remove_pointer_t<decltype(word)>> value;
      std::memcpy(&value, s.memory.data() + at, sizeof value);
      return expected(s.msr, value);
    });
  };
  state.msr = only<u64>(memory, [&](u64* word) { return in_all(word, [](u64 m, u64 value) { return value == m; }); });
  constexpr u64 in_flags = msr::sf | msr::pr | msr::ir | msr::dr | msr::le | msr::fp | msr::vec | msr::vsx;
  state.flags = only<u64>(memory, [&](u64* word) {
    return in_all(word, [](u64 m, u64 value) { return (value & (in_flags | kept)) == (m & in_flags); });
  });
  // Unicorn's number for a TLB: 1 for a kernel, 2 where translation is off, 4 for a hypervisor.
  const auto number = [](u64 m, u64 translation) {
    constexpr u64 hypervisor = u64{1} << 60;
    return u32{!(m & msr::pr)} + 2 * u32{!(m & translation)} + 4 * u32{(m & hypervisor) != 0};
  };
  const auto tlb = [&](u64 translation) {
    return only<u32>(memory,
                     [&](u32* word) { return in_all(word, [&](u64 m, u32 value) { return value == number(m, translation); }); });
  };
  state.fetch_tlb = tlb(msr::ir);
  state.data_tlb = tlb(msr::dr);
  if (!state.msr || !state.flags || !state.fetch_tlb || !state.data_tlb) return std::nullopt;
  interface.write(interface.msr, 0);
  state.flags_always = *state.flags;
  interface.write(interface.msr, ~u64{0});
  state.flags_from_msr = *state.flags & ~state.flags_always;
  return state;
}

// What describes a TLB that is empty: no large page (two words of ones), a time, the most that were used, how many are, the next
// victim, and victims: all ones.
TlbUse find_tlb_use(std::span<const u8> memory) {
  constexpr u64 none = ~u64{0};
  constexpr size_t used_at = 4, victims_at = 6, words = victims_at + 16, descriptions = 10;
  const auto* begin = reinterpret_cast<const u64*>(memory.data());
  const size_t count = memory.size() / sizeof(u64);
  std::vector<size_t> found;
  for (size_t at = 0; at + words <= count; ++at) {
    const u64* word = begin + at;
    if (word[0] == none && word[1] == none && word[2] != none && word[used_at] == 0 && word[used_at + 1] == 0 &&
        std::all_of(word + victims_at, word + words, [](u64 value) { return value == none; }))
      found.push_back(at);
  }
  if (found.size() != descriptions) return {};
  for (size_t i = 1; i < descriptions; ++i)
    if (found[i] - found[i - 1] != found[1] - found[0]) return {};
  return {const_cast<u64*>(begin + found[0] + used_at), found[1] - found[0]};
}

}  // namespace cpu::unicorn
