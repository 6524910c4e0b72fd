// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Physical memory in 4 KiB pages, from the tree's memory nodes. A page is mapped for the kernel when it is handed out first.
#include "lib/types.h"

namespace nomad::pages {

void start();                          // needs the tree; real mode
u64 allocate();                        // real address of a zeroed page, 0 when there is none
void* allocate_contiguous(u64 count);  // zeroed, kernel address; nullptr when there is none
void release(u64 real);
void release_contiguous(const void* first, u64 count);  // nothing for nullptr

// Dynamic memory: a block of it comes, and goes if no page in it is in use. `limit` is as far as this system looks.
constexpr u64 limit = 4ul << 30;
void add(u64 start, u64 bytes);
bool remove(u64 start, u64 bytes);

u64 total();                           // bytes
u64 free();                            // bytes
u64 highest();                         // first byte beyond memory

}  // namespace nomad::pages
