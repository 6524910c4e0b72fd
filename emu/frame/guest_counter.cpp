// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/guest_counter.h"

#include <atomic>

namespace emu::frame {

namespace {
constexpr u64 memory_interval = 20'000'000;  // how often a partition's memory is asked for: it may be another one by now
}  // namespace

std::optional<u64> GuestCounter::read(u32 lpar_id, const MemoryOf& memory_of, u64 now) {
  if (now - memory_asked_at_ >= (memory_ ? memory_interval : memory_interval / 20)) {
    memory_ = memory_of(lpar_id);
    memory_asked_at_ = now;
  }
  if (!memory_ || address_ % 8 || !memory_->contains(address_, 8)) return std::nullopt;
  auto* at = reinterpret_cast<u64*>(memory_->host() + address_);
  return byte_swapped(std::atomic_ref<u64>(*at).load(std::memory_order_relaxed));
}

}  // namespace emu::frame
