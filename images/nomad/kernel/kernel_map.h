// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The kernel's own window: real address r is seen at 0xC000000000000000 + r. Pages are entered bolted, when first needed,
// so that the kernel never takes a page fault.
#include "lib/types.h"

namespace nomad::kernel_map {

void start();         // maps the image
void map(u64 real);   // idempotent
bool unmap(u64 real, u64 bytes);  // false: they are no whole pages of the kernel, or too small ones
u64 page_size();

}  // namespace nomad::kernel_map
