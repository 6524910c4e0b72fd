// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/address_space.h"

#include "kernel/hash_table.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "lib/text.h"

namespace nomad {
namespace {

// A page entry: real page, then these bits. The slot tells where H_ENTER put it, for H_REMOVE.
constexpr u64 entry_valid = 1, entry_write = 2, entry_execute = 4, entry_hashed = 8, entry_secondary = 0x10, entry_device = 0x20;
constexpr u64 slot_shift = 6, slot_mask = 7ul << slot_shift;
constexpr u64 real_mask = ~0xFFFul;

u32 next_context = 1;  // never reused: an entry left behind in the hash table can never match again

hash_table::Slot slot_of(u64 entry) {
  return {(entry & entry_hashed) != 0, (entry & entry_secondary) != 0, static_cast<u8>((entry & slot_mask) >> slot_shift)};
}

u64 protection_of(u64 entry) {
  u64 protection = entry & entry_write ? hash_table::read_write : hash_table::read_only;
  if (!(entry & entry_execute)) protection |= hash_table::no_execute;
  return protection | (entry & entry_device ? hash_table::uncached : hash_table::memory);
}

}  // namespace

bool AddressSpace::create() {
  *this = {};
  root_ = pages::allocate();
  context_ = next_context++;
  return root_ != 0;
}

void AddressSpace::release_level(u64 table, u32 level, u64 address) {
  for (u64 i = 0; i < 512; i++) {
    const u64 entry = pointer<u64>(table)[i];
    if (!entry) continue;
    const u64 below = address | i << (12 + 9 * level);
    if (level) {
      release_level(entry & real_mask, level - 1, below);
    } else {
      hash_table::remove(hash_table::vsid(context_, below), below, slot_of(entry));
      if (!(entry & entry_device)) pages::release(entry & real_mask);
    }
  }
  pages::release(table);
}

void AddressSpace::destroy() {
  if (root_) release_level(root_, 2, 0);
  for (u32 i = 0; i < huge_count_; i++)
    hash_table::remove_huge(hash_table::vsid(context_, huge_start), huge_start + i * huge_bytes, huge_slots_[i]);
  *this = {};
}

u64* AddressSpace::entry(u64 address, bool create) {
  if (!root_ || address >= 1ul << 39) return nullptr;
  u64 table = root_;
  for (u32 level = 2; level; level--) {
    u64& next = pointer<u64>(table)[address >> (12 + 9 * level) & 511];
    if (!next) {
      if (!create) return nullptr;
      const u64 page = pages::allocate();
      if (!page) return nullptr;
      next = page | entry_valid;
    }
    table = next & real_mask;
  }
  return &pointer<u64>(table)[address >> 12 & 511];
}

bool AddressSpace::add_page(u64 address, u64 access) {
  u64* place = entry(address, true);
  if (!place) return false;
  if (*place) {  // two program segments may share a page
    *place |= access;
    return true;
  }
  const u64 page = pages::allocate();
  if (!page) return false;
  *place = page | entry_valid | access;
  page_count_++;
  return true;
}

bool AddressSpace::add_device_page(u64 address, u64 real) {
  u64* place = entry(address, true);
  if (!place) return false;
  *place = (real & real_mask) | entry_valid | entry_write | entry_device;
  return true;
}

u64 AddressSpace::reserve(u64 bytes) {
  bytes = (bytes + page_bytes - 1) & real_mask;
  if (bytes == 0 || bytes > map_end - map_start - map_used_) return 0;
  const u64 start = map_start + map_used_;
  map_used_ += bytes;
  return start;
}

u64 AddressSpace::reserve_device(u64 bytes) {
  map_used_ = (map_used_ + 0x0FFFFFFF) & ~0x0FFFFFFFul;
  return reserve(bytes);
}

u64 AddressSpace::add_huge_page(u64 real) {
  if (huge_count_ == huge_limit) return 0;
  huge_[huge_count_] = real;
  return huge_start + huge_count_++ * huge_bytes;
}

bool AddressSpace::has_huge_page(u64 real) const {
  for (u32 i = 0; i < huge_count_; i++)
    if (huge_[i] == real) return true;
  return false;
}

bool AddressSpace::is_demand_zero(u64 address) const {
  return (address >= map_start && address < map_start + map_used_) || (address >= stack_top - stack_bytes && address < stack_top);
}

bool AddressSpace::fault(u64 address, bool store) {
  if (is_huge(address)) {
    const u64 index = (address - huge_start) / huge_bytes;
    if (index >= huge_count_) return false;
    constexpr u64 protection = hash_table::read_write | hash_table::no_execute | hash_table::memory;
    huge_slots_[index] = hash_table::enter_huge(hash_table::vsid(context_, huge_start), address, huge_[index], protection);
    return true;
  }
  u64* place = entry(address, is_demand_zero(address));
  if (!place) return false;
  if (!*place && (!is_demand_zero(address) || !add_page(address, write))) return false;
  if (store && !(*place & entry_write)) return false;
  const u64 vsid = hash_table::vsid(context_, address);
  // Hashed already, and still a fault: the protection was the reason, or the entry has been evicted.
  if (*place & entry_hashed && hash_table::protect(vsid, address, slot_of(*place), protection_of(*place))) return true;
  const hash_table::Slot slot =
      hash_table::enter(vsid, address, hash_table::small_page, *place & real_mask, protection_of(*place), false);
  *place = (*place & ~(slot_mask | entry_secondary)) | entry_hashed | (slot.secondary ? entry_secondary : 0) |
           static_cast<u64>(slot.index) << slot_shift;
  return true;
}

void* AddressSpace::find(u64 address, bool store) {
  u64* place = entry(address, false);
  if (!place || !*place) {
    if (!is_demand_zero(address) || !add_page(address, write)) return nullptr;
    place = entry(address, false);
  }
  if ((store && !(*place & entry_write)) || (*place & entry_device)) return nullptr;
  return pointer((*place & real_mask) | (address & ~real_mask));
}

bool AddressSpace::copy_in(void* to, u64 from, u64 length) {
  for (u64 done = 0; done < length;) {
    const u64 chunk = page_bytes - ((from + done) & 0xFFF);
    const u64 part = chunk < length - done ? chunk : length - done;
    const void* source = find(from + done, false);
    if (!source) return false;
    memcpy(static_cast<u8*>(to) + done, source, part);
    done += part;
  }
  return true;
}

bool AddressSpace::copy_out(u64 to, const void* from, u64 length) {
  for (u64 done = 0; done < length;) {
    const u64 chunk = page_bytes - ((to + done) & 0xFFF);
    const u64 part = chunk < length - done ? chunk : length - done;
    void* target = find(to + done, true);
    if (!target) return false;
    memcpy(target, static_cast<const u8*>(from) + done, part);
    done += part;
  }
  return true;
}

bool AddressSpace::copy_text_in(char* to, u64 size, u64 from) {
  for (u64 i = 0; i < size; i++) {
    const auto* source = static_cast<const char*>(find(from + i, false));
    if (!source) return false;
    to[i] = *source;
    if (!to[i]) return true;
  }
  to[size - 1] = 0;
  return true;
}

}  // namespace nomad
