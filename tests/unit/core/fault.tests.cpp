// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/fault.h"

#include <algorithm>

#include "emu/core/text.h"
#include "tests/support/catch.h"

using emu::Fault;
using emu::FaultKind;
using emu::FaultOf;

namespace {

emu::Result<Fault> read(FaultOf of, const std::string& line) { return emu::read_fault(of, emu::words(line, ' ')); }

std::string why_not(FaultOf of, const std::string& line) {
  const auto fault = read(of, line);
  return fault ? "" : fault.error().text;
}

}  // namespace

TEST_CASE("the table of faults holds together", "[faults]") {
  for (const FaultKind& kind : emu::fault_kinds()) {
    INFO(kind.name);
    CHECK(emu::find_fault_kind(kind.of, kind.name) == &kind);
    for (const std::string& word : emu::words(kind.words, ' '))
      CHECK(std::ranges::count(emu::fault_words(), word, &emu::FaultWord::name) == 1);
    if (!kind.value.empty()) CHECK(std::ranges::count(emu::fault_words(), kind.value, &emu::FaultWord::name) == 1);
    if (!kind.ends.empty()) CHECK(emu::find_fault_kind(kind.of, kind.ends));
    CHECK(kind.shown.empty() == kind.example.empty());
    if (!kind.example.empty()) {
      const auto fault = read(kind.of, std::string(kind.example));
      CHECK(fault);
      CHECK(fault->what == kind.name);
    }
  }
}

TEST_CASE("a fault is written as it is read", "[faults]") {
  for (const char* line :
       {"cut-mover-link vios=viosA", "slow-mover:20000000", "vasi-error vios=viosA after_bytes=65536 skip=1",
        "answer:HSCL3205 command=migrlpar object=mobile count=2", "delay:3000 step=any move=inactive jitter_ms=10",
        "kill:source step=10 count=1", "no-rollback probability=50", "cut request=CreateShell"}) {
    const FaultOf of = std::string(line).find("mover") == 4 || std::string(line).find("-mover") != std::string::npos ||
                               std::string(line).starts_with("vasi")
                           ? FaultOf::frame
                           : FaultOf::console;
    const auto fault = read(of, line);
    REQUIRE(fault);
    CHECK(emu::words_of(*fault) == line);
    const auto back = emu::from_bytes<Fault>(emu::to_bytes(*fault));
    REQUIRE(back);
    CHECK(*back == *fault);
  }
  // The value is a word as others are.
  CHECK(*read(FaultOf::console, "answer code=HSCL3205") == *read(FaultOf::console, "answer:HSCL3205"));
}

TEST_CASE("what is no fault is refused with one sentence", "[faults]") {
  using enum FaultOf;
  CHECK(why_not(frame, "earthquake") == "There is no fault earthquake of a frame.");
  CHECK(why_not(console, "cut-mover-link") == "There is no fault cut-mover-link of the console.");
  CHECK(why_not(frame, "cut-mover-link colour=red") == "colour=red says nothing of a fault.");
  CHECK(why_not(frame, "cut-mover-link count=2") == "cut-mover-link has no count.");
  CHECK(why_not(frame, "cut-mover-link:2") == "cut-mover-link has no value.");
  CHECK(why_not(frame, "slow-mover") == "slow-mover needs a value: slow-mover:bytes_per_second.");
  CHECK(why_not(frame, "slow-mover:fast") == "fast is no bytes_per_second of a fault: number.");
  CHECK(why_not(console, "answer:3205") == "3205 is no code of a fault: HSCL and four digits or A - F.");
  CHECK(why_not(console, "answer:HSCL3205 probability=101") == "A probability is 1 to 100 percent.");
  CHECK(why_not(console, "answer:HSCL3205 count=0") == "0 is no count of a fault: number.");
  CHECK(why_not(console, "delay:10 jitter_ms=11") == "A delay has up to 600000 ms, and a jitter no more than its delay.");
  CHECK(why_not(console, "answer:HSCL3205 command=migrlpar step=7") == "A fault is of a command, of a step or of a request.");
  CHECK(why_not(console, "kill:source") == "kill is of a step or of a request: step=9, request=CreateShell.");
  CHECK(why_not(console, "kill:nobody step=7") == "nobody is no whom of a fault: console, source, destination.");
  CHECK(why_not(console, "delay:10 command=lssyscfg move=active") ==
        "Only steps and requests are of an active or an inactive migration.");
  // What came over a link, and never through a reader.
  Fault fault;
  fault.what = "answer";
  fault.code = "HSCL\x1B[31";
  CHECK_FALSE(emu::check_fault(console, fault));
  fault.code = "HSCL3205";
  CHECK(emu::check_fault(console, fault));
  fault.vios = "viosA";
  CHECK_FALSE(emu::check_fault(console, fault));
}

TEST_CASE("some faults are none, and take others back", "[faults]") {
  const auto back = [](FaultOf of, const std::string& line) {
    return std::string(emu::taken_back_by(of, *read(of, line)).value_or(""));
  };
  CHECK(back(FaultOf::frame, "restore-mover-link") == "cut-mover-link");
  CHECK(back(FaultOf::frame, "slow-mover:0") == "slow-mover");
  CHECK(back(FaultOf::frame, "stop-at:never") == "stop-at");
  CHECK(back(FaultOf::console, "die-at:never") == "die-at");
  CHECK(back(FaultOf::frame, "slow-mover:1") == "");
}

TEST_CASE("some occasions are spared first, then so many are met", "[faults]") {
  Fault fault;
  fault.skip = 2;
  fault.count = 3;
  std::string order;
  for (int i = 0; i < 10; ++i) order += emu::strikes(fault, 1) ? 'x' : '.';
  CHECK(order == "..xxx.....");
  fault = {};
  fault.probability = 30;
  CHECK(emu::strikes(fault, 30));
  CHECK_FALSE(emu::strikes(fault, 31));
  CHECK(fault.met == 1);
}
