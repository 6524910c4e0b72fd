// SPDX-License-Identifier: GPL-2.0-or-later
// What is seen of a partition from outside: a counter in its memory, and its answers to pings.
#include "emu/app/lua/api.h"
#include "emu/app/lua/lab.h"
#include "emu/core/clock.h"
#include "emu/link/network_probe.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace emu::app::lua {

namespace {

// ---- a counter ----

class Watch final : public Object {
 public:
  Watch(std::shared_ptr<LabHandle> lab, std::string uuid, u64 address)
      : lab_(std::move(lab)), uuid_(std::move(uuid)), address_(address) {}

  // On every frame, under every id that the partition may have there. Where it is not yet, the frame waits for it.
  Status begin(const std::vector<u32>& ids) {
    for (const FrameConfig& frame : lab_->lab().lab.frames)
      for (const u32 id : ids) TRY(lab_->ask(frame.name, service::WatchCounter{id, address_, ~u64{0}, true}));
    return success();
  }

  Result<u32> lpar_id(const std::string& frame) {
    const auto all = TRY(lab_->ask(frame, service::ListLpars{}));
    for (const service::LparInfo& lpar : all.lpars)
      if (lpar.definition.uuid == uuid_) return lpar.definition.lpar_id;
    return Error{"script", fmt::format("{} does not have the partition.", frame)};
  }

  Result<service::Watched> look(const std::string& frame, u32 id, u64 above = ~u64{0}) {
    return lab_->ask(frame, service::WatchCounter{id, address_, above, false});
  }

  LabHandle& lab() { return *lab_; }

