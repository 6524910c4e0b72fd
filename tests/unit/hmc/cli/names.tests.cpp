// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/messages.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

const std::string resources = ",profile_name=p1,min_mem=256,desired_mem=256,max_mem=256,min_procs=1,desired_procs=1,max_procs=1";

}  // namespace

TEST_CASE("names of partitions and profiles are checked wherever they are given", "[cli][names]") {
  World world;
  const std::string bad = GENERATE(std::string(32, 'x'), std::string("a\x1b[2J"), std::string("a\nb"),
                                   std::string("na\xc3\xafve"), std::string("a*b"));
  CAPTURE(bad);
  const std::vector<std::vector<std::string>> commands = {
      {"mksyscfg", "-r", "lpar", "-m", "cec1", "-i", "lpar_env=aixlinux,name=" + bad + resources},
      {"mksyscfg", "-r", "prof", "-m", "cec1", "-i", "lpar_name=mobile,name=" + bad},
      {"mksyscfg", "-r", "prof", "-m", "cec1", "-o", "save", "-p", "mobile", "-n", bad},
      {"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,new_name=" + bad},
      {"chsyscfg", "-r", "prof", "-m", "cec1", "-i",
       "lpar_name=mobile,name=" + world.lpar(world.one).definition.profiles[0].name + ",new_name=" + bad},
      {"migrlpar", "-o", "m", "-m", "cec1", "-t", "cec2", "-p", "mobile", "-n", bad},
      {"migrlpar", "-o", "v", "-m", "cec1", "-t", "cec2", "-p", "mobile", "-n", bad},
  };
  for (const auto& command : commands) {
    const Answer answer = world.hmc(command);
    INFO(answer.text);
    CHECK(answer.code == 1);
    CHECK(answer.text.find("HSCLF018 The name ") == 0);
    CHECK(answer.text.find('\x1b') == std::string::npos);
    CHECK(answer.text.find('\n') == answer.text.size() - 1);
  }
  CHECK(world.requests.empty());
}

TEST_CASE("names with signs that the HMC allows come back as they were given", "[cli][names]") {
  World world;
  const std::string name = "x y./;:~@#^-_=+{z}";
  CHECK(world.hmc({"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,new_name=" + name}).text == "");
  CHECK(world.hmc({"lssyscfg", "-r", "lpar", "-m", "cec1", "-F", "name", "--filter", "lpar_ids=3"}).text == name + "\n");
}

TEST_CASE("what reached a frame by another way steers no terminal", "[cli][names]") {
  World world;
  world.lpar(world.one).definition.name = "a\x1b]0;b\nc";
  const Answer listed = world.hmc("lssyscfg -r lpar -m cec1 --filter lpar_ids=3 -F name");
  CHECK(listed.text == "a\\x1B]0;b\\x0Ac\n");
  CHECK(world.hmc({"lssyscfg", "-r", "lpar", "-m", "a\x1b[2J"}).text.find('\x1b') == std::string::npos);
}

TEST_CASE("what a frame refuses has a code for scripts, whatever word the frame has for it", "[cli]") {
  using hmc::line_of;
  CHECK(line_of({"journal", "The journal cannot be written: disk full."})
            .find("HSCLF019 The journal cannot be written: disk full. ") == 0);
  CHECK(line_of({"witness", "The witness knows no partition 1."}).find("HSCLF019 The witness knows no partition 1. ") == 0);
  CHECK(line_of({"timeout", "It did not answer in time."}).find("HSCLF01B ") == 0);
  CHECK(line_of({"migration", "It has begun."}) ==
        "HSCLF01A The managed system did not carry the operation out: It has begun.\n");
  CHECK(line_of({"HSCL8012", "Not found."}) == "HSCL8012 Not found.\n");
  CHECK(line_of(hmc::usage_error("-m")).find("The command entered") == 0);
}

TEST_CASE("the current processor mode is what the guest is told, whatever the profile says now", "[cli][current]") {
  World world;
  world.one.info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power6, emu::CompatMode::power7,
                                 emu::CompatMode::power8};
  const std::string modes =
      "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F curr_lpar_proc_compat_mode,desired_lpar_proc_compat_mode";
  CHECK(world.hmc(modes).text == "POWER6,default\n");
  world.lpar(world.one).definition.profiles[0].lpar_proc_compat_mode = emu::CompatMode::power7;
  CHECK(world.hmc(modes).text == "POWER6,POWER7\n");
  world.lpar(world.one).definition.current->lpar_proc_compat_mode = emu::CompatMode::power8;
  CHECK(world.hmc(modes).text == "POWER8,POWER7\n");
}

TEST_CASE("a listing refuses what it would not look at", "[cli]") {
  World world;
  for (const char* line :
       {"lslparmigr -r lpar -m cec1 -t cec2", "lslparmigr -r sys -m cec1 -t cec2", "lslparmigr -r manager -t cec2",
        "lslparmigr -r sys -m cec1 --filter lpar_names=mobile", "lslparmigr -r manager --filter lpar_names=mobile",
        "lsrefcode -r sys -m cec1 --filter lpar_names=mobile", "lshwres -r mem -m cec1 --level sys --filter lpar_names=mobile",
        "lshwres -r proc -m cec1 --level lpar --rsubtype eth", "lshwres -r virtualio --rsubtype vnetwork --level lpar -m cec1"}) {
    INFO(line);
    const Answer answer = world.hmc(line);
    CHECK(answer.code == 1);
    CHECK(answer.text.starts_with("The command entered is either missing a required parameter"));
  }
}
