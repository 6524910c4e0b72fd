// SPDX-License-Identifier: GPL-2.0-or-later
// Sheets without a window: what they ask, what they show, and the commands that come of what is changed.
#include <algorithm>
#include <map>

#include "emu/app/console/sheets/mending.h"
#include "emu/app/console/sheets/sheets.h"
#include "emu/app/console/wizard.h"
#include "tests/support/catch.h"

using namespace emu::app::console;

namespace {

class Answered final : public Task {
 public:
  Answered(int code, std::string output) : code_(code), output_(std::move(output)) {}
  bool done() const override { return true; }
  int code() const override { return code_; }
  std::string output() const override { return output_; }

 private:
  int code_;
  std::string output_;
};

// Answers by what a command begins with; what is not known is an empty listing, and changes succeed.
struct Hmc {
  std::map<std::string, std::pair<int, std::string>> answers;
  std::vector<std::string> asked;
  std::shared_ptr<Task> operator()(const Command& command) {
    const std::string line = shell_line(command.words);
    asked.push_back(line);
    for (const auto& [begin, answer] : answers)
      if (line.starts_with(begin)) return std::make_shared<Answered>(answer.first, answer.second);
    const bool lists = line.starts_with("ls");
    return std::make_shared<Answered>(0, lists ? "No results were found.\n" : "");
  }
  bool has_asked(const std::string& line) const { return std::ranges::find(asked, line) != asked.end(); }
};

Sheet::Run through(Hmc& hmc) {
  return [&hmc](const Command& command) { return hmc(command); };
}

Definition small() {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->sources = {source("a", "s", "lsa", {"name", "flag", "mode", "gone"})};
  sheet->tabs = {{"One",
                  {{"Name", "a", "name", FieldKind::text, {}, {}, "new_name"},
                   {"Gone", "a", "gone"},
                   {"Flag", "a", "flag", FieldKind::flag},
                   {"Mode",
                    "a",
                    "mode",
                    FieldKind::choice,
                    {},
                    [](const Sheet&) {
                      return Words{"x", "y"};
                    }}},
                  {{"Rows",
                    {"Name"},
                    listed_rows("a", {"name"}),
                    {{"D", "Delete",
                      [](const Sheet& from, size_t row) {
                        return Deed{{command("s", "rma", {"-n", from.listing("a").value(row, "name")})}, {}, {}};
                      }}}}}},
                 {"Two"}};
  sheet->changes = [](const Sheet& changed) {
    std::vector<Command> commands;
    for (const std::string& pair : changed.changed_of("a")) commands.push_back(command("s", "cha", {"-i", pair}));
    return commands;
  };
  return sheet;
}

}  // namespace

TEST_CASE("what -F lists is taken apart, and what is not there is known to be absent", "[console]") {
  const Listing listing = listing_of({"name", "list", "none"}, 0, "a,\"1,2\",null\nb,,3\n");
  REQUIRE(listing.rows.size() == 2);
  CHECK(listing.value(0, "list") == "1,2");
  CHECK_FALSE(listing.has(0, "none"));
  CHECK(listing.value(1, "none") == "3");
  CHECK(listing.value(5, "name").empty());
  CHECK(listing_of({"name"}, 0, "No results were found.\n").rows.empty());
  CHECK(listing_of({"name"}, 1, "HSCL1 No.\n").refusal == "HSCL1 No.");
  CHECK(listing_of({"a", "b"}, 0, "one\n").rows.empty());
  CHECK(assignment("a", "b") == "a=b");
  CHECK(assignment("a", "b,c") == "\"a=b,c\"");
  CHECK(assignment("a", "\"b,c\",d") == "\"a=\"\"b,c\"\",d\"");
}

