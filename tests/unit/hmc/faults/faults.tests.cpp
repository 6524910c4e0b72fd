// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/faults/faults.h"

#include "emu/core/text.h"
#include "tests/support/catch.h"

using emu::Fault;

namespace {

using Words = std::vector<std::string>;

Fault answering(const std::string& command, const std::string& object = "") {
  Fault fault;
  fault.what = "answer";
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
  Fault fault = answering("");
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
  Fault slow;
  slow.what = "delay";
  slow.delay_ms = 100;
  slow.jitter_ms = 50;
  REQUIRE(faults.add(slow));
  for (int i = 0; i < 200; ++i) {
    const u64 delay = faults.meet({"lssyscfg"}).delay;
    CHECK((delay >= 50'000'000 && delay <= 150'000'000));
  }
  Fault first = answering(""), second = answering("");
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
  Fault fault = answering("");
  fault.probability = 50;
  REQUIRE(faults.add(fault));
  int met = 0;
  for (int i = 0; i < 2000; ++i) met += faults.meet({"lssyscfg"}).answer.has_value();
  CHECK((met > 800 && met < 1200));
}

TEST_CASE("what is no fault is refused with a sentence", "[faults]") {
  hmc::Faults faults;
  const auto refused = [&](auto change) {
    Fault fault = answering("migrlpar");
    change(fault);
    const auto added = faults.add(fault);
    return !added && added.error().text.ends_with(".");
  };
  CHECK(refused([](Fault& f) { f.code = ""; }));
  CHECK(refused([](Fault& f) { f.code = "HSCL32"; }));
  CHECK(refused([](Fault& f) { f.code = "HSCL\x1B[31"; }));
  CHECK(refused([](Fault& f) { f.command = "nosuch"; }));
  CHECK(refused([](Fault& f) { f.probability = 101; }));
  CHECK(refused([](Fault& f) { f.delay_ms = 600'001; }));
  CHECK(refused([](Fault& f) { f.jitter_ms = 1; }));
  for (int i = 0; i < 100; ++i) REQUIRE(faults.add(answering("migrlpar")));
  CHECK_FALSE(faults.add(answering("migrlpar")));
  CHECK(faults.clear(0));
  CHECK(faults.list().empty());
}

TEST_CASE("a fault meets the steps and requests that it is about", "[faults]") {
  const hmc::Occasion at{"13.2", "remove the virtual SCSI adapters of the source", "mobile", "cec1", "cec2", true};
  const auto met = [&](const std::string& line, const hmc::Occasion& where) {
    hmc::Faults faults;
    const auto fault = emu::read_fault(emu::FaultOf::console, emu::split(line, '|'));
    REQUIRE(fault);
    REQUIRE(faults.add(*fault));
    return faults.meet_step(where).answer.has_value();
  };
  for (const char* step : {"13.2", "13", "any", "remove the virtual SCSI adapters of the source"})
    CHECK(met(std::string("answer:HSCL3205|step=") + step, at));
  for (const char* step : {"13.1", "7", "undo-6"}) CHECK_FALSE(met(std::string("answer:HSCL3205|step=") + step, at));
  CHECK(met("answer:HSCL3205|step=13|object=mobile", at));
  CHECK(met("answer:HSCL3205|step=13|object=cec2", at));
  CHECK_FALSE(met("answer:HSCL3205|step=13|object=other", at));
  CHECK(met("answer:HSCL3205|step=13|move=active", at));
  CHECK_FALSE(met("answer:HSCL3205|step=13|move=inactive", at));
  CHECK_FALSE(met("answer:HSCL3205|step=any", {"undo-6", "undo-map the virtual SCSI adapters", "mobile", "cec1", "cec2", true}));
  CHECK(met("answer:HSCL3205|step=undo-6", {"undo-6", "undo-map the virtual SCSI adapters", "mobile", "cec1", "cec2", true}));

  hmc::Faults faults;
  REQUIRE(
      faults.add(*emu::read_fault(emu::FaultOf::console, std::vector<std::string>{"cut", "request=CreateShell", "object=cec2"})));
  CHECK_FALSE(faults.meet_request(at, "CreateShell", "cec1").cut);
  CHECK_FALSE(faults.meet_request(at, "RemoveShell", "cec2").cut);
  CHECK(faults.meet_request(at, "CreateShell", "cec2").cut);
  // It is no fault of commands.
  CHECK_FALSE(faults.meet({"migrlpar", "-m", "cec2"}).answer);
}

TEST_CASE("what was armed for the console's process ends it once", "[faults]") {
  hmc::Faults faults;
  const auto arm = [&](const std::string& line) {
    return faults.add(*emu::read_fault(emu::FaultOf::console, std::vector<std::string>{line}));
  };
  const hmc::Occasion at{"5", "prepare the operating system", "mobile", "cec1", "cec2", true};
  REQUIRE(arm("die-at:undo-6"));
  REQUIRE(arm("stop-at:5"));
  CHECK(faults.list().size() == 1);
  const auto met = faults.meet_step(at);
  CHECK(met.kill == "console");
  CHECK(met.stop);
  CHECK(faults.meet_step(at).kill.empty());
  CHECK(faults.list().empty());
  REQUIRE(arm("die-at:5"));
  CHECK(*arm("stop-at:never") == 0);
  CHECK(faults.list().empty());
}

TEST_CASE("a step or a request that there is not is refused", "[faults]") {
  hmc::Faults faults;
  for (const char* line : {"cut|step=14", "cut|step=lunch", "cut|step=undo-8", "cut|request=Shutdown", "die-at:99"}) {
    const auto fault = emu::read_fault(emu::FaultOf::console, emu::split(line, '|'));
    REQUIRE(fault);
    const auto added = faults.add(*fault);
    CHECK_FALSE(added);
    CHECK(added.error().text.ends_with("."));
  }
}
