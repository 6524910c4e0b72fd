// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// On/Off Capacity on Demand: a system has processors and memory that are inactive, and an operator activates some of them for days.
// (Redbook 3.3.4)

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

enum class OnDemandKind : u8 { processors = 1, memory };

// What was asked for last. Processors, or MiB.
struct OnDemandRequest {
  u64 quantity = 0;
  u64 until = 0;  // nanoseconds since 1970
  bool in_force(u64 now) const { return quantity > 0 && now < until; }
  FIELDS(OnDemandRequest, quantity, until)
};

struct OnDemand {
  OnDemandRequest processors;
  OnDemandRequest memory;
  FIELDS(OnDemand, processors, memory)
};

// How things are with one of them. Processors, or MiB.
struct OnDemandState {
  u64 inactive = 0;    // that the system has; nobody gets anything of them before they are activated
  u64 activated = 0;   // of these, now
  u64 unreturned = 0;  // the time is over, and partitions have them still
  u64 until = 0;       // of what is activated
  FIELDS(OnDemandState, inactive, activated, unreturned, until)
};

}  // namespace emu
