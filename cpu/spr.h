// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Special purpose registers: who may read and write each of them, and what that does. One table, in spr.cpp.

#include "cpu/privileged.h"

namespace cpu {

inline constexpr size_t spr_ppr = 896;

Outcome mfspr(Processor&, Instruction);
Outcome mtspr(Processor&, Instruction);
Outcome mftb(Processor&, Instruction);

// The engine has these by itself, without traps: XER, LR, CTR.
constexpr bool engine_has_spr(u32 number) { return number == 1 || number == 8 || number == 9; }

}  // namespace cpu
