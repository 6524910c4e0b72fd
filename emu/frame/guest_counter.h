// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An 8-byte big-endian counter in a partition's memory, read beside the partition's back: no page is fetched, dirtied or
// waited for. One thread reads it.

#include <functional>
#include <memory>
#include <optional>

#include "emu/core/guest_memory.h"

namespace emu::frame {

// How the memory of a partition is found; null while it has none. It comes and goes with a move.
using MemoryOf = std::function<std::shared_ptr<GuestMemory>(u32 lpar_id)>;

class GuestCounter {
 public:
  GuestCounter() = default;
  explicit GuestCounter(u64 address) : address_(address) {}

  u64 address() const { return address_; }
  // Nothing while the partition has no memory, or none at this address.
  std::optional<u64> read(u32 lpar_id, const MemoryOf& memory_of, u64 now);

 private:
  u64 address_ = 0;
  std::shared_ptr<GuestMemory> memory_;
  u64 memory_asked_at_ = 0;
};

}  // namespace emu::frame
