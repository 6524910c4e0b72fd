// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How many SCSI commands a Virtual I/O Server has answered, for each client partition, since it runs. Counted by the
// server's thread; read by any.

#include <array>
#include <atomic>
#include <map>

#include "emu/core/types.h"

namespace vios::scsi {

class Activity {
 public:
  void count(u32 client_id) {
    if (client_id < commands_.size()) commands_[client_id].fetch_add(1, std::memory_order_relaxed);
  }
  std::map<u32, u64> commands() const {
    std::map<u32, u64> found;
    for (u32 id = 0; id < commands_.size(); ++id)
      if (const u64 count = commands_[id].load(std::memory_order_relaxed)) found[id] = count;
    return found;
  }

 private:
  std::array<std::atomic<u64>, 256> commands_{};  // a system has at most 254 partitions
};

}  // namespace vios::scsi
