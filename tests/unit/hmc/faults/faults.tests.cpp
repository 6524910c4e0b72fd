// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/faults/faults.h"

#include "tests/support/catch.h"

using hmc::CommandFault;

namespace {

using Words = std::vector<std::string>;

CommandFault answering(const std::string& command, const std::string& object = "") {
  CommandFault fault;
  fault.command = command;
  fault.object = object;
  fault.code = "HSCL3205";
  return fault;
}

}  // namespace

TEST_CASE("a fault meets the commands that it is about", "[faults]") {
  hmc::Faults faults;
  REQUIRE(faults.add(answering("migrlpar", "mobile")));
  CHECK(faults.meet({"migrlpar", "-o", "m", "-p", "mobile"}).answer);
  CHECK(faults.meet({"migrlpar", "-o", "m", "-p", "other,mobile"}).answer);
  CHECK(faults.meet({"migrlpar", "-i", "name=mobile,x=y"}).answer);
  CHECK_FALSE(faults.meet({"migrlpar", "-o", "m", "-p", "mobile2"}).answer);
  CHECK_FALSE(faults.meet({"lssyscfg", "-p", "mobile"}).answer);
  CHECK_FALSE(faults.meet({}).answer);
  CHECK(faults.list().at(0).met == 3);
  CHECK(faults.clear(1));
  CHECK_FALSE(faults.meet({"migrlpar", "-p", "mobile"}).answer);
  CHECK_FALSE(faults.clear(1));
}

TEST_CASE("some commands are spared first, then so many are met", "[faults]") {
  hmc::Faults faults;
  CommandFault fault = answering("");
  fault.skip = 2;
  fault.count = 3;
  REQUIRE(faults.add(fault));
  int met = 0;
  std::string order;
  for (int i = 0; i < 10; ++i) order += faults.meet({"lssyscfg"}).answer ? (++met, 'x') : '.';
  CHECK(order == "..xxx.....");
  CHECK(met == 3);
}

TEST_CASE("a delay has its jitter, delays add up, and the first answer counts", "[faults]") {
  hmc::Faults faults;
  CommandFault slow;
  slow.delay_ms = 100;
  slow.jitter_ms = 50;
  REQUIRE(faults.add(slow));
  for (int i = 0; i < 200; ++i) {
    const u64 delay = faults.meet({"lssyscfg"}).delay;
    CHECK((delay >= 50'000'000 && delay <= 150'000'000));
  }
  CommandFault first = answering(""), second = answering("");
  first.text = "one";
  second.text = "two";
  second.delay_ms = 1000;
  REQUIRE(faults.add(first));
  REQUIRE(faults.add(second));
  const auto meeting = faults.meet({"lssyscfg"});
  CHECK(meeting.delay >= 1'050'000'000);
  CHECK(meeting.answer->code == "HSCL3205");
  CHECK(meeting.answer->text == "one");
}

TEST_CASE("half of the commands are met with half a probability", "[faults]") {
  hmc::Faults faults;
  CommandFault fault = answering("");
  fault.probability = 50;
  REQUIRE(faults.add(fault));
  int met = 0;
  for (int i = 0; i < 2000; ++i) met += faults.meet({"lssyscfg"}).answer.has_value();
  CHECK((met > 800 && met < 1200));
}

TEST_CASE("what is no fault is refused with a sentence", "[faults]") {
  hmc::Faults faults;
  const auto refused = [&](auto change) {
    CommandFault fault = answering("migrlpar");
    change(fault);
    const auto added = faults.add(fault);
    return !added && added.error().text.ends_with(".");
  };
  CHECK(refused([](CommandFault& f) { f.code = ""; }));
  CHECK(refused([](CommandFault& f) { f.code = "HSCL32"; }));
  CHECK(refused([](CommandFault& f) { f.code = "HSCL\x1B[31"; }));
  CHECK(refused([](CommandFault& f) { f.command = "nosuch"; }));
  CHECK(refused([](CommandFault& f) { f.probability = 101; }));
  CHECK(refused([](CommandFault& f) { f.delay_ms = 600'001; }));
  CHECK(refused([](CommandFault& f) { f.jitter_ms = 1; }));
  for (int i = 0; i < 100; ++i) REQUIRE(faults.add(answering("migrlpar")));
  CHECK_FALSE(faults.add(answering("migrlpar")));
  CHECK(faults.clear(0));
  CHECK(faults.list().empty());
}
