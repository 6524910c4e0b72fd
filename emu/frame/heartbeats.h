// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Samples counters in the memory of partitions for whoever draws them: how often each changed, in bins of time. Unlike
// CounterWatch it samples no more often than asked, and ends by itself.

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "emu/core/clock.h"
#include "emu/frame/guest_counter.h"
#include "emu/link/service.h"

namespace emu::frame {

class Heartbeats {
 public:
  Heartbeats(const Clock& clock, MemoryOf memory_of);
  ~Heartbeats();

  // Any thread.
  service::Heartbeat read(const service::ReadHeartbeat&);

 private:
  struct Beat {
    GuestCounter source;
    u64 interval = 0;
    u64 wanted_until = 0;
    u64 next_at = 0;
    bool seen = false;
    u64 value = 0;
    std::deque<u64> changes;  // when
  };
  void run();
  void sample(u32 lpar_id, Beat&, u64 now);

  const Clock& clock_;
  MemoryOf memory_of_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool end_ = false;
  std::map<u32, Beat> beats_;
  std::thread thread_;
};

}  // namespace emu::frame
