// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/counter_watch.h"

#include <algorithm>

#include <sys/prctl.h>
#include <time.h>

namespace emu::frame {

namespace {
constexpr u64 interval = 200'000;          // more often, and the watching is a load itself
constexpr size_t kept_changes = 1u << 18;  // 52 s of a counter that changes at every sample
}  // namespace

CounterWatch::CounterWatch(const Clock& clock, MemoryOf memory_of)
    : clock_(clock), memory_of_(std::move(memory_of)), thread_([this] { run(); }) {}

CounterWatch::~CounterWatch() {
  {
    const std::lock_guard guard(mutex_);
    end_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

WatchedCounter CounterWatch::watch(u32 lpar_id, u64 address, u64 above, bool reset) {
  const std::lock_guard guard(mutex_);
  if (address == ~u64{0}) {
    const auto found = watches_.find(lpar_id);
    const WatchedCounter last = found == watches_.end() ? WatchedCounter{} : found->second.counter;
    watches_.erase(lpar_id);
    return last;
  }
  auto [found, is_new] = watches_.try_emplace(lpar_id);
  Watch& watch = found->second;
  if (is_new || watch.source.address() != address) {
    watch = {};
    watch.source = GuestCounter(address);
    changed_.notify_all();
  } else if (reset) {
    watch.counter.longest_gap_ns = 0;
    watch.counter.last_change_at = clock_.monotonic();
    watch.changes.clear();
  }
  WatchedCounter answer = watch.counter;
  const auto first = std::ranges::find_if(watch.changes, [&](const Change& change) { return change.value > above; });
  answer.above_at = first == watch.changes.end() ? 0 : first->at;
  return answer;
}

void CounterWatch::sample(u32 lpar_id, Watch& watch) {
  const u64 now = clock_.monotonic();
  const auto value = watch.source.read(lpar_id, memory_of_, now);
  if (!value) return;
  WatchedCounter& counter = watch.counter;
  if (watch.seen && *value == counter.value) return;
  if (watch.seen && counter.last_change_at)
    counter.longest_gap_ns = std::max(counter.longest_gap_ns, now - counter.last_change_at);
  watch.seen = true;
  counter.value = *value;
  counter.last_change_at = now;
  watch.changes.push_back({now, *value});
  if (watch.changes.size() > kept_changes) watch.changes.pop_front();
}

void CounterWatch::run() {
  prctl(PR_SET_TIMERSLACK, 1);  // the default would double the interval
  std::unique_lock lock(mutex_);
  while (!end_) {
    if (watches_.empty()) {
      changed_.wait(lock, [this] { return end_ || !watches_.empty(); });
      continue;
    }
    for (auto& [lpar_id, watch] : watches_) sample(lpar_id, watch);
    lock.unlock();
    const timespec nap{0, static_cast<long>(interval)};
    nanosleep(&nap, nullptr);
    lock.lock();
  }
}

}  // namespace emu::frame
