// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/guest_memory.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <limits>
#include <mutex>
#include <thread>

namespace emu {

PageMap::PageMap(u64 pages) : pages_(pages), bits_(std::make_unique<std::atomic<u64>[]>((pages + 63) / 64)) {}

void PageMap::fill() {
  for (u64 i = 0; i < words(); ++i) bits_[i].store(~u64{0}, std::memory_order_relaxed);
  if (pages_ % 64) bits_[words() - 1].store(bit(pages_) - 1, std::memory_order_relaxed);
}

void PageMap::fill(u64 index, u64 words) {
  for (u64 i = index; i < index + words; ++i) bits_[i].store(~u64{0}, std::memory_order_relaxed);
}

void PageMap::reset() {
  for (u64 i = 0; i < words(); ++i) bits_[i].store(0, std::memory_order_relaxed);
}

u64 PageMap::count() const {
  // Mostly there are few, and a word without any costs a look.
  u64 total = 0;
  for (u64 i = 0; i < words(); ++i)
    if (const u64 word = bits_[i].load(std::memory_order_relaxed)) total += static_cast<u64>(std::popcount(word));
  return total;
}

namespace {

// What the host could provide without swapping; everything, if it does not say.
u64 available_bytes() {
  std::ifstream lines("/proc/meminfo");
  std::string name;
  u64 kib = 0;
  while (lines >> name >> kib) {
    if (name == "MemAvailable:") return kib * KiB;
    lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return ~u64{0};
}

Error no_room(u64 size) {
  return Error{"memory", "The host has no room for " + std::to_string(size / MiB) + " MiB of partition memory."};
}

}  // namespace

Result<std::unique_ptr<GuestMemory>> GuestMemory::create(u64 size, FaultIn when, u64 reserved, FarMemory far) {
  assert(size % MiB == 0 && size > 0);
  if (size > available_bytes()) return no_room(size);
  auto segment = TRY(MemorySegment::create(std::max({size, reserved, far.end()})));
  std::unique_ptr<GuestMemory> memory(new GuestMemory(std::move(segment), size, std::max(size, reserved), far));
  if (std::max(size, reserved) >= MemorySegment::huge_page)
    memory->providing_ = std::jthread([&m = *memory, when](const std::stop_token& ending) { m.provide(ending, when); });
  return memory;
}

// Small pages become huge ones where enough of them are in use: an engine that reaches memory through them is twice as fast. A host
// may give huge pages to shared memory by itself, and then there is nothing to do. Few at a time, and not at a low priority:
// whoever touches a page that is being moved, or ends the memory, would wait for the turn of this thread.
void GuestMemory::provide(const std::stop_token& ending, FaultIn when) {
  constexpr u64 in_a_hurry = 128 * MiB;
  if (when == FaultIn::beginning)
    for (u64 at = 0; at + MemorySegment::huge_page <= std::min(solid_.load(), in_a_hurry) && !ending.stop_requested();
         at += MemorySegment::huge_page)
      (void)segment_->provide_huge(at);
  constexpr auto soon = std::chrono::milliseconds(20);
  constexpr auto late = std::chrono::milliseconds(2000);
  std::mutex of_nobody_else;
  std::unique_lock lock(of_nobody_else);
  std::condition_variable_any event;
  u64 at = 0;
  for (auto pause = soon; !event.wait_for(lock, ending, pause, [&] { return ending.stop_requested(); });)
    pause = collapse(at) ? soon : std::min(2 * pause, late);
}

// Looks on from `at`, at most to the end of the memory. True: huge pages were made.
bool GuestMemory::collapse(u64& at) {
  constexpr u64 enough = MemorySegment::huge_page / 4;
  constexpr u32 at_once = 4;
  if (!huge_pages_wanted_.load()) return false;
  u32 made = 0;
  for (auto found = segment_->data_from(at); found.begin < size_; found = segment_->data_from(at)) {
    const u64 begin = found.begin / MemorySegment::huge_page * MemorySegment::huge_page;
    const u64 end = at = begin + MemorySegment::huge_page;
    if (huge_.test(begin / MemorySegment::huge_page)) continue;
    u64 used = 0;
    for (; found.begin < end && used < enough; found = segment_->data_from(found.end))
      used += std::min(found.end, end) - found.begin;
    if (used < enough) continue;
    // It fails where a page is in use in that instant, and is tried again later. Where it always fails, the host has none.
    constexpr u8 most_tries = 10;
    const u64 index = begin / MemorySegment::huge_page;
    const bool provided = segment_->provide_huge(begin);
    if (provided || ++huge_tries_[index] == most_tries) huge_.set(index);
    if (provided && ++made == at_once) return true;
  }
  at = 0;
  return made != 0;
}

GuestMemory::GuestMemory(std::unique_ptr<MemorySegment> segment, u64 filled, u64 size, FarMemory far)
    : segment_(std::move(segment)),
      ram_(segment_->data()),
      size_(size),
      far_(far),
      blocks_(size / block),
      dirty_(pages()),
      missing_(pages()),
      code_(pages()),
      huge_(segment_->size() / MemorySegment::huge_page),
      huge_tries_(segment_->size() / MemorySegment::huge_page) {
  for (u64 i = 0; i < filled / block; ++i) blocks_.set(i);
  find_first_hole();
}

GuestMemory::~GuestMemory() { providing_ = {}; }

// ---- blocks ----

void GuestMemory::find_first_hole() {
  u64 first = 0;
  while (first < blocks_.pages() && blocks_.test(first)) ++first;
  solid_.store(first * block, std::memory_order_release);
}

bool GuestMemory::contains_behind_holes(u64 address, u64 length) const {
  if (far_.contains(address, length)) return true;
  if (address > size_ || length > size_ - address) return false;
  if (length == 0) return true;
  for (u64 i = address / block; i <= (address + length - 1) / block; ++i)
    if (!blocks_.test(i)) return false;
  return true;
}

void GuestMemory::fill(u64 address, u64 length) {
  assert(address % block == 0 && length % block == 0 && address + length <= size_);
  for (u64 i = address / block; i < (address + length) / block; ++i) blocks_.set(i);
  find_first_hole();
}

void GuestMemory::punch(u64 address, u64 length) {
  assert(address % block == 0 && length % block == 0 && address + length <= size_);
  for (u64 i = address / block; i < (address + length) / block; ++i) blocks_.clear(i);
  find_first_hole();
  segment_->punch(address, length);
  // Translations of what was there are dropped.
  written(address, length);
  for (u64 page = address >> page_shift; page < (address + length) >> page_shift; ++page) dirty_.clear(page);
  for (u64 at = address / MemorySegment::huge_page; at < (address + length) / MemorySegment::huge_page; ++at) huge_.clear(at);
}

Status GuestMemory::attach(u64 address, std::span<u8> shared) {
  if (address < size_ || address % page_size) return Error{"memory", "A window must lie outside the RAM, on a page boundary."};
  window_address_ = address;
  window_ = shared;
  return success();
}

std::span<u8> GuestMemory::attached(u64 address, u64 length) {
  u8* begin = contains(address, length) ? nullptr : locate(address, length);
  return begin ? std::span<u8>(begin, length) : std::span<u8>();
}

u8* GuestMemory::locate(u64 address, u64 length) const {
  if (contains(address, length)) return ram_ + address;
  if (address < window_address_) return nullptr;
  const u64 offset = address - window_address_;
  return offset <= window_.size() && length <= window_.size() - offset ? window_.data() + offset : nullptr;
}

bool GuestMemory::wait_for(u64 page) const {
  fetching_.fetch_add(1);
  PageSource* source = source_.load();
  const bool fetched = source && source->fetch(page);
  fetching_.fetch_sub(1);
  // It may have come since we looked, and all others, so that there is no source any more.
  return fetched || !missing_.test(page);
}

namespace {

// An access that is aligned and no larger than a doubleword is one access for everybody else, as it is of a processor. Writes
// release and reads acquire: queues are polled by their first byte, and what was written before it must be seen with it.
template <class T>
bool aligned(const u8* at) {
  return reinterpret_cast<std::uintptr_t>(at) % sizeof(T) == 0;
}
template <class T>
void load_one(u8* to, const u8* from) {
  const T value = std::atomic_ref<T>(*reinterpret_cast<T*>(const_cast<u8*>(from))).load(std::memory_order_acquire);
  std::memcpy(to, &value, sizeof value);
}
template <class T>
void store_one(u8* to, const u8* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  std::atomic_ref<T>(*reinterpret_cast<T*>(to)).store(value, std::memory_order_release);
}

void copy_out(u8* to, const u8* from, size_t length) {
  if (length == 8 && aligned<u64>(from)) return load_one<u64>(to, from);
  if (length == 4 && aligned<u32>(from)) return load_one<u32>(to, from);
  if (length == 1) return load_one<u8>(to, from);
  if (length == 0) return;  // memcpy() wants addresses even then
  std::memcpy(to, from, length);
}

void copy_in(u8* to, const u8* from, size_t length) {
  if (length == 8 && aligned<u64>(to)) return store_one<u64>(to, from);
  if (length == 4 && aligned<u32>(to)) return store_one<u32>(to, from);
  if (length == 1) return store_one<u8>(to, from);
  if (length == 0) return;
  std::memcpy(to, from, length);
}

}  // namespace

bool GuestMemory::read(u64 address, std::span<u8> to) const {
  const u8* from = locate(address, to.size());
  if (!from) return false;
  if (arriving_.load(std::memory_order_acquire) && contains(address, to.size()) && !to.empty())
    for (u64 page = address >> page_shift; page <= (address + to.size() - 1) >> page_shift; ++page)
      if (!ensure_present(page)) return false;
  copy_out(to.data(), from, to.size());
  return true;
}

bool GuestMemory::write(u64 address, std::span<const u8> from) {
  u8* to = locate(address, from.size());
  if (!to) return false;
  if (from.empty()) return true;
  if (!contains(address, from.size())) {
    copy_in(to, from.data(), from.size());
    return true;
  }
  if (arriving_.load(std::memory_order_acquire))
    for (u64 page = address >> page_shift; page <= (address + from.size() - 1) >> page_shift; ++page)
      if (!ensure_present(page)) return false;
  copy_in(to, from.data(), from.size());
  written(address, from.size());
  return true;
}

bool GuestMemory::zero(u64 address, u64 length) {
  if (!contains(address, length)) return false;
  if (length == 0) return true;
  if (arriving_.load(std::memory_order_acquire))
    for (u64 page = address >> page_shift; page <= (address + length - 1) >> page_shift; ++page)
      if (!ensure_present(page)) return false;
  std::memset(ram_ + address, 0, length);
  written(address, length);
  return true;
}

void GuestMemory::written(u64 address, u64 length) {
  // A processor marks a page as code, and then copies it: either the copy has our bytes, or we see the mark.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  for (u64 page = address >> page_shift; page <= (address + length - 1) >> page_shift; ++page) {
    // After the bytes: a pass that clears the bit and then copies the page must see them, or see the bit again.
    about_to_write(page);
    if (code_.test(page))
      if (CodeWatcher* watcher = watcher_.load()) watcher->code_written(page);
  }
}

void GuestMemory::start_tracking() {
  constexpr u64 words = block / page_size / 64;
  dirty_.reset();
  for (u64 i = 0; i < blocks_.pages(); ++i)
    if (blocks_.test(i)) dirty_.fill(i * words, words);
  dirty_.fill(far_.address / page_size / 64, far_.size / page_size / 64);
  tracking_.store(true);
}

void GuestMemory::stop_tracking() {
  tracking_.store(false);
  dirty_.reset();
}

void GuestMemory::expect_pages(PageSource* source) {
  source_.store(source);
  arriving_.store(true, std::memory_order_release);
}

void GuestMemory::all_arrived() {
  arriving_.store(false, std::memory_order_release);
  source_.store(nullptr);
}

void GuestMemory::forget_source() {
  source_.store(nullptr);
  while (fetching_.load() != 0) std::this_thread::yield();
}

bool GuestMemory::arrive(u64 page, std::span<const u8> content) {
  if (page >= pages() || !missing_.test(page)) return false;
  u8* to = ram_ + (page << page_shift);
  if (content.empty()) {
    std::memset(to, 0, page_size);
  } else {
    std::memcpy(to, content.data(), page_size);
  }
  return present_now(page);
}

bool GuestMemory::arrive_untouched(u64 page) { return page < pages() && missing_.test(page) && present_now(page); }

bool GuestMemory::present_now(u64 page) {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // as in written()
  // A page that arrives is one that a later move must send again.
  about_to_write(page);
  if (code_.test(page))
    if (CodeWatcher* watcher = watcher_.load()) watcher->code_written(page);
  missing_.clear(page);  // last: from here on the partition may use it
  return true;
}

std::span<u8> GuestMemory::raw(u64 address, u64 length) {
  if (!contains(address, length)) return {};
  return {ram_ + address, length};
}

}  // namespace emu
