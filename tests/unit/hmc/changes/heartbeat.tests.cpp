// SPDX-License-Identifier: GPL-2.0-or-later
// How often a console asks its frames when nobody wants anything of it: a hundred of them are to cost next to nothing.
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "hmc/hmc.h"
#include "hmc/pause.h"
#include "tests/support/catch.h"

namespace {

using namespace hmc;

constexpr u64 second = emu::nanoseconds_per_second;

// With one Virtual I/O Server that runs, and perhaps a client.
class Frame final : public FrameLink {
 public:
  struct Seen {
    std::atomic<u32> listings{0}, waits{0};
    std::atomic<bool> client_runs{false};
    std::atomic<u64> changes{0};
  };
  explicit Frame(Seen& seen) : seen_(seen) {}

  Result<Reply> exchange(const service::Request& request, u64) override {
    if (const auto* asked = std::get_if<service::ReadChanges>(&request)) return Reply(changes(*asked));
    if (std::holds_alternative<service::DescribeVios>(request)) return Reply(service::ViosInfo{});
    if (std::holds_alternative<service::LockConfiguration>(request)) return Reply(service::Empty{});
    if (!std::holds_alternative<service::ListLpars>(request)) return Error{"HSCL0000", "Not asked for in this test."};
    ++seen_.listings;
    service::Lpars all;
    service::LparInfo& vios = all.lpars.emplace_back();
    vios.definition.lpar_id = 1;
    vios.definition.env = emu::LparEnv::vioserver;
    vios.state = emu::LparState::running;
    vios.has_resources = true;
    service::LparInfo& client = all.lpars.emplace_back();
    client.definition.lpar_id = 2;
    client.has_resources = seen_.client_runs;
    if (client.has_resources) client.state = emu::LparState::running;
    return Reply(all);
  }
  void stop() override {
    {
      const std::lock_guard guard(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
  }

 private:
  emu::Changes changes(const service::ReadChanges& asked) {
    ++seen_.waits;
    std::unique_lock guard(mutex_);
    for (u32 waited = 0; waited < asked.wait_ms && !stopped_ && seen_.changes <= asked.after; waited += 10)
      wake_.wait_for(guard, std::chrono::milliseconds(10));
    emu::Changes answer;
    answer.life = 7;
    answer.last = seen_.changes;
    answer.complete = asked.life == 7;
    for (u64 number = asked.after + 1; number <= answer.last; ++number)
      answer.changes.push_back({number, 1, emu::ChangeKind::state, "", 2, "client", "Running"});
    return answer;
  }

  Seen& seen_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
};

template <class Condition>
bool soon(Condition condition) {
  const emu::HostClock clock;
  const u64 until = clock.monotonic() + 30 * second;
  while (!condition() && clock.monotonic() < until) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return condition();
}

}  // namespace

TEST_CASE("a frame where only Virtual I/O Servers run is asked when it has told a change, and each second where more runs",
          "[hmc][changes]") {
  const emu::HostClock clock;
  HostPause pause;
  Frame::Seen seen;
  std::vector<FrameEndpoint> frames;
  frames.push_back({"frame", std::make_unique<Frame>(seen)});
  auto console = std::move(*Hmc::create({"hmc", ":memory:", "secret"}, std::move(frames), nullptr, clock, pause));
  console->start();
  REQUIRE(soon([&] { return seen.listings >= 1 && seen.waits >= 2; }));
  // What it has told at first may be heard after the first look.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  const u32 before = seen.listings, waits = seen.waits;
  std::this_thread::sleep_for(std::chrono::milliseconds(3000));
  CHECK(seen.listings == before);
  CHECK(seen.waits <= waits + 3);
  seen.client_runs = true;
  ++seen.changes;
  CHECK(soon([&] { return seen.listings >= before + 3; }));
  const u64 began = clock.monotonic();
  console.reset();
  CHECK(clock.monotonic() - began < 2 * second);
}
