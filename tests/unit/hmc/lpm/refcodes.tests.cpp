// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, table B-2: each code for its cause, once, on the source, and then that the migration was stopped.
#include <algorithm>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;
using service::Phase;

namespace {

const std::string move_it = "migrlpar -o m -m cec1 -t cec2 -p mobile";

// The source's mover gives up in a phase: it says so when it is asked next.
void break_in(World& world, Phase phase) {
  world.on_request = [&world, phase](Frame& frame, const service::Request& request) {
    if (&frame != &world.one || !std::holds_alternative<service::QueryStream>(request) || frame.streams.empty()) return;
    service::StreamInfo& info = frame.streams.begin()->second.info;
    if (info.phase != phase) return;
    info.phase = Phase::aborted;
    info.error_text = "The mover has given up.";
  };
}

}  // namespace

TEST_CASE("a destination that does not get the partition's shell is reference code B2008160", "[lpm][refcodes]") {
  World world;
  world.instead = [](Frame&, const service::Request& request) -> Result<hmc::Reply> {
    if (std::holds_alternative<service::CreateShell>(request)) return Error{"HSCLA999", "There is no room."};
    return Error{"", ""};
  };
  CHECK(world.hmc(move_it).text.starts_with("HSCLA999 There is no room.\nHSCLF303"));
  CHECK(codes(world.one, 3) == std::vector<std::string>{"B2008160", "D200AFFF", ""});
  CHECK(world.trouble() == "");
}

TEST_CASE("movers that do not open their stream are reference code B2001132", "[lpm][refcodes]") {
  World world;
  Frame& frame = GENERATE(true, false) ? world.one : world.two;
  world.instead = [&](Frame& asked, const service::Request& request) -> Result<hmc::Reply> {
    if (&asked == &frame && std::holds_alternative<service::OpenStream>(request)) return Error{"vasi", "It does not open."};
    return Error{"", ""};
  };
  CHECK(world.hmc(move_it).code == 1);
  CHECK(codes(world.one, 3) == std::vector<std::string>{"B2001132", "D200AFFF", ""});
  CHECK(world.trouble() == "");
}

TEST_CASE("a transfer that ends in one of its steps has the reference code of that step", "[lpm][refcodes]") {
  struct Row {
    Phase phase;
    std::string code;
  };
  const Row row = GENERATE(Row{Phase::passes, "B2001140"}, Row{Phase::suspending, "B2001144"}, Row{Phase::suspended, "B2001141"},
                           Row{Phase::verifying, "B2001142"});
  World world;
  break_in(world, row.phase);
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("The mover has given up.") != std::string::npos);
  std::vector<std::string> shown = codes(world.one, 3);
  std::erase_if(shown, [](const std::string& code) { return code.starts_with("D200A2") || code.starts_with("C200"); });
  CHECK(shown == std::vector<std::string>{"2004", row.code, "D200AFFF", ""});
  CHECK(world.hosts(world.one));
  CHECK(world.trouble() == "");
}

TEST_CASE("a destination that does not start the partition is reference code B2001145", "[lpm][refcodes]") {
  World world;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (&frame != &world.two || !std::holds_alternative<service::QueryStream>(request) || frame.streams.empty()) return;
    service::StreamInfo& info = frame.streams.begin()->second.info;
    if (world.one.streams.empty() || world.one.streams.begin()->second.info.phase != Phase::handed_over) return;
    info.phase = Phase::failed;
    info.error_text = "Its adapters do not come back.";
  };
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("Its adapters do not come back.") != std::string::npos);
  CHECK(std::ranges::count(codes(world.one, 3), "B2001145") == 1);
  CHECK(world.hosts(world.one));
}

TEST_CASE("a partition that was suspended, and what it has on the destination is not taken away, is reference code B2001131",
          "[lpm][refcodes]") {
  World world;
  break_in(world, Phase::suspended);
  world.instead = [](Frame&, const service::Request& request) -> Result<hmc::Reply> {
    if (std::holds_alternative<service::RemoveShell>(request)) return Error{"HSCLA999", "It stays."};
    return Error{"", ""};
  };
  CHECK(world.hmc(move_it).text.find("HSCLF304") != std::string::npos);
  const auto shown = codes(world.one, 3);
  CHECK(std::ranges::count(shown, "B2001131") == 1);
  CHECK(std::ranges::find(shown, "B2001131") < std::ranges::find(shown, "B2001141"));
}

TEST_CASE("pages that do not arrive after the start are reference code B2001143, where the partition is", "[lpm][refcodes]") {
  World world;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (&frame != &world.two || !std::holds_alternative<service::QueryStream>(request) || frame.streams.empty()) return;
    service::StreamInfo& info = frame.streams.begin()->second.info;
    if (info.phase != Phase::completed) return;
    info.phase = Phase::failed;
    info.error_text = "The last pages did not come.";
  };
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("HSCLF305") != std::string::npos);
  CHECK(std::ranges::count(codes(world.two, world.lpar(world.two).definition.lpar_id), "B2001143") == 1);
  for (const std::string& code : codes(world.one, 3)) CHECK(!code.starts_with("B2"));
}
