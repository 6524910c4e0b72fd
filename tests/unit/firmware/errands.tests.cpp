// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/errands.h"

#include <atomic>
#include <future>
#include <string>

#include "tests/support/catch.h"

using namespace firmware;
using namespace std::chrono_literals;

TEST_CASE("errands are run one after the other, and one that waits holds up no other", "[errands]") {
  std::string done;
  std::promise<void> last;
  Errands errands;
  errands.run([&] { done += "later", last.set_value(); }, 50ms);
  errands.run([&] { done += "first "; });
  errands.run([&] {
    done += "second ";
    errands.run([&] { done += "third "; });
  });
  REQUIRE(last.get_future().wait_for(20s) == std::future_status::ready);
  CHECK(done == "first second third later");
}

TEST_CASE("what has not begun when errands end is not done", "[errands]") {
  std::atomic<bool> done{false};
  {
    Errands errands;
    errands.run([&] { done = true; }, 1h);
    errands.end();
    errands.run([&] { done = true; });
  }
  CHECK_FALSE(done.load());
}
