// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Versions of the Power ISA that processors implement.

#include "emu/core/types.h"

namespace cpu {

enum class Isa : u8 { v2_05, v2_06, v2_07, v3_0, v3_1 };

// POWER6 2.05, POWER7 2.06, POWER8 2.07, POWER9 3.0, by the version in a processor's PVR.
constexpr Isa isa_of(u32 pvr) {
  const u32 version = pvr >> 16;
  if (version >= 0x80) return Isa::v3_1;
  if (version >= 0x4E) return Isa::v3_0;
  if (version >= 0x4B) return Isa::v2_07;
  return version == 0x3F || version == 0x4A ? Isa::v2_06 : Isa::v2_05;
}

constexpr const char* name_of(Isa isa) {
  constexpr const char* names[] = {"2.05", "2.06", "2.07", "3.0", "3.1"};
  return names[static_cast<u8>(isa)];
}

}  // namespace cpu
