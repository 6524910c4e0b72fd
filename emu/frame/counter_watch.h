// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Watches counters in the memory of partitions from outside: a host thread samples each about every 200 us and keeps what it
// saw.

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "emu/core/clock.h"
#include "emu/frame/guest_counter.h"

namespace emu::frame {

struct WatchedCounter {
  u64 value = 0;
  u64 last_change_at = 0;
  u64 longest_gap_ns = 0;
  u64 above_at = 0;
};

class CounterWatch {
 public:
  CounterWatch(const Clock& clock, MemoryOf memory_of);
  ~CounterWatch();

  // Begins to watch, if it does not yet watch that address, and says what was seen. `above_at`: when the counter was
  // first seen above `above`, however long ago that was asked. Address ~0 ends the watch. Any thread.
  WatchedCounter watch(u32 lpar_id, u64 address, u64 above, bool reset);

 private:
  struct Change {
    u64 at;
    u64 value;
  };
  struct Watch {
    GuestCounter source;
    bool seen = false;
    WatchedCounter counter;
    std::deque<Change> changes;  // the latest: enough for a suspend window to be found afterwards
  };
  void run();
  void sample(u32 lpar_id, Watch& watch);

  const Clock& clock_;
  MemoryOf memory_of_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool end_ = false;
  std::map<u32, Watch> watches_;
  std::thread thread_;
};

}  // namespace emu::frame
