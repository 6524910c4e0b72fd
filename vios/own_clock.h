// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The clock of a Virtual I/O Server: the time of day is its partition's, as `date` shows it and its logs have it.

#include "emu/core/clock.h"
#include "firmware/native_partition.h"

namespace vios {

class OwnClock final : public emu::Clock {
 public:
  // Both must outlive it.
  OwnClock(const firmware::NativePartition& partition, const emu::Clock& host) : partition_(partition), host_(host) {}
  u64 monotonic() const override { return host_.monotonic(); }
  u64 wall() const override { return partition_.time_of_day(); }

 private:
  const firmware::NativePartition& partition_;
  const emu::Clock& host_;
};

}  // namespace vios
