// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/guest_memory.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <limits>
#include <mutex>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace emu {

PageMap::PageMap(u64 pages) : pages_(pages), bits_(std::make_unique<std::atomic<u64>[]>((pages + 63) / 64)) {}

void PageMap::fill() {
  for (u64 i = 0; i < words(); ++i) bits_[i].store(~u64{0}, std::memory_order_relaxed);
  if (pages_ % 64) bits_[words() - 1].store(bit(pages_) - 1, std::memory_order_relaxed);
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

// False: the host has no room.
bool fault_in(u8* ram, u64 size) {
#ifdef MADV_POPULATE_WRITE
  if (madvise(ram, size, MADV_POPULATE_WRITE) == 0) return true;
  if (errno == ENOMEM) return false;
#endif
  for (u64 at = 0; at < size; at += page_size) static_cast<volatile u8*>(ram)[at] = 0;
  return true;
}

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

Result<std::unique_ptr<GuestMemory>> GuestMemory::create(u64 size, FaultIn when) {
  assert(size % MiB == 0 && size > 0);
  if (size > available_bytes()) return no_room(size);
  // A little more than asked for, so that it can begin on a huge page's boundary: huge host pages fault in ten times faster
  // than small ones, and keep the host's own TLB out of the way.
  const u64 alignment = 2 * MiB;
  void* mapped = mmap(nullptr, size + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return no_room(size);
  auto* begin = static_cast<u8*>(mapped);
  auto* ram = reinterpret_cast<u8*>((reinterpret_cast<std::uintptr_t>(begin) + alignment - 1) & ~(alignment - 1));
  if (ram != begin) munmap(begin, static_cast<size_t>(ram - begin));
  if (const u64 rest = alignment - static_cast<u64>(ram - begin)) munmap(ram + size, rest);
  madvise(ram, size, MADV_HUGEPAGE);
  if (when == FaultIn::before && !fault_in(ram, size)) {
    munmap(ram, size);
    return no_room(size);
  }
  std::unique_ptr<GuestMemory> memory(new GuestMemory(ram, size));
  if (when == FaultIn::meanwhile) {
    memory->faulting_in_ = std::jthread([&m = *memory](const std::stop_token& ending) { m.fault_in_meanwhile(ending); });
  }
  return memory;
}

// The memory is in use: each page is written to, and nothing changes. (Not by MADV_POPULATE_WRITE: that holds a lock of the
// process for so long that nobody else could map anything, and engines do.) Slowly: a host that has given its memory elsewhere
// takes milliseconds for a huge page, and everybody else comes first. Only where an operating system begins it is in a hurry.
__attribute__((no_sanitize("thread"))) void GuestMemory::fault_in_meanwhile(const std::stop_token& ending) {
  // Not SCHED_IDLE: on a busy host its turn may come after a minute, and whoever unmaps the memory, or ends the process, waits for it.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
  constexpr u64 at_once = 2 * MiB;
  constexpr auto pause = std::chrono::milliseconds(16);
  std::mutex of_nobody_else;
  std::unique_lock lock(of_nobody_else);
  std::condition_variable_any event;
  constexpr u64 in_a_hurry = 128 * MiB;
  for (u64 begin = 0; begin < size_; begin += at_once) {
    for (u64 at = begin; at < std::min(begin + at_once, size_); at += page_size)
      __atomic_fetch_or(ram_ + at, u8{0}, __ATOMIC_RELAXED);
    const auto until_next = begin < in_a_hurry ? pause * 0 : pause;
    if (event.wait_for(lock, ending, until_next, [&] { return ending.stop_requested(); })) return;
  }
}

GuestMemory::GuestMemory(u8* ram, u64 size)
    : ram_(ram), size_(size), dirty_(size >> page_shift), missing_(size >> page_shift), code_(size >> page_shift) {}

GuestMemory::~GuestMemory() {
  faulting_in_ = {};
  munmap(ram_, size_);
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
  PageSource* source = source_.load();
  return source && source->fetch(page);
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
  dirty_.fill();
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

bool GuestMemory::arrive(u64 page, std::span<const u8> content) {
  if (page >= pages() || !missing_.test(page)) return false;
  u8* to = ram_ + (page << page_shift);
  if (content.empty()) {
    std::memset(to, 0, page_size);
  } else {
    std::memcpy(to, content.data(), page_size);
  }
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
