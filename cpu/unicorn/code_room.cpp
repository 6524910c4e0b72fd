// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/code_room.h"

#include <algorithm>

#include <pthread.h>
#include <sys/mman.h>

namespace cpu::unicorn {

CodeRoom::~CodeRoom() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    event_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void CodeRoom::provide(std::span<u8> room) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(room);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  event_.notify_all();
}

void CodeRoom::provide_now(std::span<u8> room) {
#ifdef MADV_POPULATE_WRITE
  madvise(room.data(), room.size(), MADV_POPULATE_WRITE);
#else
  (void)room;
#endif
}

void CodeRoom::run() {
  pthread_setname_np(pthread_self(), "code room");
  // The kernel holds a lock of the whole process meanwhile, so not much at once.
  constexpr size_t at_once = 2 * MiB;
  std::unique_lock lock(mutex_);
  for (;;) {
    event_.wait(lock, [this] { return ending_ || !asked_.empty(); });
    if (ending_) return;
    std::span<u8>& next = asked_.front();
    const std::span<u8> now = next.first(std::min(at_once, next.size()));
    next = next.subspan(now.size());
    if (next.empty()) asked_.pop_front();
    lock.unlock();
    provide_now(now);
    lock.lock();
  }
}

}  // namespace cpu::unicorn
