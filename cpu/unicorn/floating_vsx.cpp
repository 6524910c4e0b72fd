// SPDX-License-Identifier: GPL-2.0-or-later
// Floating point of VSX registers: a scalar in the first doubleword, or all elements of a vector. One table per form of
// instruction; each of its rows is a function in place of Unicorn's. (Book I chapter 7)
#include <array>

#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"
#include "cpu/unicorn/floating_calls.h"

using namespace cpu;
using namespace cpu::floating;

namespace cpu::unicorn {

namespace {

constexpr Format sp = Format::single_precision, dp = Format::double_precision;

// ---- what is done with one element, of any form ----

using Operation = Answer (*)(u64 a, u64 b, u64 c, Format, const Rules&);

Answer of_nearest(const Nearest& nearest, Format f, const Rules& r) {
  if (f == dp) return {nearest.value, nearest.found()};
  if (Answer answer; host::to_single(nearest, answer)) return answer;
  return rounded(nearest.unrounded(), sp, r);
}
Answer do_add(u64 a, u64 b, u64, Format f, const Rules& r) {
  if (Nearest nearest; host_may(r) && host::add(a, b, nearest)) return of_nearest(nearest, f, r);
  return rounded(add(a, b, r.rounding), f, r);
}
Answer do_sub(u64 a, u64 b, u64, Format f, const Rules& r) {
  if (Nearest nearest; host_may(r) && host::add(a, b ^ sign_bit, nearest)) return of_nearest(nearest, f, r);
  return rounded(subtract(a, b, r.rounding), f, r);
}
Answer do_mul(u64 a, u64 b, u64, Format f, const Rules& r) {
  if (Nearest nearest; host_may(r) && host::multiply(a, b, nearest)) return of_nearest(nearest, f, r);
  return rounded(multiply(a, b), f, r);
}
Answer do_div(u64 a, u64 b, u64, Format f, const Rules& r) {
  if (Nearest nearest; host_may(r) && host::divide(a, b, nearest)) return of_nearest(nearest, f, r);
  return rounded(divide(a, b), f, r);
}
Answer do_sqrt(u64, u64 b, u64, Format f, const Rules& r) {
  if (Nearest nearest; host_may(r) && host::square_root(b, nearest)) return of_nearest(nearest, f, r);
  return rounded(square_root(b), f, r);
}
// a * b + c: in the order of the calls.
Answer do_madd(u64 a, u64 b, u64 c, Format f, const Rules& r) {
  if (Nearest nearest;
      host_may(r) && (f == sp ? host::multiply_add_singles(a, b, c, nearest) : host::multiply_add(a, b, c, nearest)))
    return of_nearest(nearest, f, r);
  return rounded(multiply_add(a, b, c, r.rounding), f, r);
}
Answer do_msub(u64 a, u64 b, u64 c, Format f, const Rules& r) { return do_madd(a, b, is_nan(c) ? c : c ^ sign_bit, f, r); }
Answer negated(Answer answer) { return {negated_unless_nan(answer.value), answer.found}; }
Answer do_nmadd(u64 a, u64 b, u64 c, Format f, const Rules& r) { return negated(do_madd(a, b, c, f, r)); }
Answer do_nmsub(u64 a, u64 b, u64 c, Format f, const Rules& r) { return negated(do_msub(a, b, c, f, r)); }
Answer without_rounding(Answer answer) { return {answer.value, answer.found & ~of_rounding}; }
Answer do_re(u64, u64 b, u64, Format f, const Rules& r) { return without_rounding(rounded(reciprocal(b), f, r)); }
Answer do_rsqrte(u64, u64 b, u64, Format f, const Rules& r) { return without_rounding(rounded(reciprocal_square_root(b), f, r)); }
Answer do_max(u64 a, u64 b, u64, Format, const Rules&) { return chosen(a, b, Which::larger); }
Answer do_min(u64 a, u64 b, u64, Format, const Rules&) { return chosen(a, b, Which::smaller); }
Answer do_rsp(u64, u64 b, u64, Format, const Rules& r) { return rounded(to_be_single(b), sp, r); }
Answer do_rdp(u64, u64 b, u64, Format, const Rules& r) { return rounded(itself(b), dp, r); }
Answer do_integral_away(u64, u64 b, u64, Format, const Rules&) {
  return without_rounding(to_integral(b, Integral::to_nearest_away));
}
Answer do_integral_zero(u64, u64 b, u64, Format, const Rules&) { return without_rounding(to_integral(b, Integral::to_zero)); }
Answer do_integral_up(u64, u64 b, u64, Format, const Rules&) { return without_rounding(to_integral(b, Integral::up)); }
Answer do_integral_down(u64, u64 b, u64, Format, const Rules&) { return without_rounding(to_integral(b, Integral::down)); }
Answer do_integral_now(u64, u64 b, u64, Format, const Rules& r) { return to_integral(b, integral_of(r.rounding)); }

// ---- scalars ----

template <Operation operation, Format format>
void scalar(void* registers, Vsr& t, const Vsr* a, const Vsr& b, const Vsr* c, std::uintptr_t host_code) {
  const Answer answer =
      operation(a ? a->dword(0) : 0, b.dword(0), c ? c->dword(0) : 0, format, rules_of(*floating_registers().fpscr));
  end_scalar(registers, t, answer, format, answer.value, host_code);
}

// These leave the class of the result alone.
template <Operation operation>
void scalar_choice(void* registers, Vsr& t, const Vsr& a, const Vsr& b, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = operation(a.dword(0), b.dword(0), 0, dp, {});
  if (!fpscr::suppressed(*r.fpscr, answer.found)) put(t, answer.value);
  tell_exceptions(r, answer.found);
  interrupt_if_due(registers, r, host_code);
}

void scalar_to_integer(void* registers, Vsr& t, const Vsr& b, Integer type, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = to_integer(b.dword(0), type, Rounding::zero);
  if (fpscr::suppressed(*r.fpscr, answer.found)) [[unlikely]] {
    tell_suppressed(r, answer.found);
  } else {
    put(t, type.bits == 32 ? twice(answer.value) : answer.value);
    tell_integer(r, answer.found);
  }
  interrupt_if_due(registers, r, host_code);
}

template <bool is_signed, Format format>
void scalar_from_integer(void* registers, Vsr& t, const Vsr& b, std::uintptr_t host_code) {
  const Answer answer = rounded(from_integer(b.dword(0), is_signed), format, rules_of(*floating_registers().fpscr));
  end_scalar(registers, t, answer, format, answer.value, host_code);
}

// ---- vectors: nothing is written if an exception of any element is enabled; FR, FI and FPRF stay ----

template <Operation operation, Format format>
void vector(void* registers, Vsr& t, const Vsr* a, const Vsr& b, const Vsr* c, std::uintptr_t host_code) {
  const Rules rules = rules_of(*floating_registers().fpscr);
  Vsr result{};
  u64 found = 0;
  if constexpr (format == dp) {
    for (int i = 0; i < 2; ++i) {
      const Answer answer = operation(a ? a->dword(i) : 0, b.dword(i), c ? c->dword(i) : 0, dp, rules);
      result.set_dword(i, answer.value);
      found |= answer.found;
    }
  } else {
    for (int i = 0; i < 4; ++i) {
      const Answer answer =
          operation(a ? from_single(a->word(i)) : 0, from_single(b.word(i)), c ? from_single(c->word(i)) : 0, sp, rules);
      result.set_word(i, to_single(answer.value));
      found |= answer.found;
    }
  }
  end_vector(registers, t, result, found, host_code);
}

// Doubles and doublewords are paired with the first word of each half.
template <Format from, bool is_signed, int bits>
void vector_to_integer(void* registers, Vsr& t, const Vsr& b, std::uintptr_t host_code) {
  Vsr result{};
  u64 found = 0;
  constexpr bool every_word = from == sp && bits == 32;
  for (int i = 0; i < (every_word ? 4 : 2); ++i) {
    const u64 x = from == dp ? b.dword(i) : from_single(b.word(every_word ? i : 2 * i));
    const Answer answer = to_integer(x, {bits, is_signed}, Rounding::zero);
    found |= answer.found;
    if (every_word) {
      result.set_word(i, static_cast<u32>(answer.value));
    } else {
      result.set_dword(i, bits == 32 ? twice(answer.value) : answer.value);
    }
  }
  end_vector(registers, t, result, found & ~(fpscr::fi | fpscr::fr), host_code);
}

template <Format to, bool is_signed, int bits>
void vector_from_integer(void* registers, Vsr& t, const Vsr& b, std::uintptr_t host_code) {
  const Rules rules = rules_of(*floating_registers().fpscr);
  Vsr result{};
  u64 found = 0;
  constexpr bool every_word = to == sp && bits == 32;
  for (int i = 0; i < (every_word ? 4 : 2); ++i) {
    u64 x = bits == 64 ? b.dword(i) : b.word(every_word ? i : 2 * i);
    if (bits == 32 && is_signed) x = static_cast<u64>(s64{static_cast<s32>(x)});
    const Answer answer = rounded(from_integer(x, is_signed), to, rules);
    found |= answer.found;
    if (every_word) {
      result.set_word(i, to_single(answer.value));
    } else {
      result.set_dword(i, to == sp ? twice(to_single(answer.value)) : answer.value);
    }
  }
  end_vector(registers, t, result, found, host_code);
}

using Test = bool (*)(Relation);
bool when_equal(Relation r) { return r == equal; }
bool when_not_less(Relation r) { return r == greater || r == equal; }
bool when_greater(Relation r) { return r == greater; }

template <Test test, Format format, Comparison kind>
u32 vector_compare(void* registers, Vsr& t, const Vsr& a, const Vsr& b, std::uintptr_t host_code) {
  const u64 status = *floating_registers().fpscr;
  Vsr result{};
  u64 found = 0;
  constexpr int elements = format == dp ? 2 : 4;
  int true_ones = 0;
  for (int i = 0; i < elements; ++i) {
    const u64 x = format == dp ? a.dword(i) : from_single(a.word(i)), y = format == dp ? b.dword(i) : from_single(b.word(i));
    found |= comparison_found(x, y, kind, status);
    if (!test(compared(x, y))) continue;
    ++true_ones;
    if (format == dp) {
      result.set_dword(i, ~u64{0});
    } else {
      result.set_word(i, ~u32{0});
    }
  }
  end_vector(registers, t, result, found, host_code);
  return (true_ones == elements ? 8 : 0) | (true_ones == 0 ? 2 : 0);
}

u32& field_of(u32 instruction) { return floating_registers().cr[instruction >> 23 & 7]; }

void compare_scalars(void* registers, u32 instruction, const Vsr& a, const Vsr& b, Comparison kind, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Relation relation = compared(a.dword(0), b.dword(0));
  field_of(instruction) = relation;
  const u64 found = comparison_found(a.dword(0), b.dword(0), kind, *r.fpscr);
  *r.fpscr = fpscr::with_exceptions((*r.fpscr & ~fpscr::fpcc) | u64{relation} << fpscr::fprf_at, found);
  interrupt_if_due(registers, r, host_code);
}

}  // namespace

}  // namespace cpu::unicorn

