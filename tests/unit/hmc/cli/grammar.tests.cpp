// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>

#include "hmc/cli/data.h"
#include "hmc/cli/options.h"
#include "hmc/messages.h"
#include "hmc/rmc/rmc.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace hmc::cli;

TEST_CASE("the language of filters and input data", "[cli]") {
  const auto parsed = [](const std::string& text) {
    const auto data = Data::parse(text);
    std::string shown;
    if (!data) return std::string("error");
    for (const Assignment& a : data->all()) {
      shown += a.name + (a.change == Change::add ? "+" : a.change == Change::remove ? "-" : "") + "[";
      for (const std::string& value : a.values) shown += "<" + value + ">";
      shown += "]";
    }
    return shown;
  };
  CHECK(parsed("lpar_names=x") == "lpar_names[<x>]");
  CHECK(parsed("lpar_names=x,profile_names=y") == "lpar_names[<x>]profile_names[<y>]");
  CHECK(parsed("\"lpar_names=a,b\"") == "lpar_names[<a><b>]");
  CHECK(parsed("lpar_names=a,b") == "lpar_names[<a><b>]");
  CHECK(parsed("profile_names='p',lpar_names='l'") == "profile_names[<p>]lpar_names[<l>]");
  CHECK(parsed("name=lp, secure_boot=2") == "name[<lp>]secure_boot[<2>]");
  CHECK(parsed("\"virtual_scsi_mappings=4/a/1,5/b/2\",dest_lpar_id=3") ==
        "virtual_scsi_mappings[<4/a/1><5/b/2>]dest_lpar_id[<3>]");
  CHECK(parsed("virtual_scsi_adapters+=5/client//V/7/0") == "virtual_scsi_adapters+[<5/client//V/7/0>]");
  CHECK(parsed("io_slots-=1/none/0") == "io_slots-[<1/none/0>]");
  CHECK(parsed("\"virtual_eth_adapters=\"\"2/1/1/10,20/0/1\"\",3/0/1//0/0\"") ==
        "virtual_eth_adapters[<2/1/1/10,20/0/1><3/0/1//0/0>]");
  CHECK(parsed("description=") == "description[<>]");
  CHECK(parsed("") == "error");
  CHECK(parsed("nonsense") == "error");
}

TEST_CASE("options come in any order, glued, parted or with =", "[cli]") {
  constexpr Option known[] = {{"-r"}, {"-m"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};
  const auto parse = [&](const std::string& line) { return Options::parse(world::words(line), known); };
  CHECK(parse("-Fname -m a -r lpar")->value("-F") == "name");
  CHECK(parse("-r lpar -F name state --header")->value("-F") == "name state");
  CHECK(parse("-r lpar -F --header")->has("-F"));
  CHECK(parse("--filter=lpar_names=x")->value("--filter") == "lpar_names=x");
  CHECK(parse("--filter 'lpar_names=x y'")->value("--filter") == "lpar_names=x y");
  for (const std::string twice : {"-m a -m b", "-m a -r lpar -m a", "--filter a=1 --filter=a=2", "-F name -F state", "-Fname -F"})
    CHECK_FALSE(parse(twice));
  CHECK(parse("-r lpar -m a -m b").error().text.find("have an invalid value are -m.") != std::string::npos);
  CHECK_FALSE(parse("-x"));
  CHECK_FALSE(parse("stray"));
  CHECK_FALSE(parse("-m"));
  CHECK(parse("-r lpar -m").error().text.find("have an invalid value are -m.") != std::string::npos);
}

TEST_CASE("no code has two messages", "[messages]") {
  std::set<std::string_view> codes;
  for (const hmc::Message& message : hmc::messages) CHECK(codes.insert(message.code).second);
  CHECK(hmc::line_of(hmc::say("HSCL8012", "x")) ==
        "HSCL8012 The partition named x was not found.  Please check your entry and retry the command.\n");
}

namespace {

// Answers from a list; the rest is silence.
struct Script final : hmc::RmcTransport {
  explicit Script(world::TestClock& the_clock, std::vector<std::string> the_answers)
      : clock(the_clock), answers(std::move(the_answers)) {}
  emu::Result<std::string> exchange(const std::string&, const std::string& datagram, u64 timeout) override {
    asked.push_back(datagram);
    if (answers.empty() || answers.front().empty()) {
      if (!answers.empty()) answers.erase(answers.begin());
      clock.sleep(timeout);
      return emu::Error{"timeout", ""};
    }
    std::string answer = answers.front();
    answers.erase(answers.begin());
    if (const size_t at = answer.find('#'); at != answer.npos) answer.replace(at, 1, world::words(datagram)[1]);
    return answer;
  }
  emu::Status ping(const std::string&, const std::string&, u64) override { return emu::Error{"timeout", ""}; }
  world::TestClock& clock;
  std::vector<std::string> answers;
  std::vector<std::string> asked;
};

}  // namespace

TEST_CASE("RMC repeats, waits for the busy, and believes no stranger", "[rmc]") {
  world::TestClock clock;
  constexpr u64 second = emu::nanoseconds_per_second;
  SECTION("a lost datagram is repeated with the same number") {
    Script script(clock, {"", "RMC2 # OK nomad 1.0\n"});
    hmc::RmcClient client(&script, "secret", clock, clock);
    CHECK(*client.call("10.0.2.15", "oslevel", 5 * second) == "nomad 1.0");
    REQUIRE(script.asked.size() == 2);
    CHECK(script.asked[0] == script.asked[1]);
    CHECK(script.asked[0].find(" secret oslevel\n") != std::string::npos);
    CHECK(clock.monotonic() == second / 4);
  }
  SECTION("busy, then done") {
    Script script(clock, {"RMC2 # BUSY\n", "RMC2 # BUSY\n", "RMC2 # OK\n"});
    hmc::RmcClient client(&script, "secret", clock, clock);
    CHECK(client.call("10.0.2.15", "prepare 1", 5 * second));
  }
  SECTION("busy for ever") {
    Script script(clock, std::vector<std::string>(100, "RMC2 # BUSY\n"));
    hmc::RmcClient client(&script, "secret", clock, clock);
    CHECK(client.call("10.0.2.15", "prepare 1", 2 * second).error().code == "rmc-busy");
  }
  SECTION("refused") {
    Script script(clock, {"RMC2 # ERR 16 not now\n"});
    hmc::RmcClient client(&script, "secret", clock, clock);
    CHECK(client.call("10.0.2.15", "check 1", 5 * second).error() == emu::Error{"rmc-refused", "not now"});
  }
  SECTION("nonsense, and answers to others, are silence") {
    Script script(clock, {"RMC2 999999 OK\n", "", "\xff\xfe", "RMC1 # OK\n", "RMC2\n"});
    hmc::RmcClient client(&script, "secret", clock, clock);
    CHECK(client.call("10.0.2.15", "hello", 2 * second).error().code == "rmc-silent");
  }
}
