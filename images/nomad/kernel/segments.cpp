// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/segments.h"

#include "kernel/address_space.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/device_window.h"
#include "kernel/hash_table.h"
#include "kernel/machine.h"
#include "kernel/pages.h"

namespace nomad::segments {
namespace {

constexpr u64 segment_mask = ~0x0FFFFFFFul;
constexpr u64 entry_valid = 0x08000000;
constexpr u64 key_problem = 0x400;  // Kp: problem state uses key 1

u32 size = 32;
u32 kernel_entries = 2;  // memory, and the window on devices

void write_entry(u32 index, u64 address, u64 vsid, u64 flags) {
  asm volatile("slbmte %0, %1" : : "r"(vsid << 12 | flags), "r"((address & segment_mask) | entry_valid | index) : "memory");
}

// A segment of 1 TiB for huge pages: B says so in both registers, and in slbie's.
constexpr u64 tebibyte_mask = ~0xFFFFFFFFFFul;
constexpr u64 tebibyte_entry = 1ul << 62, tebibyte_slbie = 1ul << 25;

void write_huge_entry(u32 index, u64 address, u64 vsid) {
  asm volatile("slbmte %0, %1"
               :
               : "r"(tebibyte_entry | vsid << 24 | key_problem | hash_table::huge_page().slb_encoding),
                 "r"((address & tebibyte_mask) | entry_valid | index)
               : "memory");
}

}  // namespace

void start() {
  // Only the first 32 entries are sure to travel with a suspended processor (LoPAR 7.3.23), so no more are ever used.
  const tree::Node* cpu = tree::next_of_type(nullptr, "cpu");
  const u64 offered = tree::number(cpu, "ibm,slb-size", tree::number(cpu, "slb-size", 32));
  size = offered < 32 ? static_cast<u32>(offered) : 32;
  const u64 of_memory = (pages::highest() + ~segment_mask) >> 28;
  kernel_entries = static_cast<u32>(of_memory < 16 ? of_memory : 16) + 1;
}

void start_processor() {
  asm volatile("isync; slbia; isync" : : : "memory");
  const u32 last = kernel_entries - 1;
  for (u32 i = 0; i < last; i++) {
    const u64 address = kernel_base + (static_cast<u64>(i) << 28);
    write_entry(i, address, hash_table::vsid(0, address), key_problem | hash_table::kernel_page().slb_encoding);
  }
  write_entry(last, device_window::start, hash_table::vsid(0, device_window::start), key_problem | hash_table::small_page.slb_encoding);
  asm volatile("isync" : : : "memory");
  Cpu& cpu = this_cpu();
  for (u64& segment : cpu.user_segments) segment = 0;
  cpu.next_segment = kernel_entries;
}

void enter_user(u32 context, u64 address) {
  Cpu& cpu = this_cpu();
  const u32 index = cpu.next_segment;
  if (cpu.user_segments[index]) asm volatile("slbie %0" : : "r"(cpu.user_segments[index] & ~1ul) : "memory");
  const bool huge = AddressSpace::is_huge(address);
  if (huge)
    write_huge_entry(index, address, hash_table::vsid(context, AddressSpace::huge_start));
  else
    write_entry(index, address, hash_table::vsid(context, address), key_problem);
  asm volatile("isync" : : : "memory");
  cpu.user_segments[index] = (huge ? (address & tebibyte_mask) | tebibyte_slbie : address & segment_mask) | 1;
  cpu.next_segment = index + 1 < size ? index + 1 : kernel_entries;
}

void forget_user() {
  Cpu& cpu = this_cpu();
  asm volatile("isync" : : : "memory");
  for (u64& segment : cpu.user_segments)
    if (segment) {
      asm volatile("slbie %0" : : "r"(segment & ~1ul) : "memory");
      segment = 0;
    }
  asm volatile("isync" : : : "memory");
  cpu.next_segment = kernel_entries;
}

}  // namespace nomad::segments
