// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How far a move has come, as the service processor reports it. Times are nanoseconds of the monotonic clock.

#include <string>
#include <vector>

#include "emu/core/types.h"

namespace firmware::move {

// The four phases people know (Init, Copy, I/O quiesce, Frozen) are ranges of these.
enum class Phase : u8 {
  none = 0,
  opened,
  passes,
  suspending,
  suspended,
  verifying,
  handed_over,
  resumed,
  completed,
  aborted,
  failed
};

struct Limits {
  u32 max_passes = 30;
};

struct Pass {
  u64 pages = 0;       // sent with content
  u64 zero_pages = 0;  // sent as "zero"
  u64 bytes = 0;       // on the mover link
  u64 nanoseconds = 0;
  u64 dirty_after = 0;
};

struct Progress {
  u64 stream = 0;
  u32 lpar_id = 0;
  bool source = true;
  Phase phase = Phase::none;
  u32 percent = 0;
  u64 bytes_total = 0;
  u64 bytes_sent = 0;
  u64 bytes_remaining = 0;
  std::vector<Pass> passes;
  u64 residual_pages = 0;
  u64 demand_paged = 0;
  u64 demand_p50_ns = 0;
  u64 demand_p99_ns = 0;
  u64 suspended_at = 0;
  u64 handed_over_at = 0;
  u64 resumed_at = 0;
  u64 completed_at = 0;
  std::string error_code;
  std::string error_text;
};

// The picture of a move's pages (emu/link/service.h says what is in a cell).
struct MemoryMap {
  u64 pages = 0;
  u32 pages_per_cell = 0;
  Bytes content;
  Bytes zero;
  Bytes stale;
  Bytes demanded;
};

}  // namespace firmware::move
