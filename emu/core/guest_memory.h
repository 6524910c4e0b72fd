// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The real memory of one partition, and the only way to read or write it. Because every access passes here, it knows
// which pages were written since the last pass of a move, which have not arrived yet, and which hold translated code.
//
// Addresses are the partition's real addresses, in bytes; a page is 4096 bytes. All functions may be called from any
// thread unless they say otherwise. Two threads that touch the same bytes race as two processors of a server would.

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "emu/core/memory_segment.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u64 page_shift = 12;
inline constexpr u64 page_size = u64{1} << page_shift;

// One bit per page. Set from any thread; taken by one.
class PageMap {
 public:
  explicit PageMap(u64 pages);
  u64 pages() const { return pages_; }
  u64 words() const { return (pages_ + 63) / 64; }

  void set(u64 page) { word(page).fetch_or(bit(page), std::memory_order_relaxed); }
  void clear(u64 page) { word(page).fetch_and(~bit(page), std::memory_order_relaxed); }
  bool test(u64 page) const { return bits_[page / 64].load(std::memory_order_acquire) & bit(page); }
  // Sets the bit and says whether it was clear; the same for clear. For pages that two threads compete for.
  bool claim(u64 page) { return !(word(page).fetch_or(bit(page), std::memory_order_acq_rel) & bit(page)); }
  bool release(u64 page) { return word(page).fetch_and(~bit(page), std::memory_order_acq_rel) & bit(page); }
  // 64 pages at once, from page 64 * index.
  u64 load(u64 index) const { return bits_[index].load(std::memory_order_acquire); }
  void store(u64 index, u64 value) { bits_[index].store(value, std::memory_order_release); }
  u64 take(u64 index) { return bits_[index].exchange(0, std::memory_order_acq_rel); }
  void fill();                      // sets every page
  void fill(u64 index, u64 words);  // sets all pages of these words
  void reset();                     // clears every page
  u64 count() const;

 private:
  std::atomic<u64>& word(u64 page) { return bits_[page / 64]; }
  static u64 bit(u64 page) { return u64{1} << (page % 64); }
  u64 pages_;
  std::unique_ptr<std::atomic<u64>[]> bits_;
};

// Who must know when a page that holds translated code is written by anybody but a processor's own stores.
class CodeWatcher {
 public:
  virtual ~CodeWatcher() = default;
  virtual void code_written(u64 page) = 0;  // any thread; must not block
};

// Who can bring a page that has not arrived from the source of a move yet.
class PageSource {
 public:
  virtual ~PageSource() = default;
  // Blocks the caller until `page` is present or never will be (false: the partition cannot go on).
  virtual bool fetch(u64 page) = 0;
};

// When the host provides the memory: what nobody uses, never. A partition that is activated begins with some of it there at
// once, because its operating system is in a hurry then.
enum class FaultIn { as_used, beginning };

// More memory, behind a hole: huge pages have addresses that are multiples of their size. Size 0: there is none.
struct FarMemory {
  u64 address = 0;
  u64 size = 0;
  u64 end() const { return size ? address + size : 0; }
  bool contains(u64 at, u64 length) const {
    return size && at >= address && at - address <= size && length <= size - (at - address);
  }
};

class GuestMemory {
 public:
  static constexpr u64 block = MiB;  // what comes and goes is made of these
  // `size` in bytes, a multiple of 1 MiB. Refused if the host has no room for it now. `reserved`: what it may grow to, whole MiB;
  // more than `size` is a hole that costs nothing. Nothing of `far` is provided before it is used.
  static Result<std::unique_ptr<GuestMemory>> create(u64 size, FaultIn = FaultIn::as_used, u64 reserved = 0, FarMemory far = {});
  ~GuestMemory();
  GuestMemory(const GuestMemory&) = delete;
  GuestMemory& operator=(const GuestMemory&) = delete;

  u64 size() const { return size_; }                      // of what begins at 0, with all holes
  u64 filled() const { return blocks_.count() * block; }  // the same without them
  const FarMemory& far() const { return far_; }
  u64 pages() const { return std::max(size_, far_.end()) >> page_shift; }  // all numbers of pages are below it
  // No byte of it lies in a hole.
  bool contains(u64 address, u64 length) const {
    const u64 solid = solid_.load(std::memory_order_acquire);
    return (address <= solid && length <= solid - address) || contains_behind_holes(address, length);
  }

  // Memory comes and goes, in whole blocks: what comes reads as zeros, and what goes is given back to the host. On the thread that
  // runs the processors; nobody uses what goes, and no move is under way.
  void fill(u64 address, u64 length);
  void punch(u64 address, u64 length);

  // False, and nothing done, if the range is not inside the memory or a page of it will never arrive.
  bool read(u64 address, std::span<u8> to) const;
  bool write(u64 address, std::span<const u8> from);
  bool zero(u64 address, u64 length);