TEST_CASE("a sheet changes what was changed in it, and nothing else", "[console]") {
  Hmc hmc;
  hmc.answers["lsa"] = {0, "first,0,y,null\nsecond,1,x,null\n"};
  Sheet sheet(small(), through(hmc));
  CHECK(sheet.asking());
  sheet.update();
  CHECK(hmc.asked.front() == "lsa -m s -F name,flag,mode,gone");
  auto lines = sheet.lines();
  REQUIRE(lines.size() == 3);  // what it does not have is not shown
  CHECK(*lines[0].text == "first");
  CHECK(lines[2].choice->text() == "y");
  CHECK(sheet.command().empty());
  CHECK_FALSE(sheet.changed());
  sheet.press("Down", false, false, false);
  CHECK(sheet.press("Space", false, false, false));
  CHECK(sheet.command() == "cha -m s -i flag=1");
  CHECK_FALSE(sheet.press("Up", false, false, false) == false);
  CHECK_FALSE(sheet.press("X", false, false, false));  // for the text
  // The table's rows follow the lines.
  for (int i = 0; i < 4; ++i) sheet.press("Down", false, false, false);
  CHECK(sheet.place() == 4);
  sheet.press("D", true, false, false);
  sheet.update();
  CHECK(hmc.has_asked("rma -m s -n second"));
  CHECK(sheet.has_changed_something());
  sheet.press("PageDown", false, false, false);
  CHECK(sheet.tab() == 1);
  sheet.press("Escape", false, false, false);
  CHECK(sheet.closed());
}

TEST_CASE("what the HMC refuses is said, what was typed stays, and nothing more is run", "[console]") {
  Hmc hmc;
  hmc.answers["lsa"] = {0, "first,0,y,null\n"};
  hmc.answers["cha"] = {1, "HSCL1 No.\n"};
  Sheet sheet(small(), through(hmc));
  sheet.update();
  auto lines = sheet.lines();
  *lines[0].text = "other";
  *lines[1].flag = true;
  sheet.save();
  sheet.update();
  sheet.update();
  CHECK(sheet.refused());
  CHECK(sheet.said() == "HSCL1 No.\n");
  CHECK(std::ranges::count_if(hmc.asked, [](const std::string& line) { return line.starts_with("cha"); }) == 1);
  CHECK(*sheet.lines()[0].text == "other");
  CHECK_FALSE(sheet.closed());
  CHECK_FALSE(sheet.has_changed_something());
  // And if it does not, the sheet of something with another name closes.
  hmc.answers.erase("cha");
  sheet.save();
  for (int i = 0; i < 4; ++i) sheet.update();
  CHECK(hmc.has_asked("cha -m s -i new_name=other"));
  CHECK(hmc.has_asked("cha -m s -i flag=1"));
  CHECK(sheet.closed());
}

TEST_CASE("a listing that the HMC refuses is said once", "[console]") {
  Hmc hmc;
  hmc.answers["ls"] = {1, "HSCL8012 No such partition.\n"};
  Sheet sheet(partition_properties("s", "p"), through(hmc));
  sheet.update();
  CHECK(sheet.refusals() == std::vector<std::string>{"HSCL8012 No such partition."});
}

TEST_CASE("an error of a validation leads to where it is mended", "[console]") {
  const Mended about{"mobile",
                     "a",
                     "b",
                     true,
                     {{"a", "v1", true, true, "default"},
                      {"a", "mobile", false, false, "work"},
                      {"b", "w1", true, true, "default"},
                      {"b", "w2", true, false, "default"}}};
  const auto led = [&](const std::string& finding) {
    const Definition sheet = mending(finding, about);
    return sheet ? sheet->title + ": " + sheet->tab + "/" + sheet->attribute : "nowhere";
  };
  CHECK(led("HSCLF21B The partition mobile belongs to the workload group 3.") ==
        "Partition Properties - mobile on a: Other/work_group_id");
  CHECK(led("HSCLF21A The partition mobile reports.") ==
        "Logical Partition Profile Properties - work of mobile on a: Settings/redundant_err_path_reporting");
  CHECK(led("HSCLF203 No mover on the managed system b. Set it.") == "Partition Properties - w2 on b: General/msp");
  CHECK(led("HSCLF203 No mover on the managed system a. Set it.") == "Partition Properties - v1 on a: General/msp");
  CHECK(led("HSCLF20A The partition mobile needs 1 MB.") == "Properties - b: Memory/curr_avail_sys_mem");
  CHECK(led("HSCLF20F The Virtual I/O Server w1 has 0 free slots, for mobile.") ==
        "Logical Partition Profile Properties - default of w1 on b: Virtual Adapters/max_virtual_slots");
  CHECK(led("HSCLF216 The physical I/O slot 1 is assigned to partition mobile. Remove it.") ==
        "Dynamic Logical Partitioning - mobile on a: Physical Adapters/");
  CHECK(led("HSCLF216 The physical I/O slot 1 is assigned to partition mobile, which requires it.") ==
        "Logical Partition Profile Properties - work of mobile on a: I/O/");
  CHECK(led("HSCLA246 Communication with v1 failed.") == "Partition Properties - v1 on a: General/rmc_state");
  CHECK(led("HSCLF211 The disk hdisk1 is reserved.") == "nowhere");
  CHECK(led("") == "nowhere");
}

