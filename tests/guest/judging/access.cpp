// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/access.h"

#include <algorithm>

namespace judge {

namespace {

using enum Access::What;

constexpr u32 x(u32 extended) { return 31u << 26 | extended << 1; }
constexpr u32 d(u32 primary, u32 low = 0) { return primary << 26 | low; }

constexpr Access table[] = {
    {"lbz", 6, false, false, d(34), 1, number},
    {"lhz", 6, false, false, d(40), 2, number},
    {"lha", 6, false, false, d(42), 2, algebraic},
    {"lwz", 6, false, false, d(32), 4, number},
    {"lwa", 6, false, false, d(58, 2), 4, algebraic, 4},
    {"ld", 6, false, false, d(58), 8, number, 4},
    {"stb", 6, true, false, d(38), 1, number},
    {"sth", 6, true, false, d(44), 2, number},
    {"stw", 6, true, false, d(36), 4, number},
    {"std", 6, true, false, d(62), 8, number, 4},
    {"lbzx", 6, false, true, x(87), 1, number},
    {"lhzx", 6, false, true, x(279), 2, number},
    {"lhax", 6, false, true, x(343), 2, algebraic},
    {"lwzx", 6, false, true, x(23), 4, number},
    {"lwax", 6, false, true, x(341), 4, algebraic},
    {"ldx", 6, false, true, x(21), 8, number},
    {"stbx", 6, true, true, x(215), 1, number},
    {"sthx", 6, true, true, x(407), 2, number},
    {"stwx", 6, true, true, x(151), 4, number},
    {"stdx", 6, true, true, x(149), 8, number},
    {"lhbrx", 6, false, true, x(790), 2, reversed},
    {"lwbrx", 6, false, true, x(534), 4, reversed},
    {"ldbrx", 7, false, true, x(532), 8, reversed},
    {"sthbrx", 6, true, true, x(918), 2, reversed},
    {"stwbrx", 6, true, true, x(662), 4, reversed},
    {"stdbrx", 7, true, true, x(660), 8, reversed},
    {"lfs", 6, false, false, d(48), 4, single},
    {"lfd", 6, false, false, d(50), 8, real},
    {"stfs", 6, true, false, d(52), 4, single},
    {"stfd", 6, true, false, d(54), 8, real},
    {"lfsx", 6, false, true, x(535), 4, single},
    {"lfdx", 6, false, true, x(599), 8, real},
    {"stfsx", 6, true, true, x(663), 4, single},
    {"stfdx", 6, true, true, x(727), 8, real},
    {"lvx", 6, false, true, x(103), 16, quadword},
    {"lvxl", 6, false, true, x(359), 16, quadword},
    {"stvx", 6, true, true, x(231), 16, quadword},
    {"stvxl", 6, true, true, x(487), 16, quadword},
    {"lxvd2x", 7, false, true, x(844), 16, doublewords},
    {"lxvw4x", 7, false, true, x(780), 16, words},
    {"lxvdsx", 7, false, true, x(332), 8, splat},
    {"lxsdx", 7, false, true, x(588), 8, scalar},
    {"stxvd2x", 7, true, true, x(972), 16, doublewords},
    {"stxvw4x", 7, true, true, x(908), 16, words},
    {"stxsdx", 7, true, true, x(716), 8, scalar},
    {"lxv", 9, false, false, d(61, 1), 16, whole, 16},
    {"stxv", 9, true, false, d(61, 5), 16, whole, 16},
    {"lxvx", 9, false, true, x(268), 16, whole},
    {"stxvx", 9, true, true, x(396), 16, whole},
    {"lxvh8x", 9, false, true, x(812), 16, halfwords},
    {"stxvh8x", 9, true, true, x(940), 16, halfwords},
    {"lxvb16x", 9, false, true, x(876), 16, bytes_each},
    {"stxvb16x", 9, true, true, x(1004), 16, bytes_each},
    {"lxvwsx", 9, false, true, x(364), 4, word_splat},
    {"lxsd", 9, false, false, d(57, 2), 8, scalar_of_vr, 4},
    {"stxsd", 9, true, false, d(61, 2), 8, scalar_of_vr, 4},
    {"lxssp", 9, false, false, d(57, 3), 4, single_of_vr, 4},
    {"stxssp", 9, true, false, d(61, 3), 4, single_of_vr, 4},
    {"lxsibzx", 9, false, true, x(781), 1, number_in_vsr},
    {"lxsihzx", 9, false, true, x(813), 2, number_in_vsr},
    {"stxsibx", 9, true, true, x(909), 1, number_in_vsr},
    {"stxsihx", 9, true, true, x(941), 2, number_in_vsr},
};

u64 load(const std::vector<u8>& memory, u32 at, u32 bytes, bool little) {
  u64 value = 0;
  for (u32 i = 0; i < bytes; ++i) value = value << 8 | memory[at + (little ? bytes - 1 - i : i)];
  return value;
}
void store(std::vector<u8>& memory, u32 at, u32 bytes, bool little, u64 value) {
  for (u32 i = 0; i < bytes; ++i, value >>= 8) memory[at + (little ? i : bytes - 1 - i)] = static_cast<u8>(value);
}

// A double that is a single, as one. Others are not defined, or are made denormal by a rule that no rounding follows.
bool as_single(u64 bits, u64& out) {
  const u64 exponent = bits >> 52 & 0x7FF;
  if (exponent <= 896 && (bits & ~sign) != 0) return false;
  out = (bits >> 32 & 0xC0000000) | (bits >> 29 & 0x3FFFFFFF);
  return true;
}

}  // namespace

std::span<const Access> accesses() { return table; }

Form Access::form() const {
  switch (what) {
    case single:
    case real:
      return Form::fpr;
    case quadword:
    case scalar_of_vr:
    case single_of_vr:
      return Form::vr;
    case whole:
    case halfwords:
    case bytes_each:
    case word_splat:
    case number_in_vsr:
    case doublewords:
    case words:
    case splat:
    case scalar:
      return Form::vsr;
    default:
      return Form::gpr;
  }
}

u32 Access::encoded(u32 t, u32 offset, u32 rb) const {
  const u32 address = indexed ? rb << 11 : offset;
  // Of DQ-forms the sixth bit of the register is elsewhere.
  const u32 sixth = form() != Form::vsr ? 0 : t >> 5 << (what == whole && !indexed ? 3 : 0);
  return word | (t & 31) << 21 | 31 << 16 | address | sixth;
}

bool execute(const Access& a, Case& k, std::vector<u8>& memory, u32 t, u32 offset, bool little, bool& unknown) {
  unknown = false;
  const bool order = a.what == reversed ? !little : little;
  if (a.what == quadword) offset &= ~u32{15};
  const u32 part = a.what == words || a.what == word_splat ? 4
                   : a.what == halfwords                   ? 2
                   : a.what == bytes_each                  ? 1
                                                           : std::min(a.bytes, 8u);
  if (a.form() == Form::gpr) {
    if (a.stores) {
      store(memory, offset, a.bytes, order, k.r.gpr[t]);
    } else {
      const u64 value = load(memory, offset, a.bytes, order);
      const u32 shift = 64 - 8 * a.bytes;
      k.r.gpr[t] = a.what == algebraic ? static_cast<u64>(static_cast<s64>(value << shift) >> shift) : value;
    }
    return true;
  }
  const u32 vsr = a.form() == Form::vr ? t + 32 : t;
  if (a.what == number_in_vsr) {
    if (a.stores) {
      store(memory, offset, a.bytes, little, k.dword(vsr, 0));
    } else {
      k.set_dword(vsr, 0, load(memory, offset, a.bytes, little));
    }
    unknown = !a.stores;
    return true;
  }
  if (a.what == single || a.what == single_of_vr) {
    u64 bits = 0;
    if (!a.stores) k.set_dword(vsr, 0, widen(static_cast<u32>(load(memory, offset, 4, little))));
    if (a.stores && !as_single(k.dword(vsr, 0), bits)) return false;
    if (a.stores) store(memory, offset, 4, little, bits);
    unknown = !a.stores;
    return true;
  }
  const u32 parts = a.what == splat ? 2 : a.what == word_splat ? 4 : a.bytes / part;
  for (u32 i = 0; i < parts; ++i) {
    // A quadword is turned round as a whole: its parts change places.
    const bool turned = little && (a.what == quadword || a.what == whole);
    const u32 at = offset + (a.what == splat || a.what == word_splat ? 0 : part * (turned ? parts - 1 - i : i));
    const int half = static_cast<int>(i * part / 8);
    const u32 shift = 64 - 8 * (i * part % 8 + part);
    const u64 mask = ~u64{0} >> (64 - 8 * part) << shift;
    if (a.stores) {
      store(memory, at, part, little, k.dword(vsr, half) >> shift);
    } else {
      k.set_dword(vsr, half, (k.dword(vsr, half) & ~mask) | load(memory, at, part, little) << shift);
    }
  }
  unknown = !a.stores && (a.what == real || a.what == scalar || a.what == scalar_of_vr);
  return true;
}

}  // namespace judge
