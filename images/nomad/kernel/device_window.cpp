// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/device_window.h"

#include "kernel/hash_table.h"
#include "kernel/machine.h"

namespace nomad::device_window {
namespace {

constexpr u32 page_limit = 64;
hash_table::Slot slots[page_limit];  // valid: the page is mapped

u64 address_of(u64 page) { return start + page * page_bytes; }
u64 pages_of(u64 bytes) { return (bytes + page_bytes - 1) / page_bytes; }

bool is_free(u64 first, u64 count) {
  for (u64 page = first; page < first + count; page++)
    if (slots[page].valid) return false;
  return true;
}

}  // namespace

volatile u8* map(u64 real, u64 bytes) {
  const u64 count = pages_of(bytes);
  if (count == 0) return nullptr;
  for (u64 first = 0; count <= page_limit && first <= page_limit - count; first++) {
    if (!is_free(first, count)) continue;
    for (u64 i = 0; i < count; i++) {
      const u64 address = address_of(first + i);
      slots[first + i] = hash_table::enter(hash_table::vsid(0, address), address, hash_table::small_page, real + i * page_bytes,
                                           hash_table::kernel_only | hash_table::uncached, true);
    }
    return reinterpret_cast<volatile u8*>(address_of(first));
  }
  return nullptr;
}

void unmap(const volatile u8* mapped, u64 bytes) {
  const u64 first = (reinterpret_cast<u64>(mapped) - start) / page_bytes;
  for (u64 page = first; page < first + pages_of(bytes); page++) {
    hash_table::remove(hash_table::vsid(0, address_of(page)), address_of(page), slots[page]);
    slots[page] = {};
  }
}

}  // namespace nomad::device_window
