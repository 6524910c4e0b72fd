// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/heartbeats.h"

#include <algorithm>

#include <sys/prctl.h>
#include <time.h>

namespace emu::frame {

namespace {
constexpr u64 shortest_interval = 50'000;
constexpr u64 longest_interval = 100'000'000;
constexpr u64 unread = 2 * nanoseconds_per_second;  // then nobody watches any more
constexpr size_t kept_changes = 1u << 17;
constexpr u64 shortest_bin = 100'000;
constexpr size_t most_bins = 1u << 16;
}  // namespace

Heartbeats::Heartbeats(const Clock& clock, MemoryOf memory_of)
    : clock_(clock), memory_of_(std::move(memory_of)), thread_([this] { run(); }) {}

Heartbeats::~Heartbeats() {
  {
    const std::lock_guard guard(mutex_);
    end_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

service::Heartbeat Heartbeats::read(const service::ReadHeartbeat& asked) {
  const std::lock_guard guard(mutex_);
  const u64 now = clock_.monotonic();
  Beat& beat = beats_[asked.lpar_id];
  if (beat.source.address() != asked.address) {
    beat = {};
    beat.source = GuestCounter(asked.address);
  }
  beat.interval = std::clamp(asked.interval_ns, shortest_interval, longest_interval);
  beat.next_at = std::min(beat.next_at, now + beat.interval);
  beat.wanted_until = now + unread;
  changed_.notify_all();

  service::Heartbeat answer;
  answer.value = beat.value;
  answer.bin_ns = std::max(asked.bin_ns, shortest_bin);
  const auto first = std::ranges::lower_bound(beat.changes, asked.since);
  answer.first_at = (first == beat.changes.end() ? now : *first) / answer.bin_ns * answer.bin_ns;
  for (auto change = first; change != beat.changes.end(); ++change) {
    const size_t bin = (*change - answer.first_at) / answer.bin_ns;
    if (bin >= most_bins) break;
    if (bin >= answer.changes.size()) answer.changes.resize(bin + 1);
    if (answer.changes[bin] < 255) ++answer.changes[bin];
  }
  return answer;
}

void Heartbeats::sample(u32 lpar_id, Beat& beat, u64 now) {
  const auto value = beat.source.read(lpar_id, memory_of_, now);
  if (!value) return;
  if (beat.seen && *value != beat.value) beat.changes.push_back(now);
  if (beat.changes.size() > kept_changes) beat.changes.pop_front();
  beat.seen = true;
  beat.value = *value;
}

void Heartbeats::run() {
  prctl(PR_SET_TIMERSLACK, 1);  // the default would double the shortest interval
  std::unique_lock lock(mutex_);
  while (!end_) {
    const u64 now = clock_.monotonic();
    std::erase_if(beats_, [&](const auto& entry) { return entry.second.wanted_until < now; });
    if (beats_.empty()) {
      changed_.wait(lock, [this] { return end_ || !beats_.empty(); });
      continue;
    }
    u64 next = now + longest_interval;
    for (auto& [lpar_id, beat] : beats_) {
      if (beat.next_at <= now) {
        sample(lpar_id, beat, now);
        beat.next_at = now + beat.interval;
      }
      next = std::min(next, beat.next_at);
    }
    lock.unlock();
    const u64 pause = next - std::min(next, clock_.monotonic());
    const timespec nap{0, static_cast<long>(std::min(pause, nanoseconds_per_second / 200))};
    nanosleep(&nap, nullptr);
    lock.lock();
  }
}

}  // namespace emu::frame
