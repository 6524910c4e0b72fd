// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/hash_page_table.h"

#include <string>

#include <sys/mman.h>

#include "cpu/code_pages.h"

namespace cpu {

emu::Result<std::unique_ptr<HashPageTable>> HashPageTable::create(u32 shift) {
  if (shift < 18 || shift > 40)
    return emu::Error{"memory", "A hashed page table has 2^18 to 2^40 bytes, not 2^" + std::to_string(shift) + "."};
  const u64 size = u64{1} << shift;
  // A large partition's is large, and what is used of it is mostly little: the host provides it as it is used.
  void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    return emu::Error{"memory", "The host has no room for a hashed page table of " + std::to_string(size / KiB) + " KiB."};
  return std::unique_ptr<HashPageTable>(new HashPageTable(shift, static_cast<Hpte*>(mapped)));
}

HashPageTable::HashPageTable(u32 shift, Hpte* entries)
    : shift_(shift),
      entries_(entries),
      used_((u64{1} << shift) / 16),
      users_(used_.size(), nobody),
      dirty_((u64{1} << shift) / emu::page_size) {}

HashPageTable::~HashPageTable() { munmap(entries_, bytes()); }

void HashPageTable::start_tracking() {
  dirty_.fill();
  tracking_.store(true);
}

void HashPageTable::stop_tracking() {
  tracking_.store(false);
  dirty_.reset();
}

void HashPageTable::copy_out(u64 page, std::span<u8> to) const {
  const Hpte* from = entries_ + page * slots_per_page;
  for (u64 i = 0; i < slots_per_page; ++i) {
    // The dispatcher may write an entry meanwhile: the piece is then dirty again, and is sent once more.
    emu::store_be(&to[i * 16], __atomic_load_n(&from[i].v, __ATOMIC_RELAXED));
    emu::store_be(&to[i * 16 + 8], __atomic_load_n(&from[i].r, __ATOMIC_RELAXED));
  }
}

bool HashPageTable::copy_in(u64 page, std::span<const u8> from) {
  if (page >= pages() || from.size() != emu::page_size) return false;
  Hpte* to = entries_ + page * slots_per_page;
  for (u64 i = 0; i < slots_per_page; ++i) to[i] = {emu::load_be<u64>(&from[i * 16]), emu::load_be<u64>(&from[i * 16 + 8])};
  all_taken_back_ = ++generation_;
  ++for_all_;
  if (tracking_.load(std::memory_order_relaxed)) dirty_.set(page);
  return true;
}

bool HashPageTable::leads_into(u64 real, u64 length) const {
  for (u64 slot = 0; slot < slots(); ++slot) {
    const Hpte entry = entries_[slot];
    if (!(entry.v & hpte_valid)) continue;
    const u64 size = u64{1} << page_shift_of(entry);
    const u64 begin = entry.r & hpte_rpn & ~(size - 1);
    if (begin < real + length && real < begin + size) return true;
  }
  return false;
}

bool HashPageTable::page_is_empty(u64 page) const {
  const Hpte* entry = entries_ + page * slots_per_page;
  for (u64 i = 0; i < slots_per_page; ++i)
    if (__atomic_load_n(&entry[i].v, __ATOMIC_RELAXED) & hpte_valid) return false;
  return true;
}

CodePages* HashPageTable::code_pages(emu::GuestMemory& memory) {
  if (!code_pages_) code_pages_ = CodePages::create(memory);
  return code_pages_.get();
}

}  // namespace cpu
