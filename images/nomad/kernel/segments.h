// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The segment lookaside buffer: fixed entries for the kernel's window first, the rest is a cache of the current process's segments.
#include "lib/types.h"

namespace nomad::segments {

void start();                           // reads ibm,slb-size
void start_processor();                 // real mode: enters the kernel's segments
void enter_user(u32 context, u64 address);  // after a segment exception
void forget_user();                     // before another address space runs

}  // namespace nomad::segments
