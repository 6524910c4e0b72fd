// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The VIOS's own memory: who has which part of it, and which of it an adapter may reach through its TCE window.

#include <map>

#include "emu/core/result.h"
#include "firmware/native_partition.h"

namespace vios {

// Hands out pages of the partition's real memory. One thread.
class RealMemory {
 public:
  explicit RealMemory(emu::GuestMemory& memory);
  // Whole pages, cleared. Error "memory" if there is no room.
  emu::Result<u64> allocate(u64 bytes);
  void release(u64 address);
  emu::GuestMemory& content() { return memory_; }

 private:
  emu::GuestMemory& memory_;
  std::map<u64, u64> free_;  // address -> bytes
  std::map<u64, u64> used_;
};

// Memory of ours, mapped at I/O address 0 of one adapter's window. The I/O address is the offset. One thread.
class DmaWindow {
 public:
  static emu::Result<DmaWindow> create(firmware::NativePartition&, RealMemory&, const firmware::NativeAdapter&, u64 bytes);
  ~DmaWindow();
  DmaWindow(DmaWindow&&) noexcept;
  DmaWindow& operator=(DmaWindow&&) = delete;
  // No copies: the memory has one owner.

  u64 size() const { return bytes_; }
  u64 address() const { return address_; }  // real
  // Our own memory, which no move ever copies: it may be read and written in place.
  std::span<u8> bytes(u64 offset, u64 length) { return real_->content().raw(address_ + offset, length); }

 private:
  DmaWindow(firmware::NativePartition& partition, RealMemory& real, u32 liobn, u64 address, u64 bytes)
      : partition_(&partition), real_(&real), liobn_(liobn), address_(address), bytes_(bytes) {}

  firmware::NativePartition* partition_;
  RealMemory* real_;
  u32 liobn_;
  u64 address_;
  u64 bytes_;
};

}  // namespace vios