TEST_CASE("each sheet's lines and tables are of what it asks", "[console]") {
  for (const Definition& sheet :
       {system_properties("s"), partition_properties("s", "p"), partition_profiles("s", "p"), profile_properties("s", "p", "f"),
        dynamic_operations("s", "p"), new_partition("s"), all_partitions({"s", "t"}), host_ethernet("s"), processor_pools("s")}) {
    CHECK_FALSE(sheet->title.empty());
    for (const Tab& tab : sheet->tabs)
      for (const Field& field : tab.fields) {
        INFO(sheet->title << ": " << field.label);
        if (field.source.empty()) continue;
        const auto found = std::ranges::find(sheet->sources, field.source, &Source::id);
        REQUIRE(found != sheet->sources.end());
        CHECK(std::ranges::find(found->names, field.attribute) != found->names.end());
      }
    Hmc hmc;
    Sheet shown(sheet, through(hmc));
    shown.update();
    for (size_t i = 0; i < shown.tabs().size(); ++i) {
      shown.choose_tab(i);
      shown.rows();
      shown.press("Down", false, false, false);
    }
  }
}

TEST_CASE("memory and processors are added and removed by the difference to what a partition has", "[console]") {
  Hmc hmc;
  hmc.answers["lshwres -r mem --level lpar"] = {0, "128,256,512,256\n"};
  hmc.answers["lshwres -r proc --level lpar"] = {0, "shared,0.1,0.4,2.0,1,2,2,0.4,2,uncap,128,DefaultPool\n"};
  Sheet sheet(dynamic_operations("s", "p"), through(hmc));
  sheet.update();
  const auto line = [&](std::string_view label) {
    auto lines = sheet.lines();
    const auto found = std::ranges::find_if(lines, [&](const FormLine& each) { return each.label.starts_with(label); });
    REQUIRE(found != lines.end());
    return *found;
  };
  *line("Assigned memory").text = "384";
  CHECK(sheet.command() == "chhwres -r mem -o a -m s -p p -q 128");
  *line("Assigned memory").text = "128";
  CHECK(sheet.command() == "chhwres -r mem -o r -m s -p p -q 128");
  *line("Assigned memory").text = "256";
  sheet.choose_tab(1);
  *line("Assigned processing units").text = "0.55";
  *line("Assigned processors").text = "1";
  *line("Weight").text = "200";
  CHECK(sheet.command() ==
        "chhwres -r proc -o r -m s -p p --procs 1\nchhwres -r proc -o a -m s -p p --procunits 0.15\n"
        "chhwres -r proc -o s -m s -p p -a uncap_weight=200");
}

TEST_CASE("a new partition is one command, with what its kind can have", "[console]") {
  Hmc hmc;
  Sheet sheet(new_partition("s"), through(hmc));
  sheet.update();
  auto lines = sheet.lines();
  *std::ranges::find(lines, "Partition name", &FormLine::label)->text = "new one";
  CHECK_THAT(sheet.command(),
             Catch::StartsWith("mksyscfg -r lpar -m s -i \"name=new one,profile_name=default,lpar_env=aixlinux,time_ref=0,"
                               "min_mem=128,"));
  CHECK(sheet.command().find("msp") == std::string::npos);
  std::ranges::find(lines, "Environment", &FormLine::label)->choice->chosen = 1;
  CHECK_THAT(sheet.command(), Catch::Contains("lpar_env=vioserver,msp=0"));
  hmc.answers["mksyscfg"] = {1, "HSCLF1 No.\n"};
  sheet.save();
  for (int i = 0; i < 3; ++i) sheet.update();
  CHECK(sheet.refused());
  CHECK(sheet.value("name") == "new one");
}
