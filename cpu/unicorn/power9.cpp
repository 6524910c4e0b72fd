// SPDX-License-Identifier: GPL-2.0-or-later
// What came with POWER9. Its floating point, as floating_vsx.cpp: quadruple precision, half precision, and comparisons and
// choices of doubles. Then instructions that Unicorn gets wrong, and those that it has no notion of. (Book I chapter 7)
#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"
#include "cpu/floating_point/quad.h"
#include "cpu/unicorn/floating_calls.h"

using namespace cpu;
using namespace cpu::floating;

namespace cpu::unicorn {

namespace {

constexpr Format dp = Format::double_precision, sp = Format::single_precision, hp = Format::half_precision;

Wide quad_in(const Vsr& x) { return Wide{x.dword(0)} << 64 | x.dword(1); }
void put_quad(Vsr& t, Wide value) {
  t.set_dword(0, static_cast<u64>(value >> 64));
  t.set_dword(1, static_cast<u64>(value));
}

Vsr& vector(const FloatingRegisters& r, u32 number) { return reinterpret_cast<Vsr*>(r.vsr)[32 + (number & 31)]; }

// True: an enabled exception keeps it from writing its target.
bool told_as_suppressed(FloatingRegisters& r, u64 found) {
  if (!fpscr::suppressed(*r.fpscr, found)) return false;
  tell_suppressed(r, found);
  return true;
}
void tell_class(FloatingRegisters& r, u64 found, u64 class_of_result) {
  const u64 kept = *r.fpscr & ~(fpscr::fr | fpscr::fi | fpscr::fprf);
  *r.fpscr = fpscr::with_exceptions(kept | (found & (fpscr::fr | fpscr::fi)) | class_of_result, found);
}
void end_quad(FloatingRegisters& r, Vsr& t, const quad::Answer& answer) {
  if (told_as_suppressed(r, answer.found)) return;
  put_quad(t, answer.value);
  tell_class(r, answer.found, quad::class_of(answer.value));
}

// The lowest bit of most of these instructions asks for the odd one of two numbers. A sum that is zero, and an infinity, are then
// as the mode in FPSCR has them.
constexpr u32 odd_bit = 1;
Rules rules_for(u32 instruction, u64 fpscr) {
  Rules rules = rules_of(fpscr);
  if (instruction & odd_bit) rules.rounding = Rounding::odd;
  return rules;
}

using OfTwo = quad::Unrounded (*)(Wide a, Wide b, Rounding);
quad::Unrounded product(Wide a, Wide b, Rounding) { return quad::multiply(a, b); }
quad::Unrounded quotient(Wide a, Wide b, Rounding) { return quad::divide(a, b); }
quad::Unrounded root(Wide, Wide b, Rounding) { return quad::square_root(b); }

template <OfTwo operation>
void quad_of_two(void* registers, u32 instruction, Vsr& t, const Vsr* a, const Vsr& b, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const quad::Unrounded exact = operation(a ? quad_in(*a) : 0, quad_in(b), rules_of(*r.fpscr).rounding);
  end_quad(r, t, quad::rounded(exact, quad::all_bits, rules_for(instruction, *r.fpscr)));
  interrupt_if_due(registers, r, host_code);
}

// R and RMC: which of eight. The mode in FPSCR is one of them, and those that nobody has defined are the nearest.
Integral integral_asked(u32 instruction, u64 fpscr) {
  const u32 rmc = instruction >> 9 & 3;
  constexpr Integral with_r[] = {Integral::to_nearest_even, Integral::to_zero, Integral::up, Integral::down};
  if (instruction >> 16 & 1) return with_r[rmc];
  if (rmc == 0) return Integral::to_nearest_away;
  return rmc == 3 ? integral_of(rules_of(fpscr).rounding) : Integral::to_nearest_even;
}

void compare_quads(void* registers, u32 instruction, const Vsr& a, const Vsr& b, Comparison kind, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Wide x = quad_in(a), y = quad_in(b);
  const Relation relation = quad::compared(x, y);
  r.cr[instruction >> 23 & 7] = relation;
  const u64 found = quad::comparison_found(x, y, kind, *r.fpscr);
  *r.fpscr = fpscr::with_exceptions((*r.fpscr & ~fpscr::fpcc) | u64{relation} << fpscr::fprf_at, found);
  interrupt_if_due(registers, r, host_code);
}

void tell_field(u32 instruction, u32 field) {
  FloatingRegisters& r = floating_registers();
  r.cr[instruction >> 23 & 7] = field;
  *r.fpscr = (*r.fpscr & ~fpscr::fpcc) | u64{field} << fpscr::fprf_at;
}

constexpr Relation relation_of(u32 a, u32 b) { return a < b ? less : a > b ? greater : equal; }

void quad_to_integer(void* registers, Vsr& t, const Vsr& b, Integer type, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const Answer answer = quad::to_integer(quad_in(b), type);
  if (!told_as_suppressed(r, answer.found)) {
    put(t, answer.value);
    tell_integer(r, answer.found);
  }
  interrupt_if_due(registers, r, host_code);
}

using Test = bool (*)(Relation);
bool when_equal(Relation r) { return r == equal; }
bool when_not_less(Relation r) { return r == greater || r == equal; }
bool when_greater(Relation r) { return r == greater; }

template <Test test, Comparison kind>
void compare_to_mask(void* registers, Vsr& t, const Vsr& a, const Vsr& b, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  const u64 x = a.dword(0), y = b.dword(0);
  const u64 found = comparison_found(x, y, kind, *r.fpscr);
  if (!fpscr::suppressed(*r.fpscr, found)) put(t, test(compared(x, y)) ? ~u64{0} : 0);
  tell_exceptions(r, found);
  interrupt_if_due(registers, r, host_code);
}

// As the languages C and Java have them: of C, what is no number gives the second operand; of Java, itself.
enum class Language { c, java };
Answer chosen_in(Language language, u64 a, u64 b, Which which) {
  const u64 found = is_signaling(a) || is_signaling(b) ? fpscr::vxsnan : 0;
  if (is_nan(a) || is_nan(b)) {
    if (language == Language::c) return {b, found};
    return {is_nan(a) ? a : b, is_signaling(is_nan(a) ? a : b) ? fpscr::vxsnan : 0};
  }
  return chosen(a, b, which);
}

// Unicorn takes the registers for those of the second half.
void choose(void* registers, u32 instruction, Language language, Which which, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  Vsr* all = reinterpret_cast<Vsr*>(r.vsr);
  const Vsr& a = all[(instruction >> 16 & 31) | (instruction >> 2 & 1) << 5];
  const Vsr& b = all[(instruction >> 11 & 31) | (instruction >> 1 & 1) << 5];
  const Answer answer = chosen_in(language, a.dword(0), b.dword(0), which);
  if (!fpscr::suppressed(*r.fpscr, answer.found)) put(all[(instruction >> 21 & 31) | (instruction & 1) << 5], answer.value);
  tell_exceptions(r, answer.found);
  interrupt_if_due(registers, r, host_code);
}

}  // namespace

}  // namespace cpu::unicorn