  template <std::unsigned_integral T>
  bool read_be(u64 address, T& value) const {
    u8 bytes[sizeof(T)];
    if (!read(address, bytes)) return false;
    value = load_be<T>(bytes);
    return true;
  }
  template <std::unsigned_integral T>
  bool write_be(u64 address, T value) {
    u8 bytes[sizeof(T)];
    store_be(bytes, value);
    return write(address, bytes);
  }

  // A window onto shared memory of a link at real address `address` (page-aligned, outside the RAM); for native partitions
  // whose buffers lie in a link. The mapping must outlive this object. Setup only: before other threads use the memory.
  Status attach(u64 address, std::span<u8> shared);
  // Bytes of that window, to be used in place; empty if the range is not all inside it.
  std::span<u8> attached(u64 address, u64 length);

  // ---- for the processor: it maps the RAM and keeps the books itself, at its TLB fills ----
  u8* host() { return ram_; }
  const u8* host() const { return ram_; }
  void about_to_write(u64 page) {
    if (tracking_.load(std::memory_order_relaxed)) dirty_.set(page);
  }
  bool is_present(u64 page) const { return !arriving_.load(std::memory_order_acquire) || !missing_.test(page); }
  // True when the page is there, perhaps after waiting for it.
  bool ensure_present(u64 page) const { return is_present(page) || wait_for(page); }
  // From now on hypervisor and device writes to `page` are reported to the watcher, until it forgets the page.
  void holds_code(u64 page) { code_.set(page); }
  void forget_code(u64 page) { code_.clear(page); }
  // Pages that were written through host().
  void rewritten(u64 page, u64 count) { written(page << page_shift, count << page_shift); }
  void set_code_watcher(CodeWatcher* watcher) { watcher_.store(watcher); }

  // ---- for a move, on the source ----
  // Starting sets every page dirty: the first pass sends all. The caller then flushes the processors' TLBs.
  void start_tracking();
  void stop_tracking();
  bool tracking() const { return tracking_.load(std::memory_order_relaxed); }
  PageMap& dirty() { return dirty_; }
  const PageMap& dirty() const { return dirty_; }

  // ---- for a move, on the destination ----
  // Pages set in missing() are waited for by whoever touches them. arrive() puts a page in place, once: a second arrival of
  // a page is dropped (false), because the partition may have written it since. Pages that are not expected any more too.
  void expect_pages(PageSource* source);
  void all_arrived();
  // What is missing will not come. When it returns nobody is inside the source's fetch any more.
  void forget_source();
  PageMap& missing() { return missing_; }
  const PageMap& missing() const { return missing_; }
  bool arrive(u64 page, std::span<const u8> content);  // 4096 bytes, or empty for a page of zeros
  bool arrive_untouched(u64 page);                     // what is there is right, and is not even looked at
  // The RAM without waiting, tracking or range beyond the RAM: for passes (source) and before the resume (destination).
  std::span<u8> raw(u64 address, u64 length);

  // ---- where it lies ----
  const MemorySegment& segment() const { return *segment_; }
  void provide_huge(u64 page) { (void)segment_->provide_huge(page << page_shift); }
  // Making huge pages of small ones holds up whoever touches them, a little. Not while a partition moves.
  void make_huge_pages(bool on) { huge_pages_wanted_.store(on); }

 private:
  GuestMemory(std::unique_ptr<MemorySegment>, u64 filled, u64 size, FarMemory);
  bool contains_behind_holes(u64 address, u64 length) const;
  void find_first_hole();
  bool wait_for(u64 page) const;
  void written(u64 address, u64 length);
  u8* locate(u64 address, u64 length) const;  // in the RAM or in the attached window
  bool present_now(u64 page);                 // the end of an arrival
  void provide(const std::stop_token& ending, FaultIn);
  bool collapse(u64& at);

  std::unique_ptr<MemorySegment> segment_;
  u8* ram_;
  u64 size_;
  FarMemory far_;
  PageMap blocks_;             // by block: there
  std::atomic<u64> solid_{0};  // the first hole
  u64 window_address_ = 0;
  std::span<u8> window_;
  mutable PageMap dirty_;
  mutable PageMap missing_;
  PageMap code_;
  std::atomic<bool> tracking_{false};
  std::atomic<bool> arriving_{false};
  std::atomic<CodeWatcher*> watcher_{nullptr};
  std::atomic<PageSource*> source_{nullptr};
  mutable std::atomic<u32> fetching_{0};  // threads that ask it
  std::atomic<bool> huge_pages_wanted_{true};
  PageMap huge_;                // by huge page: done
  std::vector<u8> huge_tries_;  // by huge page: how often the host had none
  std::jthread providing_;
};

}  // namespace emu
