// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A window of I/O addresses onto a partition's memory, translated page by page. The partition fills it (H_PUT_TCE and
// kin); devices and partners reach the memory through it only.
// SIMPLIFIED: one window of 4 KiB I/O pages per adapter, from I/O address 0; real systems offer several sizes.

#include <atomic>
#include <memory>
#include <optional>
#include <shared_mutex>

#include "emu/core/archive.h"
#include "emu/core/guest_memory.h"

namespace devices {

inline constexpr u64 tce_read = 1;   // the device may read this page
inline constexpr u64 tce_write = 2;  // the device may write this page

// Who reaches the memory. The partition's own thread may wait for a page that has not arrived from the source of a move. Any
// other may not (it may be the mover that brings it), and is refused altogether while the partition is suspended.
enum class By { owner, other };

class TceTable {
 public:
  TceTable(u32 liobn, u64 bytes, std::shared_ptr<emu::GuestMemory> memory);

  u32 liobn() const { return liobn_; }
  u64 bytes() const { return entries_count_ * emu::page_size; }
  emu::GuestMemory& memory() const { return *memory_; }

  bool contains(u64 io_address, u64 length) const { return io_address <= bytes() && length <= bytes() - io_address; }
  // The address must be inside the window and on a page boundary; the caller has checked the entry's real address.
  void set(u64 io_address, u64 tce) { entries_[io_address >> emu::page_shift].store(tce, std::memory_order_release); }
  u64 get(u64 io_address) const { return entries_[io_address >> emu::page_shift].load(std::memory_order_acquire); }

  // The real address, if the page is mapped for this kind of access.
  std::optional<u64> translate(u64 io_address, u64 access) const;
  bool mapped(u64 io_address, u64 length, u64 access) const;

  bool leads_into(u64 real, u64 length) const;  // an entry maps a page of these real addresses

  // False, and perhaps part of it done, if a page is not mapped, or not for you now.
  bool read(u64 io_address, std::span<u8> to, By) const;
  bool write(u64 io_address, std::span<const u8> from, By);

  // A suspended partition's memory does not change any more: returns when the last access of others has ended.
  void freeze();
  void thaw();

  // Mapped pages that have not arrived: waits for up to `limit` of them; true when none is left. (H_ENABLE_CRQ)
  bool gather(u32 limit);

  void archive(emu::Archive&);

 private:
  bool present(u64 real, By) const;

  u32 liobn_;
  u64 entries_count_;
  std::unique_ptr<std::atomic<u64>[]> entries_;
  std::shared_ptr<emu::GuestMemory> memory_;
  mutable std::shared_mutex access_;  // of others; also guards frozen_
  bool frozen_ = false;
};

}  // namespace devices
