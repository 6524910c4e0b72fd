// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The clock of every processor, as the device tree tells it and the performance monitor counts it.

#include "emu/core/types.h"

namespace cpu {

inline constexpr u64 processor_hz = 4'700'000'000 / 8;  // fits a cell of the tree

}  // namespace cpu
