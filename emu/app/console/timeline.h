// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is seen of one partition from outside, over time: the ticks of its own counter, its answers to pings, and the
// commands that it sends to its disks. Times are nanoseconds of the monotonic clock, which all processes of a host share.
// Any thread may add, any may read.

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "emu/link/service.h"

namespace emu::app::console {

inline constexpr u64 tick_bin = 500'000;

struct Ping {
  u64 at = 0;
  u64 round_trip = 0;  // 0: no answer
};

// A stretch of time, cut into equal pieces.
struct Strip {
  u64 begin = 0;
  u64 end = 0;
  std::vector<u32> ticks;  // changes of the counter that were seen
  std::vector<u32> disk;   // commands
  std::vector<Ping> pings;
};

class Timeline {
 public:
  void clear();
  void add_ticks(const service::Heartbeat&);
  void add_ping(const Ping&);
  // How many commands a frame has counted for the partition so far.
  void add_disk(const std::string& frame, u64 at, u64 commands);

  Strip strip(u64 begin, u64 end, size_t pieces) const;
  // The longest time without a tick, of those that meet `begin` to `end`; 0 if none was seen after that yet.
  u64 gap_around(u64 begin, u64 end) const;
  u32 pings_sent(u64 since) const;
  u32 pings_lost(u64 since) const;

 private:
  mutable std::mutex mutex_;
  u64 first_bin_ = 0;
  std::deque<u32> ticks_;  // changes in each bin from the first one on
  std::deque<Ping> pings_;
  std::map<u64, u32> disk_;                             // when seen, new commands
  std::map<std::string, std::pair<u64, u64>> counted_;  // frame: commands, when
};

}  // namespace emu::app::console
