// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/pings.h"

#include "emu/link/network_probe.h"

#include <algorithm>

namespace emu::app::console {

namespace {
constexpr u64 interval = 200 * millisecond;
constexpr u64 interval_moving = 10 * millisecond;
constexpr u64 patience = 500 * millisecond;
constexpr u64 replug_interval = nanoseconds_per_second;
constexpr std::string_view own_number = ".249";  // of the network: neither a script's pinger nor `twinframe ping`
}  // namespace

Pings::Pings(const NamedLab& lab, const Latest<Interest>& interest, Timeline& timeline, const Clock& clock)
    : lab_(lab), interest_(interest), timeline_(timeline), clock_(clock), thread_([this] { run(); }) {}

Pings::~Pings() {
  end_ = true;
  alarm_.ring();
  thread_.join();
}

void Pings::run() {
  const auto rest = [this](u64 until) {
    if (!end_) alarm_.sleep(until - std::min(until, clock_.monotonic()));
  };
  std::unique_ptr<Segment> segment;
  std::unique_ptr<NetworkProbe> probe;
  std::string network;
  while (!end_) {
    const auto interest = interest_.get();
    const std::string wanted = interest->address.substr(0, interest->address.rfind('.'));
    if (!probe || wanted != network) {
      probe.reset();
      segment.reset();
      for (const SegmentConfig& config : lab_.lab.segments) {
        if (wanted.empty() || config.network.substr(0, config.network.rfind('.')) != wanted) continue;
        auto opened = Segment::open(segment_file(lab_.folders.runtime, config.name));
        if (!opened) continue;
        segment = std::move(*opened);
        if (auto made = NetworkProbe::create(*segment, wanted + std::string(own_number), clock_)) probe = std::move(*made);
      }
      network = wanted;
      if (!probe) {
        rest(clock_.monotonic() + replug_interval);
        continue;
      }
    }
    const u64 at = clock_.monotonic();
    const auto answer = probe->ping(interest->address, patience);
    timeline_.add_ping({at, answer ? std::max<u64>(*answer, 1) : 0});
    rest(at + (interest->moving ? interval_moving : interval));
  }
}

}  // namespace emu::app::console
