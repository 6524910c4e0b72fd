// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fixed-width words. The machine is big-endian ppc64: long is 64 bits, and memory shared with the hypervisor needs no swapping.

namespace nomad {

using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long;
using i32 = int;
using i64 = long;

static_assert(sizeof(u64) == 8 && sizeof(u32) == 4);

}  // namespace nomad
