// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/lab_option.h"
#include "emu/core/clock.h"
#include "emu/link/network_probe.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace emu::app {

namespace {

volatile std::sig_atomic_t interrupted = 0;

class Ping final : public Command {
 public:
  void accept(Options& options) override {
    lab_.accept(options);
    options.argument("ADDRESS", "Such as 10.0.2.15", address_, Needed::yes);
    options.value("-c", "How many times (default: until interrupted)", count_);
    options.value("-i", "Milliseconds between two (default: 1000)", interval_);
    options.value("--segment", "Of several segments, which (default: the first)", segment_);
    options.value("--from", "Our own address (default: the network's .251)", from_);
  }

  int run() override {
    const auto lab = lab_.find();
    if (!lab) return failed(lab.error());
    const SegmentConfig* config = nullptr;
    for (const SegmentConfig& segment : lab->lab.segments)
      if (!config && (segment_.empty() || segment.name == segment_)) config = &segment;
    if (!config) return failed({"segment", "The lab has no such segment."});
    const auto segment = Segment::open(segment_file(lab->folders.runtime, config->name));
    if (!segment) return failed(segment.error());
    const HostClock clock;
    if (from_.empty()) from_ = config->network.substr(0, config->network.rfind('.')) + ".251";
    const auto probe = NetworkProbe::create(**segment, from_, clock);
    if (!probe) return failed(probe.error());
    return ping(**probe, clock);
  }

 private:
  int ping(NetworkProbe& probe, const Clock& clock) const {
    std::signal(SIGINT, [](int) { interrupted = 1; });
    const u64 count = count_.empty() ? ~u64{0} : std::strtoull(count_.c_str(), nullptr, 10);
    const u64 interval = (interval_.empty() ? 1000 : std::strtoull(interval_.c_str(), nullptr, 10)) * 1'000'000;
    u64 next = clock.monotonic();
    for (u64 i = 1; i <= count && !interrupted; ++i) {
      const auto time = probe.ping(address_, nanoseconds_per_second);
      if (time) {
        std::printf("%s: seq=%llu time=%.3f ms\n", address_.c_str(), static_cast<unsigned long long>(i),
                    static_cast<double>(*time) / 1e6);
      } else {
        std::printf("%s: seq=%llu no answer\n", address_.c_str(), static_cast<unsigned long long>(i));
      }
      std::fflush(stdout);
      next += interval;
      const u64 now = clock.monotonic();
      if (i < count && next > now && !interrupted) sleep_until(next, clock);
    }
    std::printf("%llu sent, %llu lost\n", static_cast<unsigned long long>(probe.pings().sent),
                static_cast<unsigned long long>(probe.pings().lost));
    return probe.pings().lost < probe.pings().sent ? exit_done : exit_failed;
  }

  static void sleep_until(u64 time, const Clock& clock) {
    for (u64 now = clock.monotonic(); now < time && !interrupted; now = clock.monotonic())
      sleep_ns(std::min<u64>(time - now, 50'000'000));
  }

  LabOption lab_;
  std::string address_, count_, interval_, segment_, from_;
};

}  // namespace

std::unique_ptr<Command> make_ping() { return std::make_unique<Ping>(); }

}  // namespace emu::app
