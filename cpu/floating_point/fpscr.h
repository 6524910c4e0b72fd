// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The floating-point status and control register, under its architected names. (Book I 4.2.2)

#include "emu/core/types.h"

namespace cpu::fpscr {

inline constexpr u64 fx = 0x80000000;   // an exception bit went from 0 to 1
inline constexpr u64 fex = 0x40000000;  // an exception that is enabled: summary
inline constexpr u64 vx = 0x20000000;   // any invalid operation: summary
inline constexpr u64 ox = 0x10000000;
inline constexpr u64 ux = 0x08000000;
inline constexpr u64 zx = 0x04000000;
inline constexpr u64 xx = 0x02000000;
inline constexpr u64 vxsnan = 0x01000000;
inline constexpr u64 vxisi = 0x00800000;
inline constexpr u64 vxidi = 0x00400000;
inline constexpr u64 vxzdz = 0x00200000;
inline constexpr u64 vximz = 0x00100000;
inline constexpr u64 vxvc = 0x00080000;
inline constexpr u64 fr = 0x00040000;
inline constexpr u64 fi = 0x00020000;
inline constexpr u64 fprf = 0x0001F000;
inline constexpr u64 fpcc = 0x0000F000;  // of these
inline constexpr u32 fprf_at = 12;
inline constexpr u64 vxsoft = 0x00000400;
inline constexpr u64 vxsqrt = 0x00000200;
inline constexpr u64 vxcvi = 0x00000100;
inline constexpr u64 ve = 0x00000080;
inline constexpr u64 oe = 0x00000040;
inline constexpr u64 ue = 0x00000020;
inline constexpr u64 ze = 0x00000010;
inline constexpr u64 xe = 0x00000008;
inline constexpr u64 ni = 0x00000004;
inline constexpr u64 rn = 0x00000003;
inline constexpr u64 drn = u64{7} << 32;

inline constexpr u64 invalid = vxsnan | vxisi | vxidi | vxzdz | vximz | vxvc | vxsoft | vxsqrt | vxcvi;
inline constexpr u64 exceptions = ox | ux | zx | xx | invalid;
inline constexpr u64 reserved = ~(drn | u64{0xFFFFFFFF}) | 0x800;

// Two bits are what the others make of them.
constexpr u64 summed_up(u64 value) {
  value &= ~(fex | vx);
  if (value & invalid) value |= vx;
  // VX OX UX ZX XX lie in the order of their enable bits.
  if (((value >> 25 & 0x1F) & (value >> 3 & 0x1F)) != 0) value |= fex;
  return value;
}

// What an instruction has found, among the exception bits.
constexpr u64 with_exceptions(u64 value, u64 found) {
  found &= exceptions;
  if ((found & ~value) == 0) return value;
  return summed_up(value | found | fx);
}

// What it has found keeps it from writing its target.
constexpr bool suppressed(u64 value, u64 found) { return ((found & invalid) && (value & ve)) || ((found & zx) && (value & ze)); }
constexpr bool any_enabled(u64 value, u64 found) {
  return suppressed(value, found) || ((found & ox) && (value & oe)) || ((found & ux) && (value & ue)) ||
         ((found & xx) && (value & xe));
}

}  // namespace cpu::fpscr
