// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A partition's hashed page table. The guest changes it through H_ENTER and its kin only; the processors set R and C. It
// moves verbatim, slot by slot, because guests remember slot numbers; so it is tracked like memory, 4096 bytes at a time.
// Slots may be read and written on the dispatcher thread; tracking and copying from any thread.

#include <array>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "cpu/together.h"
#include "emu/core/guest_memory.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace cpu {

class CodePages;

struct Hpte {
  u64 v = 0;  // first doubleword, host byte order
  u64 r = 0;  // second
  bool operator==(const Hpte&) const = default;
};

inline constexpr u64 hpte_valid = 1;
inline constexpr u64 hpte_secondary = 2;
inline constexpr u64 hpte_large = 4;
inline constexpr u64 hpte_referenced = 0x100;  // in r
inline constexpr u64 hpte_changed = 0x80;      // in r

inline constexpr u64 hpte_rpn = 0x0FFF'FFFF'FFFF'F000;  // of the second doubleword: the real page, and LP in its lowest bits

// The page size that an entry's L and LP fields say, of 4 KiB, 64 KiB, 16 MiB and 16 GiB, as a power of two; 0 if none.
constexpr u32 page_shift_of(const Hpte& entry) {
  if (!(entry.v & hpte_large)) return 12;
  if ((entry.r & 0xF000) == 0x1000) return 16;
  if ((entry.r & 0xFF'F000) == 0) return 24;
  if ((entry.r & 0xFF'F000) == 0x3000) return 34;
  return 0;
}

class HashPageTable {
 public:
  // 2^shift bytes, 18 <= shift <= 40: `ibm,pft-size`. Faulted in, empty.
  static emu::Result<std::unique_ptr<HashPageTable>> create(u32 shift);
  ~HashPageTable();

  u32 shift() const { return shift_; }
  u64 bytes() const { return u64{1} << shift_; }
  u64 slots() const { return bytes() / 16; }
  u64 groups() const { return slots() / 8; }

  Hpte read(u64 slot) const { return entries_[slot]; }
  void write(u64 slot, Hpte entry) {
    const Hpte old = entries_[slot];
    // Setting R or C takes nothing back; everything else may.
    if ((old.v & hpte_valid) &&
        (old.v != entry.v || (old.r & ~entry.r) || ((entry.r & ~old.r) & ~(hpte_referenced | hpte_changed))))
      take_back(slot, old);
    entries_[slot] = entry;
    if (tracking_.load(std::memory_order_relaxed)) dirty_.set(slot / slots_per_page);
  }

  // ---- what processors keep in their TLBs ----
  // A processor has a part of the entry's page in its TLB: 4096 bytes of it, or of a larger page one of 16 parts.
  // `who`: which processor.
  void used(u64 slot, u64 part, u32 who) {
    used_[slot] |= static_cast<u16>(1u << part);
    u8& user = users_[slot];
    user = user == nobody || user == user_of(who) ? user_of(who) : several;
  }
  struct TakenBack {
    u64 slot = 0;
    Hpte entry;     // as it was
    u16 parts = 0;  // that were used
  };
  // Changes whenever a translation that a processor has used may not be valid any more.
  u64 generation() const { return generation_.load(std::memory_order_acquire); }
  // The same for translations that not only the processor has used that took them back.
  u64 generation_for_all() const { return for_all_; }
  void changed_by(u32 who) { changer_ = user_of(who); }  // from now on
  // Calls `forget` for each entry that was taken back since; false if these were too many to remember, or `forget` says that
  // it cannot be done one by one.
  template <class Forget>
  bool taken_back_since(u64 generation, const Forget& forget) const {
    const u64 now = this->generation();
    if (generation < all_taken_back_ || now - generation > remembered) return false;
    for (u64 i = generation; i < now; ++i)
      if (!forget(taken_back_[i % remembered])) return false;
    return true;
  }

  // ---- for a move: the table as `pages()` pieces of 4096 bytes, big-endian on the wire ----
  static constexpr u64 slots_per_page = emu::page_size / 16;
  u64 pages() const { return bytes() / emu::page_size; }
  void start_tracking();  // every piece is dirty
  void stop_tracking();
  emu::PageMap& dirty() { return dirty_; }
  void copy_out(u64 page, std::span<u8> to) const;   // 4096 bytes
  bool copy_in(u64 page, std::span<const u8> from);  // false if there is no such piece, or it is not 4096 bytes
  bool page_is_empty(u64 page) const;                // no valid entry

  // A valid entry maps a page of these real addresses. Looks at all entries: 8 ms for 64 MiB of them.
  bool leads_into(u64 real, u64 length) const;

  // ---- for the processors: all of a partition share one table, and meet here ----
  // The first call makes it. Null if the host has no room for it.
  CodePages* code_pages(emu::GuestMemory&);
  Together& together() { return together_; }

 private:
  static constexpr u64 remembered = 64;

  HashPageTable(u32 shift, Hpte* entries);
  void take_back(u64 slot, const Hpte& old) {
    const u16 parts = std::exchange(used_[slot], 0);
    const u8 user = std::exchange(users_[slot], nobody);
    if (!parts) return;
    const u64 now = generation_.load(std::memory_order_relaxed);
    taken_back_[now % remembered] = {slot, old, parts};
    generation_.store(now + 1, std::memory_order_release);
    for_all_ += user != changer_ || user == several;
  }

  u32 shift_;
  Hpte* entries_;
  std::vector<u16> used_;  // per slot, as used() has it
  static constexpr u8 nobody = 255, several = 254;
  static u8 user_of(u32 processor) { return static_cast<u8>(processor < several ? processor : several); }
  std::vector<u8> users_;  // per slot: the processor that has used it
  u8 changer_ = nobody;
  std::array<TakenBack, remembered> taken_back_{};
  std::atomic<u64> generation_{0};
  u64 for_all_ = 0;
  u64 all_taken_back_ = 0;  // the last generation in which everything was
  emu::PageMap dirty_;
  std::atomic<bool> tracking_{false};
  Together together_;
  std::unique_ptr<CodePages> code_pages_;
};

}  // namespace cpu
