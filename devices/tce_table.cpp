// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/tce_table.h"

#include <map>
#include <mutex>
#include <vector>

namespace devices {

using emu::page_shift;
using emu::page_size;

namespace {
constexpr u64 page_bits = ~(page_size - 1);
}

TceTable::TceTable(u32 liobn, u64 bytes, std::shared_ptr<emu::GuestMemory> memory)
    : liobn_(liobn),
      entries_count_(bytes >> page_shift),
      entries_(std::make_unique<std::atomic<u64>[]>(bytes >> page_shift)),
      memory_(std::move(memory)) {}

std::optional<u64> TceTable::translate(u64 io_address, u64 access) const {
  if (!contains(io_address, 1)) return std::nullopt;
  const u64 tce = get(io_address);
  if ((tce & access) != access) return std::nullopt;
  return (tce & page_bits) | (io_address & ~page_bits);
}

bool TceTable::mapped(u64 io_address, u64 length, u64 access) const {
  if (!contains(io_address, length)) return false;
  for (u64 page = io_address & page_bits; page < io_address + length; page += page_size)
    if (!translate(page, access)) return false;
  return true;
}

bool TceTable::leads_into(u64 real, u64 length) const {
  for (u64 i = 0; i < entries_count_; ++i) {
    const u64 tce = entries_[i].load(std::memory_order_acquire);
    if ((tce & (tce_read | tce_write)) && (tce & page_bits) - real < length) return true;
  }
  return false;
}

bool TceTable::present(u64 real, By by) const {
  const u64 page = real >> page_shift;
  if (page >= memory_->pages()) return true;  // a shared window of a native partition
  if (by == By::owner) return memory_->ensure_present(page);
  return !memory_->missing().test(page);
}

bool TceTable::read(u64 io_address, std::span<u8> to, By by) const {
  std::shared_lock lock(access_, std::defer_lock);
  if (by == By::other) {
    lock.lock();
    if (frozen_) return false;
  }
  while (!to.empty()) {
    const auto real = translate(io_address, tce_read);
    if (!real || !present(*real, by)) return false;
    const u64 piece = std::min<u64>(to.size(), page_size - (io_address & ~page_bits));
    if (!memory_->read(*real, to.first(piece))) return false;
    to = to.subspan(piece);
    io_address += piece;
  }
  return true;
}

bool TceTable::write(u64 io_address, std::span<const u8> from, By by) {
  std::shared_lock lock(access_, std::defer_lock);
  if (by == By::other) {
    lock.lock();
    if (frozen_) return false;
  }
  while (!from.empty()) {
    const auto real = translate(io_address, tce_write);
    if (!real || !present(*real, by)) return false;
    const u64 piece = std::min<u64>(from.size(), page_size - (io_address & ~page_bits));
    if (!memory_->write(*real, from.first(piece))) return false;
    from = from.subspan(piece);
    io_address += piece;
  }
  return true;
}

void TceTable::freeze() {
  const std::unique_lock lock(access_);
  frozen_ = true;
}

void TceTable::thaw() {
  const std::unique_lock lock(access_);
  frozen_ = false;
}

bool TceTable::gather(u32 limit) {
  for (u64 i = 0; i < entries_count_; ++i) {
    const u64 tce = entries_[i].load(std::memory_order_acquire);
    const u64 page = tce >> page_shift;
    if (!(tce & (tce_read | tce_write)) || page >= memory_->pages() || !memory_->missing().test(page)) continue;
    if (limit-- == 0) return false;
    if (!memory_->ensure_present(page)) return false;
  }
  return true;
}

// Sparse: most of a window is empty. Index and entry alternate, flat: this is saved and loaded while the partition stands still.
void TceTable::archive(emu::Archive& ar) {
  u32 liobn = liobn_;
  u64 count = entries_count_;
  std::vector<u64> used;
  if (!ar.loading())
    for (u64 i = 0; i < entries_count_; ++i)
      if (const u64 tce = entries_[i].load(std::memory_order_relaxed)) used.insert(used.end(), {i, tce});
  const u16 version = ar.section("tce", 2);
  ar("liobn", liobn);
  if (ar.loading() && liobn != liobn_) ar.fail("is not this window's");
  ar("entries", count);
  if (ar.loading() && count != entries_count_) ar.fail("is not this window's size");
  if (version == 1) {
    std::map<u32, u64> by_index;
    ar("used", by_index);
    for (const auto& [index, tce] : by_index) used.insert(used.end(), {index, tce});
  } else {
    ar("used", used);
  }
  if (!ar.loading() || ar.failed()) return;
  if (used.size() % 2) return ar.fail("holds an index without an entry");
  for (u64 i = 0; i < entries_count_; ++i) entries_[i].store(0, std::memory_order_relaxed);
  for (size_t i = 0; i < used.size(); i += 2) {
    const u64 index = used[i];
    const u64 tce = used[i + 1];
    if (index >= entries_count_ || !memory_->contains(tce & page_bits, page_size))
      return ar.fail("maps a page that is not there");
    entries_[index].store(tce, std::memory_order_relaxed);
  }
}

}  // namespace devices