using namespace cpu::unicorn;

// ---- quadruple precision ----

#define QUAD_OF_TWO(name, operation)                                                                                 \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, u32 instruction, Vsr* t, const Vsr* a, const Vsr* b) { \
    quad_of_two<operation>(registers, instruction, *t, a, *b, CALLED_FROM);                                          \
  }
QUAD_OF_TWO(xsaddqp, quad::add)
QUAD_OF_TWO(xssubqp, quad::subtract)
QUAD_OF_TWO(xsmulqp, product)
QUAD_OF_TWO(xsdivqp, quotient)
TAKES_ITS_PLACE void helper_xssqrtqp_ppc64(void* registers, u32 instruction, Vsr* t, const Vsr* b) {
  quad_of_two<root>(registers, instruction, *t, nullptr, *b, CALLED_FROM);
}

TAKES_ITS_PLACE void helper_xsrqpi_ppc64(void* registers, u32 instruction, Vsr* t, const Vsr* b) {
  FloatingRegisters& r = floating_registers();
  quad::Answer answer = quad::to_integral(quad_in(*b), integral_asked(instruction, *r.fpscr));
  constexpr u32 tells_inexact = 1;
  if (!(instruction & tells_inexact)) answer.found &= ~of_rounding;
  end_quad(r, *t, answer);
  interrupt_if_due(registers, r, CALLED_FROM);
}
// To the 64 bits that the significand of a double extended has. Of the ways to round, one is not among FPSCR's.
TAKES_ITS_PLACE void helper_xsrqpxp_ppc64(void* registers, u32 instruction, Vsr* t, const Vsr* b) {
  FloatingRegisters& r = floating_registers();
  const Integral how = integral_asked(instruction, *r.fpscr);
  Rules rules = rules_of(*r.fpscr);
  rules.rounding = how == Integral::to_nearest_away ? Rounding::nearest_away
                   : how == Integral::to_zero       ? Rounding::zero
                   : how == Integral::up            ? Rounding::up
                   : how == Integral::down          ? Rounding::down
                                                    : Rounding::nearest;
  end_quad(r, *t, quad::rounded(quad::itself(quad_in(*b)), quad::bits_of_extended, rules));
  interrupt_if_due(registers, r, CALLED_FROM);
}

