// SPDX-License-Identifier: GPL-2.0-or-later
// Floating point of the vector registers, and VSCR. (Book I chapter 6)
#include "cpu/floating_point/comparisons.h"
#include "cpu/floating_point/conversions.h"
#include "cpu/floating_point/vmx.h"
#include "cpu/unicorn/floating_calls.h"

using namespace cpu;
using namespace cpu::floating;

namespace cpu::unicorn {

namespace {

constexpr u32 vscr_nj = 0x10000, vscr_sat = 1;

bool non_java() { return floating_registers().non_java; }

// `element` gets and answers singles.
template <class Element>
void each(Vsr& t, const Vsr& a, const Vsr& b, const Vsr& c, Element element) {
  const bool flush = non_java();
  const auto get = [flush](const Vsr& v, int i) { return flush ? vmx::flushed(v.word(i)) : v.word(i); };
  Vsr result{};
  for (int i = 0; i < 4; ++i) {
    const u32 x = element(get(a, i), get(b, i), get(c, i));
    result.set_word(i, flush ? vmx::flushed(x) : x);
  }
  t = result;
}

template <class Element>
u32 compare_each(Vsr& t, const Vsr& a, const Vsr& b, Element element) {
  u32 all = ~u32{0}, any = 0;
  Vsr result{};
  for (int i = 0; i < 4; ++i) {
    const u32 x = non_java() ? vmx::flushed(a.word(i)) : a.word(i), y = non_java() ? vmx::flushed(b.word(i)) : b.word(i);
    const u32 answer = element(x, y);
    result.set_word(i, answer);
    all &= answer;
    any |= answer;
  }
  t = result;
  return (all ? 8 : 0) | (any ? 0 : 2);
}

Relation relation(u32 a, u32 b) { return compared(from_single(a), from_single(b)); }

u32 sum(u32 a, u32 b) { return vmx::result(add(from_single(a), from_single(b), Rounding::nearest), non_java()); }
u32 difference(u32 a, u32 b) { return vmx::result(subtract(from_single(a), from_single(b), Rounding::nearest), non_java()); }

}  // namespace

}  // namespace cpu::unicorn

using namespace cpu::unicorn;

// ---- VSCR ----

TAKES_ITS_PLACE void helper_mtvscr_ppc64(void* registers, u32 value) {
  static const auto original = the_original<decltype(helper_mtvscr_ppc64)>("helper_mtvscr_ppc64");
  if (running) floating_registers().non_java = (value & vscr_nj) != 0;
  original(registers, value & (vscr_nj | vscr_sat));  // the others are reserved
}

void cpu::unicorn::clear_vscr(void* registers) { helper_mtvscr_ppc64(registers, 0); }

static void saturated(void* registers) { helper_mtvscr_ppc64(registers, (non_java() ? vscr_nj : 0) | vscr_sat); }

// ---- arithmetic ----

TAKES_ITS_PLACE void helper_vaddfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  each(*t, *a, *b, *b, [](u32 x, u32 y, u32) { return sum(x, y); });
}
TAKES_ITS_PLACE void helper_vsubfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  each(*t, *a, *b, *b, [](u32 x, u32 y, u32) { return difference(x, y); });
}
TAKES_ITS_PLACE void helper_vmaddfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b, const Vsr* c) {
  each(*t, *a, *b, *c, [](u32 x, u32 y, u32 z) {
    return vmx::result(multiply_add(from_single(x), from_single(z), from_single(y), Rounding::nearest), non_java());
  });
}
TAKES_ITS_PLACE void helper_vnmsubfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b, const Vsr* c) {
  each(*t, *a, *b, *c, [](u32 x, u32 y, u32 z) {
    const u32 answer =
        vmx::result(multiply_subtract(from_single(x), from_single(z), from_single(y), Rounding::nearest), non_java());
    return vmx::is_nan(answer) ? answer : answer ^ 0x80000000;
  });
}
TAKES_ITS_PLACE void helper_vmaxfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  each(*t, *a, *b, *b, [](u32 x, u32 y, u32) { return vmx::larger(x, y); });
}
TAKES_ITS_PLACE void helper_vminfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  each(*t, *a, *b, *b, [](u32 x, u32 y, u32) { return vmx::smaller(x, y); });
}
TAKES_ITS_PLACE void helper_vrefp_ppc64(void*, Vsr* t, const Vsr* b) {
  each(*t, *b, *b, *b, [](u32 x, u32, u32) { return vmx::result(reciprocal(from_single(x)), non_java()); });
}
TAKES_ITS_PLACE void helper_vrsqrtefp_ppc64(void*, Vsr* t, const Vsr* b) {
  each(*t, *b, *b, *b, [](u32 x, u32, u32) { return vmx::result(reciprocal_square_root(from_single(x)), non_java()); });
}
TAKES_ITS_PLACE void helper_vexptefp_ppc64(void*, Vsr* t, const Vsr* b) {
  each(*t, *b, *b, *b, [](u32 x, u32, u32) { return vmx::power_of_two(x); });
}
TAKES_ITS_PLACE void helper_vlogefp_ppc64(void*, Vsr* t, const Vsr* b) {
  each(*t, *b, *b, *b, [](u32 x, u32, u32) { return vmx::binary_logarithm(x); });
}

