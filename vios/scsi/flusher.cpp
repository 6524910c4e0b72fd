// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/scsi/flusher.h"

namespace vios {

Flusher::Flusher(std::function<void()> wake) : wake_(std::move(wake)), thread_([this] { run(); }) {}

Flusher::~Flusher() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  work_.notify_one();
  thread_.join();
}

u64 Flusher::submit(std::shared_ptr<Lun> disk) {
  u64 ticket;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    jobs_.push_back({ticket, std::move(disk)});
  }
  work_.notify_one();
  return ticket;
}

std::vector<Flusher::Finished> Flusher::take_finished() {
  const std::lock_guard lock(mutex_);
  return std::exchange(finished_, {});
}

void Flusher::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return end_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    // One flush serves everybody who asked for this disk until now.
    const std::shared_ptr<Lun> disk = jobs_.front().disk;
    std::vector<u64> tickets;
    std::erase_if(jobs_, [&](const Job& job) {
      if (job.disk != disk) return false;
      tickets.push_back(job.ticket);
      return true;
    });
    lock.unlock();
    const bool good = disk->flush();
    lock.lock();
    for (const u64 ticket : tickets) finished_.push_back({ticket, good});
    wake_();
  }
}

}  // namespace vios
