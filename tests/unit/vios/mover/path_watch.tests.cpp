// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/mover/path_watch.h"

#include "tests/support/catch.h"

using vios::PathWatch;

namespace {

struct Lan {
  bool up = true;
  std::string unplugged = "none";
  u64 heard = 0;
  std::vector<std::string> asked;
  std::vector<u64> lost;
  PathWatch watch{{[this](const PathWatch::Ends& ends) { asked.push_back(ends.own + " " + ends.peer); },
                   [this](const PathWatch::Ends&) { return heard; },
                   [this](const PathWatch::Ends& ends) { return up && ends.own != unplugged; }},
                  [this](u64 stream) { lost.push_back(stream); }};
};

constexpr u64 second = 1'000'000'000;

}  // namespace

TEST_CASE("a mover asks for its peer again and again, and does without an answer for a while", "[vios][mover][network]") {
  Lan lan;
  CHECK(lan.watch.empty());
  lan.watch.look(1 * second);
  CHECK(lan.asked.empty());
  lan.watch.begin(7, {"", "10.0.2.12"}, 10 * second);
  for (u64 now = 10 * second; now < 14 * second; now += second / 4) lan.watch.look(now);
  CHECK(lan.asked.size() == 16);
  CHECK(lan.lost.empty());
  lan.heard = 14 * second;
  lan.watch.look(18 * second);
  CHECK(lan.lost.empty());
  lan.watch.look(20 * second);
  CHECK(lan.lost == std::vector<u64>{7});
  lan.watch.look(21 * second);
  CHECK(lan.lost.size() == 1);
  CHECK(lan.watch.empty());
}

TEST_CASE("a cable that is pulled is noticed at once, for each stream", "[vios][mover][network]") {
  Lan lan;
  lan.heard = 10 * second;
  lan.watch.begin(7, {"", "10.0.2.12"}, 10 * second);
  lan.watch.begin(8, {"", "10.0.2.13"}, 10 * second);
  lan.watch.begin(9, {"", "10.0.2.13"}, 10 * second);
  lan.watch.end(9);
  lan.up = false;
  lan.watch.look(10 * second + 1);
  CHECK(lan.lost == std::vector<u64>{7, 8});
}

TEST_CASE("a stream is lost with the network that it is on, and not with another one", "[vios][mover][network]") {
  Lan lan;
  lan.heard = 10 * second;
  lan.watch.begin(7, {"10.0.2.11", "10.0.2.12"}, 10 * second);
  lan.watch.begin(8, {"10.0.9.11", "10.0.9.12"}, 10 * second);
  lan.unplugged = "10.0.9.11";
  lan.watch.look(10 * second + 1);
  CHECK(lan.asked == std::vector<std::string>{"10.0.2.11 10.0.2.12", "10.0.9.11 10.0.9.12"});
  CHECK(lan.lost == std::vector<u64>{8});
}
