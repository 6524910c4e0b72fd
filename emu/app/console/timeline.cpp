// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/timeline.h"

#include <algorithm>

#include "emu/core/clock.h"

namespace emu::app::console {

namespace {
constexpr size_t most_bins = 240'000;  // two minutes of ticks
constexpr size_t most_samples = 20'000;
constexpr u64 piece_of_disk = 1'000'000;
}  // namespace

void Timeline::clear() {
  const std::lock_guard guard(mutex_);
  ticks_.clear();
  pings_.clear();
  disk_.clear();
  counted_.clear();
}

void Timeline::add_ticks(const service::Heartbeat& beat) {
  const std::lock_guard guard(mutex_);
  // Asked again from the last bin on: that one may have grown since. Two frames may tell of the same time.
  for (size_t i = 0; i < beat.changes.size(); ++i) {
    if (!beat.changes[i]) continue;
    const u64 bin = (beat.first_at + i * beat.bin_ns) / tick_bin;
    if (ticks_.empty() || bin > first_bin_ + ticks_.size() + most_bins) {
      ticks_.clear();
      first_bin_ = bin;
    }
    if (bin < first_bin_) continue;
    if (bin - first_bin_ >= ticks_.size()) ticks_.resize(bin - first_bin_ + 1);
    u32& known = ticks_[bin - first_bin_];
    known = std::max<u32>(known, beat.changes[i]);
  }
  for (; ticks_.size() > most_bins; ++first_bin_) ticks_.pop_front();
}

void Timeline::add_ping(const Ping& ping) {
  const std::lock_guard guard(mutex_);
  pings_.push_back(ping);
  if (pings_.size() > most_samples) pings_.pop_front();
}

void Timeline::add_disk(const std::string& frame, u64 at, u64 commands) {
  const std::lock_guard guard(mutex_);
  const auto [known, is_first] = counted_.try_emplace(frame, commands, at);
  auto& [counted, counted_at] = known->second;
  // A server that was started again counts from 0.
  const u64 more = is_first || commands < counted ? 0 : commands - counted;
  // They came some time between the two samples: spread evenly.
  const u64 pieces = std::clamp<u64>((at - std::min(at, counted_at)) / piece_of_disk, 1, 100);
  for (u64 i = 0; more && i < pieces; ++i) {
    const u64 share = more * (i + 1) / pieces - more * i / pieces;
    if (share) disk_[counted_at + (at - counted_at) * (2 * i + 1) / (2 * pieces)] += static_cast<u32>(share);
  }
  counted = commands;
  counted_at = at;
  while (disk_.size() > most_samples) disk_.erase(disk_.begin());
}

Strip Timeline::strip(u64 begin, u64 end, size_t pieces) const {
  Strip strip{begin, end, std::vector<u32>(pieces), std::vector<u32>(pieces), {}};
  if (end <= begin || pieces == 0) return strip;
  const std::lock_guard guard(mutex_);
  const auto piece_of = [&](u64 at) { return std::min<size_t>((at - begin) * pieces / (end - begin), pieces - 1); };
  for (u64 bin = std::max(begin / tick_bin + 1, first_bin_); bin < first_bin_ + ticks_.size() && bin * tick_bin < end; ++bin) {
    const u32 changes = ticks_[bin - first_bin_];
    if (!changes) continue;
    // A bin may be wider than a piece.
    const size_t first = piece_of(bin * tick_bin), last = piece_of(std::min(end - 1, (bin + 1) * tick_bin - 1));
    for (size_t i = first; i <= last; ++i) strip.ticks[i] += changes;
  }
  for (auto sample = disk_.lower_bound(begin); sample != disk_.end() && sample->first < end; ++sample)
    strip.disk[piece_of(sample->first)] += sample->second;
  for (const Ping& ping : pings_)
    if (ping.at >= begin && ping.at < end) strip.pings.push_back(ping);
  return strip;
}

u64 Timeline::gap_around(u64 begin, u64 end) const {
  const std::lock_guard guard(mutex_);
  const u64 past = first_bin_ + ticks_.size(), last = end / tick_bin;
  u64 before = begin / tick_bin;
  if (before < first_bin_ || last >= past) return 0;
  while (before > first_bin_ && !ticks_[before - first_bin_]) --before;
  u64 longest = 0;
  for (u64 bin = before + 1; bin < past; ++bin) {
    if (!ticks_[bin - first_bin_]) continue;
    longest = std::max(longest, bin - before - 1);
    before = bin;
    if (bin > last) return longest * tick_bin;
  }
  return 0;
}

u32 Timeline::pings_sent(u64 since) const {
  const std::lock_guard guard(mutex_);
  return static_cast<u32>(std::ranges::count_if(pings_, [&](const Ping& ping) { return ping.at >= since; }));
}
u32 Timeline::pings_lost(u64 since) const {
  const std::lock_guard guard(mutex_);
  return static_cast<u32>(
      std::ranges::count_if(pings_, [&](const Ping& ping) { return ping.at >= since && ping.round_trip == 0; }));
}

}  // namespace emu::app::console
