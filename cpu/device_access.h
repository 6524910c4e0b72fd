// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which loads and stores reach an adapter: those of the fixed-point facility, which read or write once.

#include <optional>

#include "cpu/instruction.h"

namespace cpu {

struct DeviceAccess {
  u32 bytes = 0;
  bool store = false;
  bool reversed = false;   // against the byte order of the processor
  bool algebraic = false;  // the sign is extended
  bool update = false;     // the address goes to RA
};

// Nothing if the instruction is none of them.
std::optional<DeviceAccess> device_access(Instruction);

}  // namespace cpu
