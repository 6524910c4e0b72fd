// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Flushes disks on a thread of its own: a host's disk can take a long time for it, and meanwhile the server goes on.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "vios/san/lun.h"

namespace vios {

class Flusher {
 public:
  struct Finished {
    u64 ticket = 0;
    bool good = false;
  };
  // `wake` is called (on the flusher's thread) when something has been finished.
  explicit Flusher(std::function<void()> wake);
  ~Flusher();  // after what was begun

  u64 submit(std::shared_ptr<Lun> disk);
  std::vector<Finished> take_finished();

 private:
  struct Job {
    u64 ticket;
    std::shared_ptr<Lun> disk;
  };
  void run();

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job> jobs_;
  std::vector<Finished> finished_;
  u64 last_ticket_ = 0;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace vios