using namespace cpu::unicorn;

// ---- forms ----

// Two operands.
#define TWO(name, kind, operation, format)                                                          \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b) { \
    kind<operation, format>(registers, *t, a, *b, nullptr, CALLED_FROM);                            \
  }
// One.
#define ONE(name, kind, operation, format)                                            \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* b) { \
    kind<operation, format>(registers, *t, nullptr, *b, nullptr, CALLED_FROM);        \
  }
// Three, of which the last is added to the product of the others.
#define THREE(name, kind, operation, format)                                                                      \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b, const Vsr* c) { \
    kind<operation, format>(registers, *t, a, *b, c, CALLED_FROM);                                                \
  }
#define ALL_FORMS_OF_TWO(name, operation)  \
  TWO(xs##name##dp, scalar, operation, dp) \
  TWO(xs##name##sp, scalar, operation, sp) \
  TWO(xv##name##dp, vector, operation, dp) \
  TWO(xv##name##sp, vector, operation, sp)
#define ALL_FORMS_OF_ONE(name, operation)  \
  ONE(xs##name##dp, scalar, operation, dp) \
  ONE(xs##name##sp, scalar, operation, sp) \
  ONE(xv##name##dp, vector, operation, dp) \
  ONE(xv##name##sp, vector, operation, sp)
#define ALL_FORMS_OF_THREE(name, operation)  \
  THREE(xs##name##dp, scalar, operation, dp) \
  THREE(xs##name##sp, scalar, operation, sp) \
  THREE(xv##name##dp, vector, operation, dp) \
  THREE(xv##name##sp, vector, operation, sp)

ALL_FORMS_OF_TWO(add, do_add)
ALL_FORMS_OF_TWO(sub, do_sub)
ALL_FORMS_OF_TWO(mul, do_mul)
ALL_FORMS_OF_TWO(div, do_div)
ALL_FORMS_OF_ONE(sqrt, do_sqrt)
ALL_FORMS_OF_ONE(re, do_re)
ALL_FORMS_OF_ONE(rsqrte, do_rsqrte)
ALL_FORMS_OF_THREE(madd, do_madd)
ALL_FORMS_OF_THREE(msub, do_msub)
ALL_FORMS_OF_THREE(nmadd, do_nmadd)
ALL_FORMS_OF_THREE(nmsub, do_nmsub)

TWO(xvmaxdp, vector, do_max, dp)
TWO(xvmaxsp, vector, do_max, sp)
TWO(xvmindp, vector, do_min, dp)
TWO(xvminsp, vector, do_min, sp)
TAKES_ITS_PLACE void helper_xsmaxdp_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b) {
  scalar_choice<do_max>(registers, *t, *a, *b, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xsmindp_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b) {
  scalar_choice<do_min>(registers, *t, *a, *b, CALLED_FROM);
}

// ---- to integers in the floating point format ----

ONE(xsrdpi, scalar, do_integral_away, dp)
ONE(xsrdpic, scalar, do_integral_now, dp)
ONE(xsrdpim, scalar, do_integral_down, dp)
ONE(xsrdpip, scalar, do_integral_up, dp)
ONE(xsrdpiz, scalar, do_integral_zero, dp)
ONE(xvrdpi, vector, do_integral_away, dp)
ONE(xvrdpic, vector, do_integral_now, dp)
ONE(xvrdpim, vector, do_integral_down, dp)
ONE(xvrdpip, vector, do_integral_up, dp)
ONE(xvrdpiz, vector, do_integral_zero, dp)
ONE(xvrspi, vector, do_integral_away, sp)
ONE(xvrspic, vector, do_integral_now, sp)
ONE(xvrspim, vector, do_integral_down, sp)
ONE(xvrspip, vector, do_integral_up, sp)
ONE(xvrspiz, vector, do_integral_zero, sp)

// ---- between the formats ----

// Its target is written by the code that calls it: unless that is not reached.
TAKES_ITS_PLACE u64 helper_xsrsp_ppc64(void* registers, u64 b) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = do_rsp(0, b, 0, sp, rules_of(*r.fpscr));
  const bool suppressed = fpscr::suppressed(*r.fpscr, answer.found);
  if (suppressed) {
    tell_suppressed(r, answer.found);
  } else {
    tell_result(r, answer, sp);
  }
  const bool interrupts = floating_interrupt_due(r);
  if (!suppressed && !interrupts) [[likely]]
    return answer.value;
  const u32 instruction = instruction_of(CALLED_FROM);
  Vsr& t = reinterpret_cast<Vsr*>(r.vsr)[(instruction >> 21 & 31) | (instruction & 1) << 5];
  if (!suppressed) t.set_dword(0, answer.value);
  if (interrupts) interrupt_here(registers, CALLED_FROM);
  return t.dword(0);
}

TAKES_ITS_PLACE void helper_xscvdpsp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  const Answer answer = do_rsp(0, b->dword(0), 0, sp, rules_of(*floating_registers().fpscr));
  end_scalar(registers, *t, answer, sp, twice(to_single(answer.value)), CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xscvspdp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  const Answer answer = do_rdp(0, from_single(b->word(0)), 0, dp, {});
  end_scalar(registers, *t, answer, dp, answer.value, CALLED_FROM);
}
TAKES_ITS_PLACE u64 helper_xscvdpspn_ppc64(void*, u64 b) { return twice(to_single(b)); }
TAKES_ITS_PLACE u64 helper_xscvspdpn_ppc64(void*, u64 b) { return from_single(static_cast<u32>(b >> 32)); }
TAKES_ITS_PLACE void helper_xvcvdpsp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  Vsr result{};
  u64 found = 0;
  for (int i = 0; i < 2; ++i) {
    const Answer answer = do_rsp(0, b->dword(i), 0, sp, rules_of(*floating_registers().fpscr));
    result.set_dword(i, twice(to_single(answer.value)));
    found |= answer.found;
  }
  end_vector(registers, *t, result, found, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xvcvspdp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  Vsr result{};
  u64 found = 0;
  for (int i = 0; i < 2; ++i) {
    const Answer answer = do_rdp(0, from_single(b->word(2 * i)), 0, dp, {});
    result.set_dword(i, answer.value);
    found |= answer.found;
  }
  end_vector(registers, *t, result, found, CALLED_FROM);
}

// ---- to and from integers ----

#define SCALAR_TO(name, type)                                                         \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* b) { \
    scalar_to_integer(registers, *t, *b, type, CALLED_FROM);                          \
  }
#define CONVERSION(name, kind, ...)                                                   \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* b) { \
    kind<__VA_ARGS__>(registers, *t, *b, CALLED_FROM);                                \
  }
SCALAR_TO(xscvdpsxds, signed_doubleword)
SCALAR_TO(xscvdpsxws, signed_word)
SCALAR_TO(xscvdpuxds, unsigned_doubleword)
SCALAR_TO(xscvdpuxws, unsigned_word)
CONVERSION(xscvsxddp, scalar_from_integer, true, dp)
CONVERSION(xscvuxddp, scalar_from_integer, false, dp)
CONVERSION(xscvsxdsp, scalar_from_integer, true, sp)
CONVERSION(xscvuxdsp, scalar_from_integer, false, sp)
CONVERSION(xvcvdpsxds, vector_to_integer, dp, true, 64)
CONVERSION(xvcvdpsxws, vector_to_integer, dp, true, 32)
CONVERSION(xvcvdpuxds, vector_to_integer, dp, false, 64)
CONVERSION(xvcvdpuxws, vector_to_integer, dp, false, 32)
CONVERSION(xvcvspsxds, vector_to_integer, sp, true, 64)
CONVERSION(xvcvspsxws, vector_to_integer, sp, true, 32)
CONVERSION(xvcvspuxds, vector_to_integer, sp, false, 64)
CONVERSION(xvcvspuxws, vector_to_integer, sp, false, 32)
CONVERSION(xvcvsxddp, vector_from_integer, dp, true, 64)
CONVERSION(xvcvuxddp, vector_from_integer, dp, false, 64)
CONVERSION(xvcvsxwdp, vector_from_integer, dp, true, 32)
CONVERSION(xvcvuxwdp, vector_from_integer, dp, false, 32)
CONVERSION(xvcvsxdsp, vector_from_integer, sp, true, 64)
CONVERSION(xvcvuxdsp, vector_from_integer, sp, false, 64)
CONVERSION(xvcvsxwsp, vector_from_integer, sp, true, 32)
CONVERSION(xvcvuxwsp, vector_from_integer, sp, false, 32)

// ---- comparisons and tests ----

#define COMPARISON(name, test, format, kind)                                                       \
  TAKES_ITS_PLACE u32 helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b) { \
    return vector_compare<test, format, Comparison::kind>(registers, *t, *a, *b, CALLED_FROM);     \
  }
COMPARISON(xvcmpeqdp, when_equal, dp, quiet)
COMPARISON(xvcmpgedp, when_not_less, dp, ordered)
COMPARISON(xvcmpgtdp, when_greater, dp, ordered)
COMPARISON(xvcmpeqsp, when_equal, sp, quiet)
COMPARISON(xvcmpgesp, when_not_less, sp, ordered)
COMPARISON(xvcmpgtsp, when_greater, sp, ordered)

bool cpu::unicorn::compares_vectors(const void* function) {
  const void* all[] = {reinterpret_cast<void*>(helper_xvcmpeqdp_ppc64), reinterpret_cast<void*>(helper_xvcmpgedp_ppc64),
                       reinterpret_cast<void*>(helper_xvcmpgtdp_ppc64), reinterpret_cast<void*>(helper_xvcmpeqsp_ppc64),
                       reinterpret_cast<void*>(helper_xvcmpgesp_ppc64), reinterpret_cast<void*>(helper_xvcmpgtsp_ppc64)};
  for (const void* one : all)
    if (one == function) return true;
  return false;
}

TAKES_ITS_PLACE void helper_xscmpudp_ppc64(void* registers, u32 instruction, const Vsr* a, const Vsr* b) {
  compare_scalars(registers, instruction, *a, *b, Comparison::quiet, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xscmpodp_ppc64(void* registers, u32 instruction, const Vsr* a, const Vsr* b) {
  compare_scalars(registers, instruction, *a, *b, Comparison::ordered, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xstdivdp_ppc64(void*, u32 instruction, const Vsr* a, const Vsr* b) {
  field_of(instruction) = test_divide(a->dword(0), b->dword(0), dp);
}
TAKES_ITS_PLACE void helper_xstsqrtdp_ppc64(void*, u32 instruction, const Vsr* b) {
  field_of(instruction) = test_square_root(b->dword(0), dp);
}
TAKES_ITS_PLACE void helper_xvtdivdp_ppc64(void*, u32 instruction, const Vsr* a, const Vsr* b) {
  field_of(instruction) = test_divide(a->dword(0), b->dword(0), dp) | test_divide(a->dword(1), b->dword(1), dp);
}
TAKES_ITS_PLACE void helper_xvtsqrtdp_ppc64(void*, u32 instruction, const Vsr* b) {
  field_of(instruction) = test_square_root(b->dword(0), dp) | test_square_root(b->dword(1), dp);
}
TAKES_ITS_PLACE void helper_xvtdivsp_ppc64(void*, u32 instruction, const Vsr* a, const Vsr* b) {
  u32 all = 0;
  for (int i = 0; i < 4; ++i) all |= test_divide(from_single(a->word(i)), from_single(b->word(i)), sp);
  field_of(instruction) = all;
}
TAKES_ITS_PLACE void helper_xvtsqrtsp_ppc64(void*, u32 instruction, const Vsr* b) {
  u32 all = 0;
  for (int i = 0; i < 4; ++i) all |= test_square_root(from_single(b->word(i)), sp);
  field_of(instruction) = all;
}
