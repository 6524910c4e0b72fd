// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/access.h"

#include <algorithm>

namespace judge {

namespace {

using enum Access::What;

constexpr u32 x(u32 extended) { return 31u << 26 | extended << 1; }
constexpr u32 d(u32 primary, u32 low = 0) { return primary << 26 | low; }

constexpr Access table[] = {
    {"lbz", 6, false, false, d(34), 1, number},          {"lhz", 6, false, false, d(40), 2, number},
    {"lha", 6, false, false, d(42), 2, algebraic},       {"lwz", 6, false, false, d(32), 4, number},
    {"lwa", 6, false, false, d(58, 2), 4, algebraic, 4}, {"ld", 6, false, false, d(58), 8, number, 4},
    {"stb", 6, true, false, d(38), 1, number},           {"sth", 6, true, false, d(44), 2, number},
    {"stw", 6, true, false, d(36), 4, number},           {"std", 6, true, false, d(62), 8, number, 4},
    {"lbzx", 6, false, true, x(87), 1, number},          {"lhzx", 6, false, true, x(279), 2, number},
    {"lhax", 6, false, true, x(343), 2, algebraic},      {"lwzx", 6, false, true, x(23), 4, number},
    {"lwax", 6, false, true, x(341), 4, algebraic},      {"ldx", 6, false, true, x(21), 8, number},
    {"stbx", 6, true, true, x(215), 1, number},          {"sthx", 6, true, true, x(407), 2, number},
    {"stwx", 6, true, true, x(151), 4, number},          {"stdx", 6, true, true, x(149), 8, number},
    {"lhbrx", 6, false, true, x(790), 2, reversed},      {"lwbrx", 6, false, true, x(534), 4, reversed},
    {"ldbrx", 7, false, true, x(532), 8, reversed},      {"sthbrx", 6, true, true, x(918), 2, reversed},
    {"stwbrx", 6, true, true, x(662), 4, reversed},      {"stdbrx", 7, true, true, x(660), 8, reversed},
    {"lfs", 6, false, false, d(48), 4, single},          {"lfd", 6, false, false, d(50), 8, real},
    {"stfs", 6, true, false, d(52), 4, single},          {"stfd", 6, true, false, d(54), 8, real},
    {"lfsx", 6, false, true, x(535), 4, single},         {"lfdx", 6, false, true, x(599), 8, real},
    {"stfsx", 6, true, true, x(663), 4, single},         {"stfdx", 6, true, true, x(727), 8, real},
    {"lvx", 6, false, true, x(103), 16, quadword},       {"lvxl", 6, false, true, x(359), 16, quadword},
    {"stvx", 6, true, true, x(231), 16, quadword},       {"stvxl", 6, true, true, x(487), 16, quadword},
    {"lxvd2x", 7, false, true, x(844), 16, doublewords}, {"lxvw4x", 7, false, true, x(780), 16, words},
    {"lxvdsx", 7, false, true, x(332), 8, splat},        {"lxsdx", 7, false, true, x(588), 8, scalar},
    {"stxvd2x", 7, true, true, x(972), 16, doublewords}, {"stxvw4x", 7, true, true, x(908), 16, words},
    {"stxsdx", 7, true, true, x(716), 8, scalar},
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
      return Form::vr;
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
  return word | (t & 31) << 21 | 31 << 16 | address | (form() == Form::vsr ? t >> 5 : 0);
}

bool execute(const Access& a, Case& k, std::vector<u8>& memory, u32 t, u32 offset, bool little, bool& unknown) {
  unknown = false;
  const bool order = a.what == reversed ? !little : little;
  if (a.what == quadword) offset &= ~u32{15};
  const u32 part = a.what == words ? 4 : std::min(a.bytes, 8u);
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
  if (a.what == single) {
    u64 bits = 0;
    if (!a.stores) k.set_dword(vsr, 0, widen(static_cast<u32>(load(memory, offset, 4, little))));
    if (a.stores && !as_single(k.dword(vsr, 0), bits)) return false;
    if (a.stores) store(memory, offset, 4, little, bits);
    unknown = !a.stores;
    return true;
  }
  const u32 parts = a.what == splat ? 2 : a.bytes / part;
  for (u32 i = 0; i < parts; ++i) {
    // A quadword is turned round as a whole: its parts change places.
    const u32 at = offset + (a.what == splat ? 0 : part * (a.what == quadword && little ? parts - 1 - i : i));
    const int element = static_cast<int>(i);
    if (a.stores) {
      store(memory, at, part, little, part == 4 ? k.w(vsr, element) : k.dword(vsr, element));
    } else {
      const u64 value = load(memory, at, part, little);
      if (part == 4) k.set_w(vsr, element, static_cast<u32>(value));
      if (part == 8) k.set_dword(vsr, element, value);
    }
  }
  unknown = !a.stores && (a.what == real || a.what == scalar);
  return true;
}

}  // namespace judge