 private:
  std::shared_ptr<LabHandle> lab_;
  std::string uuid_;
  u64 address_;
};

Status watch_begin(Call& call) {
  const auto watch = TRY(call.self<Watch>());
  std::vector<u32> ids;
  for (const FrameConfig& frame : watch->lab().lab().lab.frames)
    if (const auto id = watch->lpar_id(frame.name); id && std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  for (int extra = 1; call.given(extra); ++extra) ids.push_back(static_cast<u32>(TRY(call.integer(extra))));
  return watch->begin(ids);
}

Status watch_value(Call& call) {
  const auto watch = TRY(call.self<Watch>());
  const std::string frame = TRY(call.text(1));
  const u32 id = TRY(watch->lpar_id(frame));
  const auto seen = TRY(watch->look(frame, id));
  call.give(seen.value);
  return success();
}

Status watch_longest_gap(Call& call) {
  const auto watch = TRY(call.self<Watch>());
  const std::string frame = TRY(call.text(1));
  const u32 id = TRY(watch->lpar_id(frame));
  const auto seen = TRY(watch->look(frame, id));
  call.give(static_cast<double>(seen.longest_gap_ns) / 1e6);
  return success();
}

// From the last change that the source has seen to the first value above it on the destination.
Status watch_window(Call& call) {
  const auto watch = TRY(call.self<Watch>());
  const std::string from = TRY(call.text(1)), to = TRY(call.text(2));
  const u32 here = TRY(watch->lpar_id(to));
  const u32 there = call.given(3) ? static_cast<u32>(TRY(call.integer(3))) : here;
  const auto last = TRY(watch->look(from, there));
  const HostClock clock;
  const u64 deadline = clock.monotonic() + 5 * nanoseconds_per_second;
  for (;;) {
    const auto first = TRY(watch->look(to, here, last.value));
    if (first.above_at > last.last_change_at) {
      call.give(static_cast<double>(first.above_at - last.last_change_at) / 1e6);
      return success();
    }
    if (clock.monotonic() > deadline)
      return Error{"script", fmt::format("The counter stands at {} on {}, and has not gone beyond on {}.", last.value, from, to)};
    TRY(nap(5'000'000));
  }
}

constexpr Function watch_methods[] = {
    {"begin", "[lpar_id, ...]", "Begins anew, on all frames; further partition ids that it may get by moving", watch_begin},
    {"value", "frame", "The counter, as last seen", watch_value},
    {"longest_gap_ms", "frame", "The longest time without a change since begin()", watch_longest_gap},
    {"window_ms", "from, to, [lpar_id]",
     "After a move: from the last change on the source (where it had that id) to the first later value on the destination",
     watch_window},
};

// ---- pings ----

class Pinger final : public Object {
 public:
  static Result<std::shared_ptr<Object>> create(const NamedLab& lab, std::string address, u64 interval) {
    if (lab.lab.segments.empty()) return Error{"script", "The lab has no Ethernet segment."};
    const SegmentConfig& config = lab.lab.segments[0];
    auto pinger = std::make_shared<Pinger>();
    pinger->segment_ = TRY(Segment::open(segment_file(lab.folders.runtime, config.name)));
    const std::string from = config.network.substr(0, config.network.rfind('.')) + ".250";
    pinger->probe_ = TRY(NetworkProbe::create(*pinger->segment_, from, pinger->clock_));
    pinger->address_ = std::move(address);
    pinger->interval_ = interval;
    pinger->thread_ = std::thread([p = pinger.get()] { p->run(); });
    return std::shared_ptr<Object>(std::move(pinger));
  }
  ~Pinger() override { stop(); }

  void stop() {
    end_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Json result() {
    const std::lock_guard guard(mutex_);
    std::vector<u64> sorted = times_;
    std::ranges::sort(sorted);
    const auto at = [&](double part) {
      return sorted.empty()
                 ? 0.0
                 : static_cast<double>(sorted[static_cast<size_t>(part * static_cast<double>(sorted.size() - 1))]) / 1e6;
    };
    return Json::Object{{"sent", sent_},
                        {"lost", lost_},
                        {"rtt_p50_ms", at(0.5)},
                        {"rtt_max_ms", at(1.0)},
                        {"longest_gap_ms", static_cast<double>(longest_gap_) / 1e6}};
  }

 private:
  void run() {
    u64 next = clock_.monotonic();
    while (!end_) {
      const auto time = probe_->ping(address_, nanoseconds_per_second);
      {
        const std::lock_guard guard(mutex_);
        ++sent_;
        if (time) {
          times_.push_back(*time);
        } else {
          ++lost_;
        }
        longest_gap_ = probe_->pings().longest_gap_ns;
      }
      next += interval_;
      while (!end_ && clock_.monotonic() < next) sleep_ns(std::min<u64>(next - clock_.monotonic(), 10'000'000));
      next = std::max(next, clock_.monotonic() - interval_);
    }
  }

  HostClock clock_;
  std::unique_ptr<Segment> segment_;
  std::unique_ptr<NetworkProbe> probe_;
  std::string address_;
  u64 interval_ = 0;
  std::mutex mutex_;
  std::vector<u64> times_;
  u64 sent_ = 0;
  u64 lost_ = 0;
  u64 longest_gap_ = 0;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

Status pinger_stop(Call& call) {
  const auto pinger = TRY(call.self<Pinger>());
  pinger->stop();
  call.give(pinger->result());
  return success();
}

Status pinger_result(Call& call) {
  call.give(TRY(call.self<Pinger>())->result());
  return success();
}

constexpr Function pinger_methods[] = {
    {"result", "", "{sent, lost, rtt_p50_ms, rtt_max_ms, longest_gap_ms} so far", pinger_result},
    {"stop", "", "Stops, and answers the same", pinger_stop},
};

}  // namespace

const Type watch_type{
    "a watch", "watch:", "What `lab:watch` answers: a counter in a partition's memory, sampled by the frames every 200 us.",
    watch_methods};
const Type pinger_type{"a pinger", "pinger:", "What `lab:pinger` answers: it pings from the network's .250.", pinger_methods};

std::shared_ptr<Object> make_watch(std::shared_ptr<LabHandle> lab, std::string uuid, u64 address) {
  return std::make_shared<Watch>(std::move(lab), std::move(uuid), address);
}
Result<std::shared_ptr<Object>> make_pinger(const NamedLab& lab, const std::string& address, u64 interval) {
  return Pinger::create(lab, address, interval);
}

}  // namespace emu::app::lua