// ---- conversions ----

#define TO_INTEGRAL(name, how)                                                                                        \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void*, Vsr* t, const Vsr* b) {                                           \
    each(*t, *b, *b, *b, [](u32 x, u32, u32) { return vmx::round_to_integral(x, static_cast<int>(Integral::how)); }); \
  }
TO_INTEGRAL(vrfim, down)
TO_INTEGRAL(vrfin, to_nearest_even)
TO_INTEGRAL(vrfip, up)
TO_INTEGRAL(vrfiz, to_zero)

TAKES_ITS_PLACE void helper_vcfsx_ppc64(void*, Vsr* t, const Vsr* b, u32 scale) {
  for (int i = 0; i < 4; ++i) t->set_word(i, vmx::from_word(b->word(i), true, scale));
}
TAKES_ITS_PLACE void helper_vcfux_ppc64(void*, Vsr* t, const Vsr* b, u32 scale) {
  for (int i = 0; i < 4; ++i) t->set_word(i, vmx::from_word(b->word(i), false, scale));
}
TAKES_ITS_PLACE void helper_vctsxs_ppc64(void* registers, Vsr* t, const Vsr* b, u32 scale) {
  bool any = false;
  for (int i = 0; i < 4; ++i) t->set_word(i, vmx::to_signed(b->word(i), scale, any));
  if (any) saturated(registers);
}
TAKES_ITS_PLACE void helper_vctuxs_ppc64(void* registers, Vsr* t, const Vsr* b, u32 scale) {
  bool any = false;
  for (int i = 0; i < 4; ++i) t->set_word(i, vmx::to_unsigned(b->word(i), scale, any));
  if (any) saturated(registers);
}

// ---- comparisons; those with a dot tell field 6 of CR ----

#define COMPARISON(name, ...)                                                                               \
  TAKES_ITS_PLACE void helper_##name##_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {                   \
    compare_each(*t, *a, *b, [](u32 x, u32 y) -> u32 { return __VA_ARGS__; });                              \
  }                                                                                                         \
  TAKES_ITS_PLACE void helper_##name##_dot_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {               \
    floating_registers().cr[6] = compare_each(*t, *a, *b, [](u32 x, u32 y) -> u32 { return __VA_ARGS__; }); \
  }
COMPARISON(vcmpeqfp, relation(x, y) == equal ? ~u32{0} : 0)
COMPARISON(vcmpgefp, relation(x, y) == greater || relation(x, y) == equal ? ~u32{0} : 0)
COMPARISON(vcmpgtfp, relation(x, y) == greater ? ~u32{0} : 0)

TAKES_ITS_PLACE void helper_vcmpbfp_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  compare_each(*t, *a, *b, vmx::out_of_bounds);
}
// All within the bounds: only one bit of the field.
TAKES_ITS_PLACE void helper_vcmpbfp_dot_ppc64(void*, Vsr* t, const Vsr* a, const Vsr* b) {
  floating_registers().cr[6] = compare_each(*t, *a, *b, vmx::out_of_bounds) & 2;
}
