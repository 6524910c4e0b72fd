// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Watching partitions from outside, and faults.

#include <map>
#include <vector>

#include "emu/core/fault.h"
#include "emu/core/fields.h"
#include "emu/link/service/empty.h"

namespace emu::service {

// A host thread samples the 8-byte big-endian counter at a partition's real address about every 50 us, without touching
// the partition. Asked again with another address it starts anew; address ~0 stops it.
struct Watched {
  u64 value = 0;
  u64 last_change_at = 0;
  u64 longest_gap_ns = 0;  // between two changes, since the watch began (or `reset`)
  u64 above_at = 0;        // when the counter was first seen above `above`; 0 if not yet
  FIELDS(Watched, value, last_change_at, longest_gap_ns, above_at)
};
struct WatchCounter {
  using Reply = Watched;
  u32 lpar_id = 0;
  u64 address = 0;
  u64 above = ~u64{0};
  bool reset = false;
  FIELDS(WatchCounter, lpar_id, address, above, reset)
};

// ---- for pictures: sampled, and never waited for by a partition ----

// Which pages of a partition's memory a stream has dealt with, one cell for each group of `pages_per_cell` pages, in the
// order of their addresses. A byte of a cell is the part of its pages in 255ths, rounded up. What is in none of the four was
// never sent, or never came. Still there when the stream has ended, like its StreamInfo.
struct MemoryMap {
  u64 pages = 0;
  u32 pages_per_cell = 0;
  Bytes content;   // sent, or arrived, with content
  Bytes zero;      // the same as an empty page
  Bytes stale;     // source: written since it was sent. Target: still missing, and the partition runs already
  Bytes demanded;  // target: fetched because the partition wanted it
  FIELDS(MemoryMap, pages, pages_per_cell, content, zero, stale, demanded)
};
struct QueryMemoryMap {
  using Reply = MemoryMap;
  u64 stream = 0;
  FIELDS(QueryMemoryMap, stream)
};

// An 8-byte big-endian counter in a partition's memory, sampled every `interval_ns` (at least 50 us) by a host thread that
// stops by itself when nobody has read for two seconds. The answer begins at `since` or when the sampling began, if that is
// later; a byte is the number of changes seen in `bin_ns`, 255 if more.
struct Heartbeat {
  u64 value = 0;
  u64 first_at = 0;  // a multiple of bin_ns
  u64 bin_ns = 0;
  Bytes changes;
  FIELDS(Heartbeat, value, first_at, bin_ns, changes)
};
struct ReadHeartbeat {
  using Reply = Heartbeat;
  u32 lpar_id = 0;
  u64 address = 0;
  u64 interval_ns = 0;
  u64 since = 0;
  u64 bin_ns = 0;
  FIELDS(ReadHeartbeat, lpar_id, address, interval_ns, since, bin_ns)
};

// Commands that the Virtual I/O Servers of a frame have carried out for each client partition since they run.
struct DiskActivity {
  std::map<u32, u64> commands;  // by the client's lpar_id
  FIELDS(DiskActivity, commands)
};
struct ReadDiskActivity {
  using Reply = DiskActivity;
  FIELDS(ReadDiskActivity)
};

// ---- faults, for scenarios ----

// One of a frame (emu/core/fault.h); or one that takes others back.
struct FaultSet {
  u32 number = 0;  // 0: it has taken others back
  FIELDS(FaultSet, number)
};
struct InjectFault {
  using Reply = FaultSet;
  Fault fault;
  FIELDS(InjectFault, fault)
};
struct Faults {
  std::vector<Fault> faults;  // that are in force
  FIELDS(Faults, faults)
};
struct ListFaults {
  using Reply = Faults;
  FIELDS(ListFaults)
};
struct ClearFault {
  using Reply = Empty;
  u32 number = 0;  // 0: all
  FIELDS(ClearFault, number)
};

struct Shutdown {
  using Reply = Empty;
  FIELDS(Shutdown)
};  // orderly end of the process: partitions are powered off

}  // namespace emu::service