TAKES_ITS_PLACE void helper_xscvdpqp_ppc64(void* registers, u32, Vsr* t, const Vsr* b) {
  FloatingRegisters& r = floating_registers();
  end_quad(r, *t, quad::from_double(b->dword(0)));
  interrupt_if_due(registers, r, CALLED_FROM);
}
// Unicorn takes its registers for those of an instruction on any VSR, whose sixth bit would be the one that asks for odd ones.
TAKES_ITS_PLACE void helper_xscvqpdp_ppc64(void* registers, u32 instruction, Vsr*, const Vsr*) {
  FloatingRegisters& r = floating_registers();
  Vsr& t = vector(r, instruction >> 21);
  const Answer answer = rounded(quad::to_be_double(quad_in(vector(r, instruction >> 11))), dp, rules_for(instruction, *r.fpscr));
  end_scalar(registers, t, answer, dp, answer.value, CALLED_FROM);
}
#define QUAD_FROM(name, is_signed)                                                     \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void*, u32, Vsr* t, const Vsr* b) {       \
    const quad::Unrounded exact = quad::from_integer(b->dword(0), is_signed);          \
    end_quad(floating_registers(), *t, quad::rounded(exact, quad::all_bits, Rules{})); \
  }
QUAD_FROM(xscvsdqp, true)
QUAD_FROM(xscvudqp, false)
#define QUAD_TO(name, type)                                                                \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, u32, Vsr* t, const Vsr* b) { \
    quad_to_integer(registers, *t, *b, type, CALLED_FROM);                                 \
  }
QUAD_TO(xscvqpsdz, signed_doubleword)
QUAD_TO(xscvqpswz, signed_word)
QUAD_TO(xscvqpudz, unsigned_doubleword)
QUAD_TO(xscvqpuwz, unsigned_word)

