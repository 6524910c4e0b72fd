// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/parallel.h"

#include <cstring>

#include "cpu/unicorn/floating_calls.h"
#include "cpu/unicorn/interposed.h"

namespace cpu::unicorn {

namespace {

constexpr u32 parallel = 0x00080000;
// The most instructions that a block may have: a value that is nowhere else in the context.
constexpr u32 length_limit = 0x7FFF, unlikely_limit = 0x155;
// Of a block's description: after its address, a base, flags, size and count.
constexpr size_t flags_at = 24;
// The context begins with what a translation needs most often.
constexpr size_t searched_words = 64;

thread_local u8* context_now = nullptr;

u32 load(const u8* at) {
  u32 value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

u32* find_flags(u8* context, u32 expected) {
  u32* found = nullptr;
  for (size_t i = 0; i < searched_words; ++i) {
    u8* at = context + i * sizeof(u32);
    if (load(at) != expected) continue;
    if (found) return nullptr;
    found = reinterpret_cast<u32*>(at);
  }
  return found;
}

}  // namespace

bool ParallelMark::set(bool on) {
  wanted = on && context;
  return wanted == on;
}

}  // namespace cpu::unicorn

TAKES_ITS_PLACE void* tb_gen_code_ppc64(void* cpu, u64 pc, u64 base, u32 flags, int block_flags) {
  using namespace cpu::unicorn;
  static const auto original = the_original<decltype(tb_gen_code_ppc64)>("tb_gen_code_ppc64");
  if (running && running->mark.looking) block_flags |= unlikely_limit;
  return original(cpu, pc, base, flags, block_flags);
}

TAKES_ITS_PLACE void tcg_func_start_ppc64(void* context) {
  using namespace cpu::unicorn;
  static const auto original = the_original<decltype(tcg_func_start_ppc64)>("tcg_func_start_ppc64");
  context_now = static_cast<u8*>(context);
  original(context);
}

// It may be left by a jump, if a page cannot be translated: the block is given up then, and the next one sets the context's word anew.
TAKES_ITS_PLACE void gen_intermediate_code_ppc64(void* cpu, void* block, int most) {
  using namespace cpu::unicorn;
  static const auto original = the_original<decltype(gen_intermediate_code_ppc64)>("gen_intermediate_code_ppc64");
  if (!running) return original(cpu, block, most);
  ParallelMark& mark = running->mark;
  u32* block_flags = reinterpret_cast<u32*>(static_cast<u8*>(block) + flags_at);
  if (mark.looking && context_now && (*block_flags & length_limit) == unlikely_limit)
    mark.context = find_flags(context_now, *block_flags);
  if (!mark.wanted || !mark.context) return original(cpu, block, most);
  *block_flags |= parallel;
  *mark.context |= parallel;
  original(cpu, block, most);
  *block_flags &= ~parallel;
  *mark.context &= ~parallel;
}

// An instruction that the host cannot do at once: it is reported as if it were an illegal one.
TAKES_ITS_PLACE void helper_exit_atomic_ppc64(void* registers) {
  using namespace cpu::unicorn;
  constexpr u32 illegal = 96;
  if (running) running->mark.exclusive = true;
  raise_exception_err_ra_ppc64(registers, illegal, 0, CALLED_FROM);
}
