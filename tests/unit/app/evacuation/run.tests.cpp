// SPDX-License-Identifier: GPL-2.0-or-later
// What an evacuation does with a console that answers as it is told, and what is written down of it.
#include "emu/app/evacuation/run.h"

#include <algorithm>

#include <map>
#include <mutex>

#include "emu/app/evacuation/progress.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"

using namespace emu;
using namespace emu::app::evacuation;

namespace {

// Two systems, and who is where.
struct Site {
  struct Place {
    std::string system, state;
  };
  std::map<std::string, Place> places{{"a", {"A", "Running"}}, {"b", {"A", "Running"}}, {"c", {"A", "Running"}}};
  std::map<std::string, std::string> refuses;  // to move, with this sentence
  std::map<std::string, std::string> more;     // by system: what it lists besides
  int looks = 0;                               // until who shuts down is off
  std::vector<std::string> lines;
  std::mutex mutex;

  Result<Answer> operator()(const std::vector<std::string>& words) {
    const std::lock_guard guard(mutex);
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    const auto option = [&](const std::string& name) {
      const auto at = std::ranges::find(words, name);
      return at == words.end() ? std::string() : *std::next(at);
    };
    if (words[0] == "lssyscfg") {
      std::string listed;
      if (looks && --looks == 0) places["b"].state = "Not Activated";
      if (more.contains(option("-m"))) listed = more[option("-m")];
      for (const auto& [name, place] : places)
        if (place.system == option("-m")) listed += name + "," + place.state + "\n";
      return Answer{0, listed.empty() ? "No results were found.\n" : listed};
    }
    lines.push_back(line);
    const std::string name = words[0] == "chsysstate" ? option("-n") : option("-p");
    if (words[0] == "migrlpar" && option("-o") == "r") {
      places[name] = {"A", "Running"};
      return Answer{0, ""};
    }
    if (words[0] == "migrlpar") {
      if (refuses.contains(name)) return Answer{1, "Errors:\n" + refuses[name] + "\n"};
      places[name].system = option("-t");
    } else {
      places[name].state = option("-o") == "on" ? "Running" : "Not Activated";
    }
    return Answer{0, ""};
  }
};

struct Bed {
  Bed() {
    records = std::move(*Records::open(folder.path.string()));
    REQUIRE(records->begin("A", {{{"a", Action::move, "B", ""}, true},
                                 {{"b", Action::shutdown, "", ""}, true},
                                 {{"c", Action::move, "B", ""}, true},
                                 {{"d", Action::stays, "", "No."}, false}}));
  }
  Status run(Status (*what)(const Course&, const Ask&, Records&, const Listener&)) {
    const Listener quiet{[](const Entry&) {}, [](const Entry&, const Error*) {}};
    return what(
        {"A", {"A", "B", "C"}, 2, [this] { return interrupted; }, [] {}},
        [this](const std::vector<std::string>& words) { return site(words); }, *records, quiet);
  }
  std::string outcomes() {
    std::string text;
    const auto entries = records->entries("A");
    REQUIRE(entries);
    for (const Entry& each : *entries) text += each.step.partition + std::to_string(static_cast<int>(each.outcome)) + " ";
    return text;
  }
  support::Folder folder;
  std::unique_ptr<Records> records;
  Site site;
  bool interrupted = false;
};

}  // namespace

TEST_CASE("everybody goes, is stopped, and comes home, and there is no record any more", "[evacuation]") {
  Bed bed;
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a2 b2 c2 d1 ");
  CHECK(bed.site.places["a"].system == "B");
  CHECK(bed.site.places["b"].state == "Not Activated");
  bed.site.lines.clear();
  REQUIRE(bed.run(&empty));
  CHECK(bed.site.lines.empty());

  REQUIRE(bed.run(&bring_back));
  CHECK(bed.site.places["a"].system == "A");
  CHECK(bed.site.places["b"].state == "Running");
  CHECK(bed.records->systems()->empty());
}

TEST_CASE("the failure of one stops nobody else, and is tried again", "[evacuation]") {
  Bed bed;
  bed.site.refuses["a"] = "HSCL1 No.";
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a3 b2 c2 d1 ");
  CHECK((*bed.records->entries("A"))[0].error == "HSCL1 No.");
  bed.site.refuses.clear();
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a2 b2 c2 d1 ");
  CHECK((*bed.records->entries("A"))[0].error.empty());
}

TEST_CASE("what an earlier run has begun is looked at first", "[evacuation]") {
  Bed bed;
  bed.site.places["a"] = {"B", "Running"};              // it had ended
  bed.site.places["c"] = {"A", "Migrating - Running"};  // it needs recovery
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a2 b2 c2 d1 ");
  CHECK(std::ranges::count(bed.site.lines, "migrlpar -o r -m A -p c") == 1);
  CHECK(std::ranges::none_of(bed.site.lines, [](const std::string& line) { return line.find("-p a") != line.npos; }));
  CHECK(bed.site.places["c"].system == "B");
}

