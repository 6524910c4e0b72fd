// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_map.h"

#include "kernel/hash_table.h"
#include "kernel/machine.h"

extern "C" char image_end[];

namespace nomad::kernel_map {
namespace {

u64 mapped[(4ul << 30) / page_bytes / 64];  // one bit per kernel page; sized for 4 KiB pages
u32 shift = 12;

}  // namespace

void start() {
  shift = hash_table::kernel_page().shift;
  for (u64 real = 0; real < real_of(image_end); real += 1ul << shift) map(real);
}

void map(u64 real) {
  const u64 page = real >> shift;
  if (mapped[page / 64] >> (page % 64) & 1) return;
  mapped[page / 64] |= 1ul << (page % 64);
  const u64 address = (page << shift) | kernel_base;
  hash_table::enter(hash_table::vsid(0, address), address, hash_table::kernel_page(), page << shift,
                    hash_table::kernel_only | hash_table::memory, true);
}

bool unmap(u64 real, u64 bytes) {
  if (shift < 24 || (real | bytes) & (page_size() - 1)) return false;
  for (u64 page = real >> shift; page < (real + bytes) >> shift; page++) {
    if (!(mapped[page / 64] >> (page % 64) & 1)) continue;
    mapped[page / 64] &= ~(1ul << (page % 64));
    const u64 address = (page << shift) | kernel_base;
    hash_table::remove_large(hash_table::vsid(0, address), address, hash_table::kernel_page());
  }
  return true;
}

u64 page_size() { return 1ul << shift; }

}  // namespace nomad::kernel_map
