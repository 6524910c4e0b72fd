// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/consoles/system_lock.h"

#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

namespace service = emu::service;
using hmc::Held;
using hmc::Reply;
using world::Answer;
using world::World;

namespace {

// A frame that notes what it is asked, and under which epoch.
struct Asked {
  std::vector<std::string> requests;
  u64 epoch = 0;
  std::string holder;
};
class NotingLink final : public hmc::FrameLink {
 public:
  explicit NotingLink(Asked& asked) : asked_(asked) {}
  emu::Result<Reply> exchange(const service::Request& request, u64) override {
    const std::lock_guard lock(mutex_);
    if (const auto* lock_it = std::get_if<service::LockSystem>(&request)) {
      if (!asked_.holder.empty() && asked_.holder != lock_it->holder) return emu::Error{"HSCLF040", asked_.holder};
      asked_.holder = lock_it->holder;
      asked_.requests.emplace_back("lock");
      return Reply(service::SystemLock{++asked_.epoch});
    }
    if (const auto* unlock = std::get_if<service::UnlockSystem>(&request)) {
      if (unlock->force || unlock->epoch == asked_.epoch) asked_.holder.clear();
      asked_.requests.emplace_back(unlock->force ? "break" : "unlock");
      return Reply(service::Empty{});
    }
    if (std::holds_alternative<service::ListLpars>(request)) {
      asked_.requests.emplace_back("list");
      return Reply(service::Lpars{});
    }
    asked_.requests.push_back("change under " + std::to_string(epoch()));
    return Reply(service::Empty{});
  }

  void stop() override {}

 private:
  std::mutex mutex_;
  Asked& asked_;
};

const service::RemoveLpar change{3};

}  // namespace

TEST_CASE("a change takes the lock and gives it back, a question does not", "[hmc][lock]") {
  Asked asked;
  const auto link = hmc::with_system_lock(std::make_unique<NotingLink>(asked), "hmc1");
  REQUIRE(hmc::ask(*link, service::ListLpars{}));
  REQUIRE(hmc::ask(*link, change));
  CHECK(asked.requests == std::vector<std::string>{"list", "lock", "change under 1", "unlock"});
}

TEST_CASE("what works at a system at the same time shares its lock, until the last of them has ended", "[hmc][lock]") {
  Asked asked;
  const auto link = hmc::with_system_lock(std::make_unique<NotingLink>(asked), "hmc1");
  auto first = link->hold();
  auto second = link->hold();
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE(hmc::ask(*link, change));
  *first = nullptr;
  REQUIRE(hmc::ask(*link, change));
  *second = nullptr;
  CHECK(asked.requests == std::vector<std::string>{"lock", "change under 1", "change under 1", "unlock"});
  REQUIRE(hmc::ask(*link, change));
  CHECK(asked.requests.back() == "unlock");
  CHECK(asked.holder.empty());
}

TEST_CASE("a lock that another console has is not taken, but can be broken", "[hmc][lock]") {
  Asked asked;
  asked.holder = "hmc2";
  const auto link = hmc::with_system_lock(std::make_unique<NotingLink>(asked), "hmc1");
  const auto refused = hmc::ask(*link, change);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "HSCLF040");
  CHECK(asked.requests.empty());
  REQUIRE(link->break_lock());
  CHECK(hmc::ask(*link, change));
}

TEST_CASE("many threads that change something at once never do so without the lock", "[hmc][lock]") {
  Asked asked;
  const auto link = hmc::with_system_lock(std::make_unique<NotingLink>(asked), "hmc1");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) (void)hmc::ask(*link, change);
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(std::ranges::count(asked.requests, "change under 0") == 0);
  CHECK(asked.holder.empty());
}

TEST_CASE("a command is refused while another console has locked the system, and says which", "[hmc][lock]") {
  World world;
  world.one.info.lock_holder = "hmc9";
  const Answer refused = world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,description=x");
  CHECK(refused.code == 1);
  CHECK(refused.text.starts_with("HSCLF040"));
  CHECK(refused.text.find("hmc9") != refused.text.npos);
  CHECK(world.hmc("lssyscfg -r lpar -m cec1 -F name").code == 0);
  CHECK(world.hmc("lslock -m cec1 -F lock_holder").text == "hmc9\n");
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").text.starts_with("HSCLF040"));
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile").code == 0);
  CHECK(world.hmc("rmlock -m cec1").code == 0);
  CHECK(world.hmc("rmlock -m cec1").text.starts_with("HSCLF042"));
  CHECK(world.hmc("lslock").text == "No results were found.\n");
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,description=x").code == 0);
}
