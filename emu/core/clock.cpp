// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/clock.h"

#include <ctime>

namespace emu {

namespace {
u64 read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<u64>(now.tv_sec) * nanoseconds_per_second + static_cast<u64>(now.tv_nsec);
}
}  // namespace

u64 HostClock::monotonic() const { return read_clock(CLOCK_MONOTONIC); }
u64 HostClock::wall() const { return read_clock(CLOCK_REALTIME); }

}  // namespace emu
