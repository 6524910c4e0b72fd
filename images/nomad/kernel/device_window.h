// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The memory space of PCI devices as the kernel sees it: a segment of its own above its window on memory, in which pages are cache-inhibited
// and guarded.
#include "lib/types.h"

namespace nomad::device_window {

constexpr u64 start = 0xC000001000000000;

// `real` is at a page boundary. nullptr: there is no room.
volatile u8* map(u64 real, u64 bytes);
void unmap(const volatile u8* mapped, u64 bytes);

}  // namespace nomad::device_window
