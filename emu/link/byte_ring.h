// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Bytes from one writer to one reader, in shared memory. The counters run freely and are taken modulo the size, and each is
// read once before it is used: whatever a hostile peer writes into them, no access leaves the ring.
// (boost::lockfree::spsc_queue would follow a bad index anywhere.)

#include <algorithm>
#include <atomic>

#include "emu/core/types.h"

namespace emu {

template <u32 Size>
class ByteRing {
  static_assert((Size & (Size - 1)) == 0);

 public:
  // By the one who creates the memory, or takes both ends over.
  void construct() {
    written_.store(0);
    read_.store(0);
  }
  u32 filled() const { return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_acquire); }
  u32 free_bytes() const { return Size - std::min(filled(), Size); }
  bool sane() const { return filled() <= Size; }

  // As much as there is room for.
  u32 put(std::span<const u8> from) {
    const u32 at = written_.load(std::memory_order_relaxed);
    const u32 used = at - read_.load(std::memory_order_acquire);
    if (used >= Size) return 0;
    const u32 count = static_cast<u32>(std::min<size_t>(from.size(), Size - used));
    const u32 begin = at % Size;
    const u32 first = std::min(count, Size - begin);
    std::memcpy(bytes_ + begin, from.data(), first);
    std::memcpy(bytes_, from.data() + first, count - first);
    written_.store(at + count, std::memory_order_release);
    return count;
  }
  // As much as there is.
  u32 get(std::span<u8> to) {
    const u32 at = read_.load(std::memory_order_relaxed);
    const u32 there = written_.load(std::memory_order_acquire) - at;
    if (there > Size) return 0;
    const u32 count = static_cast<u32>(std::min<size_t>(to.size(), there));
    const u32 begin = at % Size;
    const u32 first = std::min(count, Size - begin);
    std::memcpy(to.data(), bytes_ + begin, first);
    std::memcpy(to.data() + first, bytes_, count - first);
    read_.store(at + count, std::memory_order_release);
    return count;
  }
  // By the reader: forgets what is there, and whatever has happened to the counters.
  void clear() { read_.store(written_.load(std::memory_order_acquire), std::memory_order_release); }

 private:
  alignas(64) std::atomic<u32> written_;
  alignas(64) std::atomic<u32> read_;
  alignas(64) u8 bytes_[Size];
};

}  // namespace emu