TAKES_ITS_PLACE void helper_xscmpoqp_ppc64(void* registers, u32 instruction, const Vsr* a, const Vsr* b) {
  compare_quads(registers, instruction, *a, *b, Comparison::ordered, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xscmpuqp_ppc64(void* registers, u32 instruction, const Vsr* a, const Vsr* b) {
  compare_quads(registers, instruction, *a, *b, Comparison::quiet, CALLED_FROM);
}

// ---- exponents and classes: no exceptions ----

TAKES_ITS_PLACE void helper_xscmpexpqp_ppc64(void*, u32 instruction, const Vsr* a, const Vsr* b) {
  const Wide x = quad_in(*a), y = quad_in(*b);
  const bool no_numbers = quad::is_nan(x) || quad::is_nan(y);
  tell_field(instruction, no_numbers ? unordered : relation_of(quad::exponent_field(x), quad::exponent_field(y)));
}
TAKES_ITS_PLACE void helper_xscmpexpdp_ppc64(void*, u32 instruction, const Vsr* a, const Vsr* b) {
  const u64 x = a->dword(0), y = b->dword(0);
  const auto field = [](u64 value) { return static_cast<u32>(value >> 52) & 0x7FF; };
  tell_field(instruction, is_nan(x) || is_nan(y) ? unordered : relation_of(field(x), field(y)));
}
// Of a double: would it be of that class as a single, and is it one at all?
TAKES_ITS_PLACE void helper_xststdcsp_ppc64(void*, u32 instruction, const Vsr* b) {
  const u64 x = b->dword(0);
  const u32 classes = instruction >> 16 & 0x7F, of_sign = is_negative(x) ? 0 : 1;
  const int exponent = static_cast<int>(x >> 52 & 0x7FF) - 1023;
  const u32 bit = is_nan(x) ? 6 : is_infinite(x) ? 4 + of_sign : is_zero(x) ? 2 + of_sign : exponent < -126 ? of_sign : 31;
  const bool single = from_single(to_single(x)) == x;
  tell_field(instruction, (is_negative(x) ? 8 : 0) | (bit != 31 && (classes >> bit & 1) ? 2 : 0) | (single ? 0 : 1));
}

// ---- doubles ----

#define TO_MASK(name, test, kind)                                                                   \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, Vsr* t, const Vsr* a, const Vsr* b) { \
    compare_to_mask<test, Comparison::kind>(registers, *t, *a, *b, CALLED_FROM);                    \
  }
TO_MASK(xscmpeqdp, when_equal, quiet)
TO_MASK(xscmpgedp, when_not_less, ordered)
TO_MASK(xscmpgtdp, when_greater, ordered)

#define CHOICE(name, language, which)                                                                          \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void* registers, u32 instruction, Vsr*, const Vsr*, const Vsr*) { \
    choose(registers, instruction, Language::language, Which::which, CALLED_FROM);                             \
  }
CHOICE(xsmaxcdp, c, larger)
CHOICE(xsmincdp, c, smaller)
CHOICE(xsmaxjdp, java, larger)
CHOICE(xsminjdp, java, smaller)

// ---- half precision: the lowest halfword of a word or doubleword ----

