// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A user address space: page tables of our own (three levels of 512), from which the hashed page table is filled on faults.
#include "kernel/hash_table.h"
#include "lib/types.h"

namespace nomad {

class AddressSpace {
 public:
  // Segments of a program: text and data near 256 MiB, memory_map areas from 4 GiB, the stack below 512 GiB.
  static constexpr u64 map_start = 1ul << 32, map_end = 1ul << 37, stack_top = 1ul << 38, stack_bytes = 256 * 1024;
  // Huge pages have a segment of their own, of 1 TiB.
  static constexpr u64 huge_start = 1ul << 40, huge_bytes = 16ul << 30;
  static constexpr u32 huge_limit = 8;
  static constexpr bool is_huge(u64 address) { return address >= huge_start && address < huge_start + huge_limit * huge_bytes; }
  enum Access : u64 { read = 0, write = 2, execute = 4 };

  bool create();   // false without memory
  void destroy();

  u32 context() const { return context_; }
  u64 page_count() const { return page_count_; }

  // Handles a storage exception; false = the process has no business there (or memory has run out).
  bool fault(u64 address, bool store);

  // Kernel address of the byte behind a user address, or nullptr. Fetches demand-zero pages.
  void* find(u64 address, bool store);
  bool copy_in(void* to, u64 from, u64 length);
  bool copy_out(u64 to, const void* from, u64 length);
  bool copy_text_in(char* to, u64 size, u64 from);

  bool add_page(u64 address, u64 access);                       // a fresh zeroed page
  bool add_device_page(u64 address, u64 real);                  // cache-inhibited, never released
  u64 reserve(u64 bytes);                                       // demand-zero area; 0 when there is no room
  u64 reserve_device(u64 bytes);
  u64 add_huge_page(u64 real);                                  // where it is, 0 when there is no room
  bool has_huge_page(u64 real) const;

 private:
  u64* entry(u64 address, bool create);
  void release_level(u64 table, u32 level, u64 address);
  bool is_demand_zero(u64 address) const;

  u64 root_ = 0;
  u32 context_ = 0;
  u64 map_used_ = 0;  // bytes from map_start
  u64 page_count_ = 0;
  u32 huge_count_ = 0;
  u64 huge_[huge_limit] = {};  // real addresses
  hash_table::Slot huge_slots_[huge_limit] = {};
};

}  // namespace nomad
