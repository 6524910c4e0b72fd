// SPDX-License-Identifier: GPL-2.0-or-later
// A frame that hangs (its process is stopped) is not a frame that is dead: it takes questions, and does not answer.
#include <optional>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

namespace {

constexpr u64 second = emu::nanoseconds_per_second;

class Frame final : public hmc::FrameLink {
 public:
  Frame(std::string name, world::TestClock& clock, const bool& hangs) : name_(std::move(name)), clock_(clock), hangs_(hangs) {}
  hmc::Result<hmc::Reply> exchange(const hmc::service::Request& request, u64 timeout) override {
    if (hangs_) {
      clock_.sleep(timeout);
      return hmc::Error{"timeout", "The other side of a link did not answer in time."};
    }
    if (std::holds_alternative<hmc::service::ListLpars>(request)) return hmc::Reply(hmc::service::Lpars{});
    if (std::holds_alternative<hmc::service::DescribeSystem>(request)) {
      hmc::service::SystemInfo info;
      info.name = name_;
      info.state = "Operating";
      return hmc::Reply(info);
    }
    return hmc::Error{"HSCL0000", "Not asked for in this test."};
  }

 private:
  const std::string name_;
  world::TestClock& clock_;
  const bool& hangs_;
};

}  // namespace

TEST_CASE("a frame that hangs delays one command a little, and no other", "[hmc][hang]") {
  world::TestClock clock;
  bool hangs = false;
  const bool never = false;
  const bool is_first = GENERATE(true, false);
  std::vector<hmc::FrameEndpoint> frames;
  frames.push_back({"one", std::make_unique<Frame>("one", clock, is_first ? hangs : never)});
  frames.push_back({"two", std::make_unique<Frame>("two", clock, is_first ? never : hangs)});
  auto console = hmc::Hmc::create({"hmc", ":memory:", "secret", ""}, std::move(frames), nullptr, clock, clock);
  REQUIRE(console);
  const std::string hung = is_first ? "one" : "two", well = is_first ? "two" : "one";
  const auto listing = [&](u64 at_most) {
    const u64 began = clock.monotonic();
    world::Output output;
    CHECK((*console)->run_command({"lssyscfg", "-r", "sys", "-F", "name,state"}, output) == 0);
    CHECK(clock.monotonic() - began <= at_most);
    return output.text;
  };
  CHECK(listing(0).find(hung + ",Operating") != std::string::npos);
  hangs = true;
  CHECK(listing(3 * second).find(hung + ",No Connection") != std::string::npos);
  for (int i = 0; i < 3; ++i) {
    const std::string listed = listing(second / 4);
    CHECK(listed.find(hung + ",No Connection") != std::string::npos);
    CHECK(listed.find(well + ",Operating") != std::string::npos);
  }
  hangs = false;
  (*console)->heartbeat();
  CHECK(listing(0).find(hung + ",Operating") != std::string::npos);
}
