// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The two archives that a stream carries beside the partition's own.

#include "emu/core/archive.h"

namespace firmware::move {

// Who is coming. The target compares it with its shell: nothing of it is overwritten.
struct Hello {
  std::string uuid;
  std::string name;
  u64 memory_bytes = 0;
  u32 lmb_mb = 0;
  u32 hpt_shift = 0;
  u32 processors = 0;
  bool operator==(const Hello&) const = default;
};

// What closes the state: what the target needs to know whether it has all of it.
struct Suspension {
  u64 suspended_at = 0;  // monotonic, which is common to both frames of a host
  u64 state_bytes = 0;
  u64 state_checksum = 0;
  u64 residual_pages = 0;
  bool operator==(const Suspension&) const = default;
};

void archive(emu::Archive&, Hello&);
void archive(emu::Archive&, Suspension&);

}  // namespace firmware::move