TAKES_ITS_PLACE void helper_xscvdphp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  const Answer answer = rounded(itself(b->dword(0)), hp, rules_of(*floating_registers().fpscr));
  end_scalar(registers, *t, answer, hp, to_half(answer.value), CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xscvhpdp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  const Answer answer = rounded(itself(from_half(static_cast<u16>(b->dword(0)))), dp, {});
  end_scalar(registers, *t, answer, dp, answer.value, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xvcvsphp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  Vsr result{};
  u64 found = 0;
  for (int i = 0; i < 4; ++i) {
    const Answer answer = rounded(itself(from_single(b->word(i))), hp, rules_of(*floating_registers().fpscr));
    result.set_word(i, to_half(answer.value));
    found |= answer.found;
  }
  end_vector(registers, *t, result, found, CALLED_FROM);
}
TAKES_ITS_PLACE void helper_xvcvhpsp_ppc64(void* registers, Vsr* t, const Vsr* b) {
  Vsr result{};
  u64 found = 0;
  for (int i = 0; i < 4; ++i) {
    const Answer answer = rounded(itself(from_half(static_cast<u16>(b->word(i)))), sp, {});
    result.set_word(i, to_single(answer.value));
    found |= answer.found;
  }
  end_vector(registers, *t, result, found, CALLED_FROM);
}

// ---- rotated words under a mask, which Unicorn makes wrongly ----

static u32 rotated(u32 x, u32 control, u32& mask) {
  const u32 first = control >> 16 & 31, last = control >> 8 & 31;
  const u32 from = ~u32{0} >> first, to = ~u32{0} << (31 - last);
  mask = first <= last ? from & to : from | to;
  return std::rotl(x, static_cast<int>(control & 31));
}
TAKES_ITS_PLACE void helper_vrlwnm_ppc64(Vsr* t, const Vsr* a, const Vsr* b) {
  for (int i = 0; i < 4; ++i) {
    u32 mask = 0;
    const u32 value = rotated(a->word(i), b->word(i), mask);
    t->set_word(i, value & mask);
  }
}
TAKES_ITS_PLACE void helper_vrlwmi_ppc64(Vsr* t, const Vsr* a, const Vsr* b) {
  for (int i = 0; i < 4; ++i) {
    u32 mask = 0;
    const u32 value = rotated(a->word(i), b->word(i), mask);
    t->set_word(i, (value & mask) | (t->word(i) & ~mask));
  }
}

// ---- what Unicorn lacks ----

namespace cpu::unicorn {

namespace {

// a * b + t, or what its opcode makes of that: minus t, negated.
void quad_multiply_add(FloatingRegisters& r, u32 word) {
  constexpr u32 subtracts = 0x40, negates = 0x80;
  Vsr& t = vector(r, word >> 21);
  Wide addend = quad_in(t);
  if (word & subtracts) addend = quad::negated_unless_nan(addend);
  const quad::Unrounded exact =
      quad::multiply_add(quad_in(vector(r, word >> 16)), quad_in(vector(r, word >> 11)), addend, rules_of(*r.fpscr).rounding);
  quad::Answer answer = quad::rounded(exact, quad::all_bits, rules_for(word, *r.fpscr));
  if (word & negates) answer.value = quad::negated_unless_nan(answer.value);
  end_quad(r, t, answer);
}

// Products of doublewords, and a sum of 128 bits.
void multiply_sum(const FloatingRegisters& r, u32 word) {
  const Vsr &a = vector(r, word >> 16), &b = vector(r, word >> 11);
  Wide sum = quad_in(vector(r, word >> 6));
  for (int i = 0; i < 2; ++i) sum += Wide{a.dword(i)} * b.dword(i);
  put_quad(vector(r, word >> 21), sum);
}

// The target gets all control bits, which then have another DRN.
void exchange_decimal_rounding(FloatingRegisters& r, u32 word) {
  Vsr* fprs = reinterpret_cast<Vsr*>(r.vsr);
  constexpr u32 immediate = 1 << 16;
  const u64 drn = word & immediate ? word >> 11 & 7 : fprs[word >> 11 & 31].dword(0) >> 32 & 7;
  constexpr u64 told = fpscr::drn | fpscr::ve | fpscr::oe | fpscr::ue | fpscr::ze | fpscr::xe | fpscr::ni | fpscr::rn;
  fprs[word >> 21 & 31].set_dword(0, *r.fpscr & told);
  *r.fpscr = (*r.fpscr & ~fpscr::drn) | drn << 32;
}

}  // namespace

bool perform_missing(FloatingRegisters& r, u32 word, u32 loaded) {
  const u32 primary = word >> 26, extended = word >> 1 & 0x3FF;
  constexpr u32 vector_opcode = 4, mffs = 583;
  if (primary == vector_opcode) {
    multiply_sum(r, word);
    return false;
  }
  constexpr u32 fixed_opcode = 31;
  if (primary == fixed_opcode) {  // lxvwsx
    Vsr& t = reinterpret_cast<Vsr*>(r.vsr)[(word >> 21 & 31) | (word & 1) << 5];
    t.set_dword(0, twice(loaded));
    t.set_dword(1, twice(loaded));
    return false;
  }
  if (extended == mffs) {
    exchange_decimal_rounding(r, word);
    return false;
  }
  constexpr u32 quantizing = 0xFF, dquaq = 3, drrndq = 35;
  if ((extended & quantizing) == dquaq || (extended & quantizing) == drrndq) {
    const bool enabled = quantize_quad(r.vsr, *r.fpscr, word);
    if (word & 1) r.cr[1] = static_cast<u32>(*r.fpscr >> 28) & 15;
    return enabled;
  }
  quad_multiply_add(r, word);
  return (*r.fpscr & fpscr::fex) != 0;
}

}  // namespace cpu::unicorn
