// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The only clock. Everything that asks for the time is given one of these, so that a test owns the time.

#include <memory>

#include "emu/core/types.h"

namespace emu {

inline constexpr u64 nanoseconds_per_second = 1'000'000'000;
inline constexpr u64 millisecond = nanoseconds_per_second / 1000;  // in nanoseconds
inline constexpr u64 time_base_hz = 512'000'000;                   // what LoPAR demands for a partition that can move

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since some start, never backwards, the same for every process of this host. Any thread.
  virtual u64 monotonic() const = 0;
  // Nanoseconds since 1970 (UTC). Any thread.
  virtual u64 wall() const = 0;
};

// The host's clocks.
class HostClock final : public Clock {
 public:
  u64 monotonic() const override;
  u64 wall() const override;
};

// Stands still until it is told otherwise. For tests.
class ManualClock final : public Clock {
 public:
  u64 monotonic() const override { return now_; }
  u64 wall() const override { return wall_start_ + now_; }
  void advance(u64 nanoseconds) { now_ += nanoseconds; }

 private:
  u64 now_ = 0;
  u64 wall_start_ = 1'174'000'000 * nanoseconds_per_second;  // March 2007, as in the Redbook's logs
};

// 512 MHz ticks in so many nanoseconds, rounded down: 64 ticks are 125 ns.
constexpr u64 to_ticks(u64 nanoseconds) { return nanoseconds / 125 * 64 + nanoseconds % 125 * 64 / 125; }
constexpr u64 to_nanoseconds(u64 ticks) { return ticks / 64 * 125 + ticks % 64 * 125 / 64; }
static_assert(to_ticks(nanoseconds_per_second) == time_base_hz);

}  // namespace emu
