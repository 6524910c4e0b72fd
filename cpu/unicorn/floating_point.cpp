// SPDX-License-Identifier: GPL-2.0-or-later
// Scalar floating point of 64-bit registers, and the moves to and from FPSCR. An arithmetic instruction comes as two or three
// calls: the operation; for the single precision ones frsp; and compute_fprf_float64, after the target has been written.
#include "cpu/unicorn/floating_point.h"

#include <array>

#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"
#include "cpu/msr.h"
#include "cpu/unicorn/floating_calls.h"

using namespace cpu;
using namespace cpu::floating;
using cpu::unicorn::floating_registers;
using cpu::unicorn::FloatingRegisters;

namespace cpu::unicorn {

bool floating_interrupt_due(const FloatingRegisters& r) { return (*r.fpscr & fpscr::fex) && (*r.msr & (msr::fe0 | msr::fe1)); }

u32 instruction_of(std::uintptr_t host_code) {
  Callee& callee = *running;
  if (!callee.processor || !callee.pc_register) return 0;
  cpu_restore_state_ppc64(callee.processor, host_code, false);
  return callee.instruction_at(*callee.pc_register);
}

void interrupt_here(void* registers, std::uintptr_t host_code) {
  constexpr u32 program = 6, floating_point = 0x10;
  raise_exception_err_ra_ppc64(registers, program, floating_point, host_code);
}

std::optional<FloatingRegisters> find_floating_registers(std::span<u8> memory, const Interface& interface, const State& state) {
  FloatingRegisters found;
  found.msr = state.msr;
  found.cr = state.cr;
  u64* first = holding(memory, interface, interface.fpr0);
  if (!first) return std::nullopt;
  constexpr size_t words = sizeof(Vsr) / sizeof(u64);
  for (int i = 0; i < 32; ++i) {
    const u64 value = u64{0xABCD'0000'1234'0000} + static_cast<u64>(i);
    interface.write(interface.fpr0 + i, value);
    if (first[static_cast<size_t>(i) * words] != value) return std::nullopt;
    interface.write(interface.fpr0 + i, 0);
  }
  found.vsr = reinterpret_cast<u8*>(first - (Vsr::little ? 1 : 0));
  if (found.vsr < memory.data() || found.vsr + 64 * sizeof(Vsr) > memory.data() + memory.size()) return std::nullopt;

  using Store = void(void*, u64, u32);
  const auto store = the_original<Store>("helper_store_fpscr_ppc64");
  if (!store) return std::nullopt;
  constexpr u64 enables = fpscr::ve | fpscr::oe | fpscr::ue | fpscr::ze | fpscr::xe, summaries = fpscr::fex | fpscr::vx;
  constexpr u32 all = 0xFFFF;
  constexpr u64 unlikely = 0x5AC3'71E9'0D4B'2F68 & ~enables;
  const auto holds = [&](u64 value) {
    u64* only = nullptr;
    for (size_t at = 0; at + sizeof(u64) <= memory.size(); at += sizeof(u64)) {
      u64* word = reinterpret_cast<u64*>(memory.data() + at);
      if (((*word ^ value) & ~summaries) != 0) continue;
      if (only) return static_cast<u64*>(nullptr);
      only = word;
    }
    return only;
  };
  store(memory.data(), unlikely, all);
  found.fpscr = holds(unlikely);
  store(memory.data(), 0, all);
  if (!found.fpscr || *found.fpscr != 0) return std::nullopt;
  clear_vscr(memory.data());
  return found;
}

namespace {

Vsr& fpr(const FloatingRegisters& r, u32 number) { return reinterpret_cast<Vsr*>(r.vsr)[number]; }

// What the instruction's target has, for one that does not change it.
[[gnu::noinline, gnu::cold]] u64 unchanged_target(const FloatingRegisters& r, std::uintptr_t host_code) {
  return fpr(r, instruction_of(host_code) >> 21 & 31).dword(0);
}

u64 computed(const Unrounded& exact, std::uintptr_t host_code, bool negated = false, Format format = Format::double_precision,
             bool estimated = false) {
  FloatingRegisters& r = floating_registers();
  Computed& now = r.computed;
  now.any = true;
  now.by_host = false;
  now.suppressed = exact.settled && fpscr::suppressed(*r.fpscr, exact.answer.found);
  now.negated = negated;
  now.estimated = estimated;
  now.format = format;
  now.exact = exact;
  now.answer = rounded(exact, format, rules_of(*r.fpscr));
  if (now.suppressed) [[unlikely]]
    return unchanged_target(r, host_code);
  if (negated) now.answer.value = negated_unless_nan(now.answer.value);
  return now.answer.value;
}

// As `computed`, of a double precision result that the host has.
u64 computed_by_host(FloatingRegisters& r, const Nearest& nearest) {
  Computed& now = r.computed;
  now.any = now.by_host = true;
  now.suppressed = now.negated = now.estimated = false;
  now.nearest = nearest;
  return nearest.value;
}

// Nothing of it is rounded any more.
u64 settled(const Answer& answer, std::uintptr_t host_code) {
  return computed(Unrounded::of(answer.value, answer.found), host_code);
}

// An instruction that interrupts has set its field of CR, too, if it has a bit for that. (Book I 4.2.2)
[[gnu::noinline, gnu::cold]] void interrupt_with_record(void* registers, FloatingRegisters& r, u32 instruction,
                                                        std::uintptr_t host_code) {
  if (instruction & 1) r.cr[1] = static_cast<u32>(*r.fpscr >> 28 & 15);
  interrupt_here(registers, host_code);
}

// The only call of its instruction: the target is written behind it, if that is reached.
u64 told(void* registers, FloatingRegisters& r, u64 value, bool suppressed, std::uintptr_t host_code) {
  const bool interrupts = floating_interrupt_due(r);
  if (!suppressed && !interrupts) [[likely]]
    return value;
  const u32 instruction = instruction_of(host_code);
  Vsr& target = fpr(r, instruction >> 21 & 31);
  if (!suppressed) target.set_dword(0, value);
  if (interrupts) interrupt_with_record(registers, r, instruction, host_code);
  return target.dword(0);
}

u64 integer(void* registers, u64 x, Integer type, std::optional<Rounding> fixed, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = to_integer(x, type, fixed ? *fixed : rules_of(*r.fpscr).rounding);
  const bool suppressed = fpscr::suppressed(*r.fpscr, answer.found);
  if (suppressed) {
    tell_suppressed(r, answer.found);
  } else {
    tell_integer(r, answer.found);
  }
  return told(registers, r, answer.value, suppressed, host_code);
}

u64 of_integer(void* registers, u64 x, bool is_signed, Format format, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = rounded(from_integer(x, is_signed), format, rules_of(*r.fpscr));
  tell_result(r, answer, format);
  return told(registers, r, answer.value, false, host_code);
}

u64 integral(u64 x, Integral how, std::uintptr_t host_code) {
  Answer answer = to_integral(x, how);
  answer.found &= ~of_rounding;
  return settled(answer, host_code);
}

Rounding rounding_now() { return rules_of(*floating_registers().fpscr).rounding; }

void compare(u64 a, u64 b, u32 field, Comparison kind) {
  FloatingRegisters& r = floating_registers();
  const Relation relation = compared(a, b);
  r.cr[field & 7] = relation;
  const u64 found = comparison_found(a, b, kind, *r.fpscr);
  *r.fpscr = fpscr::with_exceptions((*r.fpscr & ~fpscr::fpcc) | u64{relation} << fpscr::fprf_at, found);
}

void tell_fpscr(void* registers, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  Computed& now = r.computed;
  if (now.any) {
    now.any = false;
    if (now.by_host) {
      now.answer = {now.negated ? now.nearest.value ^ sign_bit : now.nearest.value, now.nearest.found()};
      now.format = Format::double_precision;
    }
    if (now.estimated) now.answer.found &= ~of_rounding;
    if (now.suppressed) {
      tell_suppressed(r, now.answer.found);
    } else {
      tell_result(r, now.answer, now.format);
    }
  }
  if (floating_interrupt_due(r)) [[unlikely]]
    interrupt_with_record(registers, r, instruction_of(host_code), host_code);
}

// Of what is translated on this thread.
thread_local const void* last_call = nullptr;

}  // namespace

}  // namespace cpu::unicorn

using namespace cpu::unicorn;

// ---- arithmetic ----

#define WITH_THE_HOST(operation, ...)                                                          \
  FloatingRegisters& r = floating_registers();                                                 \
  if (Nearest nearest; host_may(*r.fpscr) && host::operation(__VA_ARGS__, nearest)) [[likely]] \
    return computed_by_host(r, nearest);

TAKES_ITS_PLACE u64 helper_fadd_ppc64(void*, u64 a, u64 b) {
  WITH_THE_HOST(add, a, b)
  return computed(add(a, b, rounding_now()), CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fsub_ppc64(void*, u64 a, u64 b) {
  WITH_THE_HOST(add, a, b ^ sign_bit)
  return computed(subtract(a, b, rounding_now()), CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fmul_ppc64(void*, u64 a, u64 b) {
  WITH_THE_HOST(multiply, a, b)
  return computed(multiply(a, b), CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fdiv_ppc64(void*, u64 a, u64 b) {
  WITH_THE_HOST(divide, a, b)
  return computed(divide(a, b), CALLED_FROM);
}
static u64 fused(u64 a, u64 c, u64 b, bool negated, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  if (Nearest nearest; host_may(*r.fpscr) && host::multiply_add(a, c, b, nearest)) [[likely]] {
    computed_by_host(r, nearest);
    r.computed.negated = negated;
    return negated ? nearest.value ^ sign_bit : nearest.value;
  }
  return computed(multiply_add(a, c, b, rounding_now()), host_code, negated);
}
static u64 minus(u64 b) { return is_nan(b) ? b : b ^ sign_bit; }

TAKES_ITS_PLACE u64 helper_fmadd_ppc64(void*, u64 a, u64 c, u64 b) { return fused(a, c, b, false, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fmsub_ppc64(void*, u64 a, u64 c, u64 b) { return fused(a, c, minus(b), false, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fnmadd_ppc64(void*, u64 a, u64 c, u64 b) { return fused(a, c, b, true, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fnmsub_ppc64(void*, u64 a, u64 c, u64 b) { return fused(a, c, minus(b), true, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fsqrt_ppc64(void*, u64 b) {
  WITH_THE_HOST(square_root, b)
  return computed(square_root(b), CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fre_ppc64(void*, u64 b) {
  return computed(reciprocal(b), CALLED_FROM, false, Format::double_precision, true);
}
TAKES_ITS_PLACE u64 helper_fres_ppc64(void*, u64 b) {
  return computed(reciprocal(b), CALLED_FROM, false, Format::single_precision, true);
}
TAKES_ITS_PLACE u64 helper_frsqrte_ppc64(void*, u64 b) {
  return computed(reciprocal_square_root(b), CALLED_FROM, false, Format::double_precision, true);
}

// The instruction, or the end of one of single precision.
TAKES_ITS_PLACE u64 helper_frsp_ppc64(void*, u64 b) {
  FloatingRegisters& r = floating_registers();
  Computed& now = r.computed;
  if (!now.any) {
    if (host_may(*r.fpscr) && host::to_single({b, 0}, now.answer)) {
      now.any = true;
      now.by_host = now.suppressed = now.negated = now.estimated = false;
      now.format = Format::single_precision;
      return now.answer.value;
    }
    return computed(to_be_single(b), CALLED_FROM, false, Format::single_precision);
  }
  now.format = Format::single_precision;
  if (now.by_host) {
    now.by_host = false;
    if (!host::to_single(now.nearest, now.answer))
      now.answer = rounded(now.nearest.unrounded(), Format::single_precision, rules_of(*r.fpscr));
    if (now.negated) now.answer.value ^= sign_bit;
    return now.answer.value;
  }
  if (now.exact.settled) return b;
  now.answer = rounded(now.exact, Format::single_precision, rules_of(*r.fpscr));
  if (now.negated) now.answer.value = negated_unless_nan(now.answer.value);
  return now.answer.value;
}

TAKES_ITS_PLACE void helper_compute_fprf_float64_ppc64(void* registers, u64) { tell_fpscr(registers, CALLED_FROM); }
TAKES_ITS_PLACE void helper_float_check_status_ppc64(void* registers) { tell_fpscr(registers, CALLED_FROM); }

// ---- conversions ----

TAKES_ITS_PLACE u64 helper_fctiw_ppc64(void* registers, u64 b) { return integer(registers, b, signed_word, {}, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fctiwz_ppc64(void* registers, u64 b) {
  return integer(registers, b, signed_word, Rounding::zero, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fctiwu_ppc64(void* registers, u64 b) { return integer(registers, b, unsigned_word, {}, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fctiwuz_ppc64(void* registers, u64 b) {
  return integer(registers, b, unsigned_word, Rounding::zero, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fctid_ppc64(void* registers, u64 b) {
  return integer(registers, b, signed_doubleword, {}, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fctidz_ppc64(void* registers, u64 b) {
  return integer(registers, b, signed_doubleword, Rounding::zero, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fctidu_ppc64(void* registers, u64 b) {
  return integer(registers, b, unsigned_doubleword, {}, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fctiduz_ppc64(void* registers, u64 b) {
  return integer(registers, b, unsigned_doubleword, Rounding::zero, CALLED_FROM);
}

TAKES_ITS_PLACE u64 helper_fcfid_ppc64(void*, u64 b) { return computed(from_integer(b, true), CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_fcfidu_ppc64(void* registers, u64 b) {
  return of_integer(registers, b, false, Format::double_precision, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fcfids_ppc64(void* registers, u64 b) {
  return of_integer(registers, b, true, Format::single_precision, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_fcfidus_ppc64(void* registers, u64 b) {
  return of_integer(registers, b, false, Format::single_precision, CALLED_FROM);
}

TAKES_ITS_PLACE u64 helper_frin_ppc64(void*, u64 b) { return integral(b, Integral::to_nearest_away, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_friz_ppc64(void*, u64 b) { return integral(b, Integral::to_zero, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_frip_ppc64(void*, u64 b) { return integral(b, Integral::up, CALLED_FROM); }
TAKES_ITS_PLACE u64 helper_frim_ppc64(void*, u64 b) { return integral(b, Integral::down, CALLED_FROM); }

TAKES_ITS_PLACE u64 helper_todouble_ppc64(u32 x) { return from_single(x); }
TAKES_ITS_PLACE u32 helper_tosingle_ppc64(u64 x) { return to_single(x); }

// ---- comparisons ----

TAKES_ITS_PLACE void helper_fcmpu_ppc64(void*, u64 a, u64 b, u32 field) { compare(a, b, field, Comparison::quiet); }
TAKES_ITS_PLACE void helper_fcmpo_ppc64(void*, u64 a, u64 b, u32 field) { compare(a, b, field, Comparison::ordered); }
TAKES_ITS_PLACE u32 helper_ftdiv_ppc64(u64 a, u64 b) { return test_divide(a, b, Format::double_precision); }
TAKES_ITS_PLACE u32 helper_ftsqrt_ppc64(u64 b) { return test_square_root(b, Format::double_precision); }

// ---- FPSCR ----

// `fields`: a bit for each of 16, the lowest for the last one.
TAKES_ITS_PLACE void helper_store_fpscr_ppc64(void*, u64 value, u32 fields) {
  u64& now = *floating_registers().fpscr;
  u64 mask = 0;
  for (u32 field = 0; field < 16; ++field)
    if (fields >> field & 1) mask |= u64{15} << 4 * field;
  mask &= ~fpscr::reserved;
  now = fpscr::summed_up((now & ~mask) | (value & mask));
}
// `bit` counts from the lowest one.
TAKES_ITS_PLACE void helper_fpscr_clrbit_ppc64(void*, u32 bit) {
  u64& now = *floating_registers().fpscr;
  now = fpscr::summed_up(now & ~(u64{1} << (bit & 31)));
}
TAKES_ITS_PLACE void helper_fpscr_setbit_ppc64(void*, u32 bit) {
  u64& now = *floating_registers().fpscr;
  const u64 value = (u64{1} << (bit & 31)) & ~fpscr::reserved;
  now = value & fpscr::exceptions ? fpscr::with_exceptions(now, value) : fpscr::summed_up(now | value);
}

// Left in translated code only where Unicorn does nothing for a move to FPSCR: for FEX and VX that is right, for NI it is not.
TAKES_ITS_PLACE void helper_reset_fpstatus_ppc64(void*) {
  constexpr u32 mtfsb1_ni = 0xFFA0004C, record = 1;
  if ((instruction_of(CALLED_FROM) & ~record) == mtfsb1_ni) *floating_registers().fpscr |= fpscr::ni;
}

// A call of a helper function is being translated. Some are needless: what ours compute needs no preparation, and an interrupt is
// looked for by the same call that tells FPSCR. Others are said not to change registers, which those that compare vectors now
// do: a call that is said to change them, before, keeps translated code from remembering FPSCR.
TAKES_ITS_PLACE void tcg_gen_callN_ppc64(void* context, void* function, void* result, int count, void** arguments) {
  static const auto original = the_original<decltype(tcg_gen_callN_ppc64)>("tcg_gen_callN_ppc64");
  const auto is = [&](auto* ours) { return function == reinterpret_cast<void*>(ours); };
  const void* before = std::exchange(last_call, function);
  const auto was = [&](auto* ours) { return before == reinterpret_cast<void*>(ours); };
  const auto call = [&](auto* ours) { original(context, reinterpret_cast<void*>(ours), nullptr, 1, arguments); };
  if (is(helper_reset_fpstatus_ppc64)) return;
  if (is(helper_float_check_status_ppc64)) {
    if (was(helper_compute_fprf_float64_ppc64)) return;
    if (was(helper_reset_fpstatus_ppc64)) call(helper_reset_fpstatus_ppc64);
  }
  if (compares_vectors(function)) call(helper_float_check_status_ppc64);
  original(context, function, result, count, arguments);
}
