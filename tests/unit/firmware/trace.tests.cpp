// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>
#include <map>

#include "firmware/trace.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/support/pattern.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

struct Logs : support::Folder {
  std::string file() const { return (path / "trace.cec1.log").string(); }
  std::vector<std::string> lines(const std::string& name) const {
    std::vector<std::string> all;
    std::ifstream stream(path / name);
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  }
};

}  // namespace

TEST_CASE("a trace says what a guest did, each line of its kind", "[trace]") {
  const Logs folder;
  World world({lpar(2, "guest", {}), lpar(3, "other", {})}, folder.file());
  REQUIRE(world->activate(2, "", {}));
  const auto calls = [&](const std::string& name) {
    const auto all = folder.lines("trace.cec1.guest.log");
    return std::ranges::count_if(all, [&](const std::string& line) { return line.starts_with("0 > " + name); });
  };
  REQUIRE(world.wait([&] { return calls("rtas ") > 0; }, 60));
  REQUIRE(world->power_off(2, false));

  const support::Pattern instruction("[0-9]+ [ukr] [0-9a-f]{16}  [0-9a-f]{8}  [.a-z].*");
  const support::Pattern call("[0-9]+ > (H_[A-Z0-9_]+|rtas [a-z,-]+)( 0x[0-9a-f]+| 0){4} -> -?[0-9]+( 0x[0-9a-f]+| 0)*");
  const support::Pattern interrupt("[0-9]+ ! 0x[0-9a-f]+ [a-zA-Z -]+, returns to [0-9a-f]{16}");
  std::map<char, u32> kinds;
  const auto lines = folder.lines("trace.cec1.guest.log");
  REQUIRE(lines.size() > 1000);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    REQUIRE(line.size() > 2);
    const char kind = line[2];
    ++kinds[kind];
    // Of the instructions a sample: there are millions.
    if (kind == '>' || kind == '!' || i % 1000 == 0) {
      INFO(line);
      CHECK((kind == '>' ? call : kind == '!' ? interrupt : instruction).matches(line));
    }
  }
  CHECK(lines[0].find("r 0000000000000100") != std::string::npos);
  CHECK(kinds['r'] > 0);
  CHECK(kinds['k'] > 0);
  CHECK(kinds['>'] > 0);
  CHECK_FALSE(std::filesystem::exists(folder.path / "trace.cec1.other.log"));
}

TEST_CASE("a trace does not fill the disk", "[trace]") {
  const Logs folder;
  auto trace = Trace::open(folder.file(), "a/b", 1000);
  REQUIRE(trace);
  for (int i = 0; i < 100; ++i) trace->line(1, "r 0000000000001000  38600007  li       r3, " + std::to_string(i));
  trace.reset();
  const auto before = folder.lines("trace.cec1.a%2Fb.log.1");
  const auto now = folder.lines("trace.cec1.a%2Fb.log");
  CHECK(before.size() > 10);
  CHECK(before.size() < 30);
  REQUIRE_FALSE(now.empty());
  CHECK(now.back() == "1 r 0000000000001000  38600007  li       r3, 99");
  CHECK_FALSE(Trace::open("", "guest"));
  CHECK_FALSE(Trace::open("/nowhere/trace.log", "guest"));
}
