// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How long partitions with shared processors may run in the next dispatch window. A pure function of what they are entitled to, and of
// what they did in the last one. (Redbook 2.2, 5.4)
//
// Each partition has its entitlement. What is left, because others are entitled to less or do not use it, goes to the uncapped
// partitions that want more, by their weights, up to their virtual processors and the maximum of their pool.

#include <span>
#include <vector>

#include "emu/core/clock.h"
#include "emu/core/processor_pool.h"

namespace firmware {

inline constexpr u64 dispatch_window = 10 * emu::millisecond;  // nanoseconds, as all times here

struct Sharer {
  u32 units = 0;  // entitled, hundredths of a processor
  bool capped = false;
  u32 weight = 0;   // of 0: as if it were capped
  u32 at_once = 1;  // virtual processors that can run at the same time
  u32 pool = emu::default_pool;
  bool wants = false;  // it would have run for longer
  u64 used = 0;        // in the last window
};

// `units`: what there is for all of them. `pools`: the unusual ones. In the order of the partitions.
std::vector<u64> dispatch_shares(std::span<const Sharer>, u64 units, std::span<const emu::ProcessorPool> pools);

// What a partition has over from a window, for the next: less than nothing if it was stopped too late; more than nothing if the host
// did not let it run. What it did not want is lost.
s64 carried_over(s64 allowed, u64 used, bool wants);

}  // namespace firmware