TEST_CASE("who was moved by somebody else, or is gone, is said and left alone", "[evacuation]") {
  Bed bed;
  bed.site.places["a"].system = "C";
  bed.site.places.erase("c");
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a3 b2 c3 d1 ");
  CHECK((*bed.records->entries("A"))[2].error.find("on none of these systems") != std::string::npos);
}

TEST_CASE("another partition of its name on another system is not the one that goes", "[evacuation]") {
  Bed bed;
  bed.site.more = {{"C", "a,Running\n"}};
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a2 b2 c2 d1 ");
  bed.site.more = {{"A", "a,Running\n"}};  // made at home meanwhile
  REQUIRE(bed.run(&bring_back));
  CHECK(std::ranges::count(bed.site.lines, "migrlpar -o m -m B -t A -p a -w 5") == 1);
}

TEST_CASE("who is still shutting down is started when it is off", "[evacuation]") {
  Bed bed;
  bed.site.places["b"].state = "Shutting Down";
  bed.site.looks = 3;
  REQUIRE(bed.run(&bring_back));
  CHECK(bed.site.places["b"].state == "Running");
  CHECK(std::ranges::count(bed.site.lines, "chsysstate -r lpar -m A -o on -n b") == 1);
}

TEST_CASE("an interruption begins nothing more", "[evacuation]") {
  Bed bed;
  bed.interrupted = true;
  REQUIRE(bed.run(&empty));
  CHECK(bed.outcomes() == "a1 b1 c1 d1 ");
  CHECK(bed.site.lines.empty());
}

TEST_CASE("one evacuation of a system at a time, and a record survives its process", "[evacuation]") {
  Bed bed;
  CHECK_FALSE(bed.records->begin("A", {{{"x", Action::move, "B", ""}, true}}));
  CHECK(bed.records->begin("C", {{{"x", Action::move, "A", ""}, true}}).error().text.starts_with("A is in maintenance"));
  CHECK(bed.records->begin("B", {{{"x", Action::move, "C", ""}, true}}).error().text.starts_with("The evacuation of A brings"));
  CHECK(*bed.records->systems() == std::vector<std::string>{"A"});
  REQUIRE(bed.records->note("A", "a", Outcome::failed, "HSCL1 No."));
  bed.records = std::move(*Records::open(bed.folder.path.string()));
  CHECK(bed.outcomes() == "a3 b1 c1 d1 ");
  CHECK(*bed.records->systems() == std::vector<std::string>{"A"});
  CHECK(bed.records->entries("B")->empty());
}

TEST_CASE("on a terminal bars are drawn over, elsewhere each line stays", "[evacuation]") {
  std::string shown;
  const auto write = [&](const std::string& text) { shown += text; };
  {
    Progress lines(2, 0, false, write);
    lines.begins("a", "to B");
    lines.at({{"a", 50}});
    lines.ended("a", "done");
  }
  CHECK(shown == "a to B\na: done (1 of 2)\n");
  shown.clear();
  {
    Progress bars(2, 0, true, write);
    bars.begins("a", "to B");
    bars.at({{"a", 50}});
  }
  CHECK(shown.find("[############............]  50 %  to B") != std::string::npos);
  CHECK(shown.find("[######..................] 0 of 2") != std::string::npos);
  CHECK(shown.ends_with("\x1B[2F\x1B[J"));
}

TEST_CASE("moves between several systems are recorded with where each begins", "[evacuation]") {
  Bed bed;
  bed.site.places = {{"x", {"C", "Running"}}, {"y", {"D", "Running"}}};
  CHECK(bed.records->begin("*balance", {{{"x", Action::move, "A", "", "C"}, true}}).error().text.starts_with("A is in maint"));
  CHECK(bed.records->begin("*balance", {{{"x", Action::move, "D", "", "B"}, true}})
            .error()
            .text.starts_with("The evacuation of A brings partitions to B"));
  REQUIRE(bed.records->forget("A"));
  REQUIRE(bed.records->begin("*balance", {{{"x", Action::move, "D", "", "C"}, true}, {{"y", Action::move, "C", "", "D"}, true}}));
  CHECK(bed.records->systems()->empty());
  CHECK((*bed.records->entries("*balance"))[1].step.from == "D");
  CHECK(bed.records->begin("C", {{{"z", Action::move, "A", ""}, true}})
            .error()
            .text.starts_with("Another command moves partitions to C"));
  const Listener quiet{[](const Entry&) {}, [](const Entry&, const Error*) {}};
  REQUIRE(empty(
      {"*balance", {"C", "D"}, 2, [] { return false; }, [] {}},
      [&](const std::vector<std::string>& words) { return bed.site(words); }, *bed.records, quiet));
  CHECK(bed.site.places["x"].system == "D");
  CHECK(bed.site.places["y"].system == "C");
}
