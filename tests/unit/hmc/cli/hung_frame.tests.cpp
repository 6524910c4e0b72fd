// SPDX-License-Identifier: GPL-2.0-or-later
// A frame that hangs (its process is stopped) is not a frame that is dead: it takes questions, and does not answer.
#include <optional>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

namespace {

constexpr u64 second = emu::nanoseconds_per_second;

// Answers when it has had `needs` nanoseconds.
class BusyFrame final : public hmc::FrameLink {
 public:
  BusyFrame(world::TestClock& clock, const u64& needs) : clock_(clock), needs_(needs) {}
  hmc::Result<hmc::Reply> exchange(const hmc::service::Request& request, u64 timeout) override {
    clock_.sleep(std::min(timeout, needs_));
    if (timeout < needs_) return hmc::Error{"timeout", "The other side of a link did not answer in time."};
    if (std::holds_alternative<hmc::service::ListLpars>(request)) return hmc::Reply(hmc::service::Lpars{});
    hmc::service::SystemInfo info;
    info.name = "busy";
    info.type_model = "9117-MMA";
    info.serial_num = "1000000";
    return hmc::Reply(info);
  }
  void stop() override {}

 private:
  world::TestClock& clock_;
  const u64& needs_;
};

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
      return hmc::Reply(info);
    }
    return hmc::Error{"HSCL0000", "Not asked for in this test."};
  }
  void stop() override {}

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
  auto console = hmc::Hmc::create({"hmc", ":memory:", "secret"}, std::move(frames), nullptr, clock, clock);
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

TEST_CASE("a frame on a busy host has time to answer the commands that are about it", "[hmc][hang]") {
  world::TestClock clock;
  u64 needs = 0;
  std::vector<hmc::FrameEndpoint> frames;
  frames.push_back({"busy", std::make_unique<BusyFrame>(clock, needs)});
  auto console = hmc::Hmc::create({"hmc", ":memory:", "secret"}, std::move(frames), nullptr, clock, clock);
  REQUIRE(console);
  const auto run = [&](std::vector<std::string> command) {
    world::Output output;
    (*console)->run_command(command, output);
    return output.text;
  };
  CHECK(run({"lssyscfg", "-r", "sys", "-F", "state"}) == "Operating\n");
  needs = 5 * second;
  CHECK(run({"lssyscfg", "-r", "sys", "-F", "state"}) == "No Connection\n");  // it is about all of them, and waits for none
  for (const char* name : {"busy", "9117-MMA*1000000"}) {
    CHECK(run({"lssyscfg", "-r", "lpar", "-m", name, "-F", "name"}) == "No results were found.\n");
    CHECK(run({"migrlpar", "-o", "s", "-m", name, "-p", "p"}).find("HSCL8012") == 0);
    CHECK(run({"migrlpar", "-o", "r", "-m", name, "-p", "p"}).find("HSCL8012") == 0);
    CHECK(run({"migrlpar", "-o", "m", "-m", name, "-t", name, "-p", "p"}).find("HSCL8012") == 0);
  }
}
