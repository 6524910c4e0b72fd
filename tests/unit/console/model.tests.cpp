// SPDX-License-Identifier: GPL-2.0-or-later
// What the console shows, without a window: tables, phases, strips of time, the wizard.
#include <map>

#include "emu/app/console/faults.h"
#include "emu/app/console/move_picture.h"
#include "emu/app/console/tables.h"
#include "emu/app/console/timeline.h"
#include "emu/app/console/window.h"
#include "emu/app/console/wizard.h"
#include "tests/support/catch.h"

using namespace emu;
using namespace emu::app;
using namespace emu::app::console;

namespace {

service::LparInfo lpar(const std::string& name, u32 id, LparState state) {
  service::LparInfo info;
  info.definition.name = name;
  info.definition.uuid = "uuid-" + name;
  info.definition.lpar_id = id;
  info.state = state;
  Profile profile;
  profile.desired_mem = 768;
  info.definition.current = current_from(profile, "default");
  info.has_resources = true;
  return info;
}

std::shared_ptr<const FrameState> frame(const std::string& name, std::vector<service::LparInfo> lpars) {
  FrameState state;
  state.connected = true;
  state.system.name = name;
  state.lpars = std::move(lpars);
  return std::make_shared<const FrameState>(std::move(state));
}

// A command of the HMC that has been answered already.
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

struct Hmc {
  std::vector<std::string> asked;
  int validation = 0;
  std::shared_ptr<Task> operator()(const std::vector<std::string>& words) {
    asked.push_back(shell_line(words));
    if (words[0] == "migrlpar" && words[2] == "v")
      return std::make_shared<Answered>(validation, validation ? "Errors:\nHSCL1 No.\n" : "");
    if (words[0] == "lslparmigr" && words[2] == "msp")
      return std::make_shared<Answered>(0, "source_msp_name=v1,source_msp_id=1,\"dest_msp_names=w1,w2\",\"dest_msp_ids=1,2\"\n");
    if (words[0] == "lslparmigr")
      return std::make_shared<Answered>(
          0,
          "\"possible_virtual_scsi_mappings=4/w1/1,4/w2/2,5/w1/1,5/w2/2\",\"suggested_virtual_scsi_mappings=4/w1/1,5/w2/2\","
          "possible_vlan_mappings=1/w1/1,suggested_vlan_mappings=1/w1/1\n");
    if (words[0] == "lshwres" && words[2] == "procpool")
      return std::make_shared<Answered>(
          0,
          "name=DefaultPool,shared_proc_pool_id=0\nname=Web,shared_proc_pool_id=1,max_pool_proc_units=4.0\n"
          "name=SharedPool02,shared_proc_pool_id=2,max_pool_proc_units=0.0\n");
    if (words[0] == "lshwres")
      return std::make_shared<Answered>(0, "configurable_sys_proc_units=8.0,curr_avail_sys_proc_units=7.0\n");
    return std::make_shared<Answered>(0, "");
  }
};

Wizard::Run through(Hmc& hmc) {
  return [&hmc](const std::vector<std::string>& words) { return hmc(words); };
}

}  // namespace

TEST_CASE("a table says what the Redbook's figure 6-1 says", "[console]") {
  auto migrating = lpar("QA", 5, LparState::running);
  migrating.migration_stream = 7;
  migrating.refcode.refcode = "2004";
  auto vios = lpar("VIOS1", 1, LparState::running);
  vios.definition.env = LparEnv::vioserver;
  auto shell = lpar("QB", 6, LparState::not_available);
  shell.migration_stream = 8;
  const auto rows = rows_of(*frame("cec1", {migrating, vios, shell}));
  REQUIRE(rows.size() == 3);
  CHECK(rows[2].status == "Migrating - Not Activated");  // figure 6-6
  CHECK(rows[0].status == "Migrating - Running");
  CHECK(rows[0].processing_units == "0.1");
  CHECK(rows[0].memory_gb == "0.75");
  CHECK(rows[0].reference_code == "2004");
  CHECK(rows[0].type == "AIX or Linux");
  CHECK(rows[1].type == "Virtual I/O Server");
}

TEST_CASE("a partition that two frames have is where it runs", "[console]") {
  auto shell = lpar("mobile", 4, LparState::not_available);
  shell.migration_stream = 7;
  shell.migration_target = true;
  auto source = lpar("mobile", 3, LparState::running);
  source.migration_stream = 7;
  const auto found = partitions_of({frame("b", {shell}), frame("a", {source})});
  REQUIRE(found.size() == 1);
  CHECK(found[0].where == Whereabouts{"a", 3});
}

TEST_CASE("a migration fills its four phases, and its steps", "[console]") {
  MovePicture move;
  move.status.stream = move.source.stream = move.target.stream = 9;
  move.status.lpar_name = "mobile";
  move.status.source_system = "a";
  move.status.target_system = "b";
  move.status.step = 3;
  move.status.steps = {{2, "lock the configuration", 100}, {3, "create the partition shell on the destination", 300}};
  CHECK(phases_of(move)[0].percent == 42);
  auto steps = steps_of(move, 1000);
  CHECK(steps[0].state == StepState::done);
  CHECK(steps[0].took == 200);
  CHECK(steps[1].state == StepState::under_way);
  CHECK(steps[1].took == 700);
  CHECK(steps[2].state == StepState::open);

  move.source.phase = service::Phase::passes;
  move.source.percent = 60;
  CHECK(phases_of(move)[0].percent == 100);
  CHECK(phases_of(move)[1].percent == 60);
  CHECK(phases_of(move)[3].percent == 0);

  move.source.phase = service::Phase::handed_over;
  move.source.suspended_at = 5'000'000;
  move.source.passes.resize(3);
  CHECK(phases_of(move)[2].percent == 100);
  CHECK(phases_of(move)[3].percent == 75);
  CHECK(suspend_window_of(move).end == 0);
  move.target.phase = service::Phase::resumed;
  move.target.resumed_at = 7'500'000;
  CHECK(phases_of(move)[3].percent == 100);

  move.status.state = hmc::MoveState::completed;
  move.status.ended_at = 1'000'000'000;
  CHECK_THAT(summary_of(move),
             Catch::Contains("mobile runs on b: 1.00 s in all, 3 passes") && Catch::Contains("stood still for 2.5 ms"));
  move.status.state = hmc::MoveState::rolled_back;
  move.status.error_text = "Link down.\nMore.";
  CHECK(summary_of(move) == "mobile runs on where it was, on a: Link down.");
}

TEST_CASE("what is seen over time is put on strips, and the gap between two ticks is found", "[console]") {
  Timeline timeline;
  timeline.add_ticks({0, 10 * tick_bin, tick_bin, {3, 0, 0, 0, 1}});
  timeline.add_ticks({0, 14 * tick_bin, tick_bin, {2}});  // the same bin, seen again when it had grown
  CHECK(timeline.gap_around(12 * tick_bin, 13 * tick_bin) == 3 * tick_bin);
  CHECK(timeline.gap_around(20 * tick_bin, 21 * tick_bin) == 0);
  const Strip strip = timeline.strip(9 * tick_bin, 19 * tick_bin, 10);
  CHECK(strip.ticks[1] == 3);
  CHECK(strip.ticks[5] == 2);
  timeline.add_disk("a", 0, 100);  // from before: not ours
  timeline.add_disk("a", 1'000'000, 104);
  timeline.add_disk("b", 1'000'000, 0);
  timeline.add_disk("b", 2'000'000, 3);
  const Strip disks = timeline.strip(0, 3'000'000, 3);
  CHECK(disks.disk == std::vector<u32>{4, 3, 0});
  timeline.add_ping({5, 1});
  timeline.add_ping({7, 0});
  CHECK(timeline.pings_sent(0) == 2);
  CHECK(timeline.pings_lost(6) == 1);
}

TEST_CASE("the wizard goes through the Redbook's pages and puts the command together", "[console]") {
  Hmc hmc;
  Wizard wizard(Operation::migrate, {"mobile", "a", true, {"b", "c"}}, through(hmc));
  CHECK(wizard.page() == Page::information);
  wizard.next();
  wizard.profile_name = "new one";
  wizard.next();
  CHECK(wizard.page() == Page::destination);
  wizard.next();
  CHECK(wizard.page() == Page::validation);
  wizard.update();
  CHECK(wizard.may_go_on());
  wizard.next();
  REQUIRE(wizard.page() == Page::movers);
  REQUIRE(wizard.movers.options.size() == 2);
  wizard.movers.chosen = 1;
  wizard.next();
  wizard.next();
  REQUIRE(wizard.page() == Page::scsi);
  REQUIRE(wizard.scsi.size() == 2);
  CHECK(wizard.scsi[1].text() == "5/w2/2");
  wizard.next();
  CHECK_THAT(wizard.pool.text(), Catch::Contains("7.0"));
  REQUIRE(wizard.pool.options.size() == 2);
  CHECK_FALSE(wizard.command().find("shared_proc_pool_name") != std::string::npos);
  wizard.pool.chosen = 1;
  CHECK(wizard.command().find("shared_proc_pool_name=Web") != std::string::npos);
  wizard.pool.chosen = 0;
  wizard.next();
  wizard.wait_minutes = "soon";
  CHECK_FALSE(wizard.may_go_on());
  wizard.wait_minutes = "9";
  wizard.next();
  REQUIRE(wizard.finishing());
  CHECK(wizard.command() ==
        "migrlpar -o m -m a -t b -p mobile -n \"new one\" -w 9 -i "
        "\"source_msp_name=v1,dest_msp_name=w2,\\\"virtual_scsi_mappings=4/w1/1,5/w2/2\\\",vlan_mappings=1/w1/1\"");
  wizard.next();
  CHECK(hmc.asked.back() == wizard.command());
  CHECK_FALSE(wizard.may_go_back());
}

TEST_CASE("a destination of another console is reached through that console", "[console]") {
  Hmc hmc;
  Wizard wizard(Operation::migrate, {"mobile", "a", true, {"b", "c"}, {{"c", "hmc2"}}}, through(hmc));
  wizard.next();
  wizard.next();
  wizard.destination.chosen = 1;
  CHECK(wizard.command() == "migrlpar -o m -m a -t c -p mobile --ip hmc2");
  wizard.next();
  for (const std::string& line : hmc.asked) CHECK_THAT(line, Catch::EndsWith("--ip hmc2"));
  wizard.destination.chosen = 0;
  CHECK(wizard.command() == "migrlpar -o m -m a -t b -p mobile");
}

TEST_CASE("the window offers the faults of the table, and takes back what is in force", "[console][faults]") {
  NamedLab lab;
  lab.lab.name = "x";
  lab.lab.frames.resize(2);
  lab.lab.frames[0].name = "a";
  lab.lab.frames[1].name = "b";
  FaultInForce cut{"b", {}};
  cut.fault.number = 7;
  cut.fault.what = "cut-mover-link";
  const auto all = faults_of(lab, {cut});
  for (const FaultKind& kind : fault_kinds()) {
    if (kind.shown.empty()) continue;
    const auto count = std::ranges::count(all, kind.shown, &FaultEntry::name);
    CHECK(count == (kind.of == FaultOf::frame ? 2 : 1));
  }
  CHECK(all.back().group == "In force");
  CHECK(all.back().name == "b 7 cut-mover-link");
  CHECK(all.back().number == 7);
  // Several consoles have a group each.
  lab.lab.consoles.resize(2);
  lab.lab.consoles[0].name = "hmc1";
  lab.lab.consoles[1].name = "hmc2";
  const auto more = faults_of(lab, {});
  CHECK(std::ranges::count(more, "hmc1", &FaultEntry::group) > 3);
  CHECK(std::ranges::count(more, "hmc-hmc2", &FaultEntry::target) == std::ranges::count(more, "hmc2", &FaultEntry::group));
}

TEST_CASE("with errors the wizard goes no further", "[console]") {
  Hmc hmc;
  hmc.validation = 1;
  Wizard refused(Operation::migrate, {"mobile", "a", false, {"b"}}, through(hmc));
  for (int i = 0; i < 6; ++i) refused.next();
  CHECK(refused.page() == Page::validation);
  CHECK(refused.has_errors());
  REQUIRE(refused.findings().size() == 1);
  CHECK(refused.findings()[0].error);
  CHECK(refused.findings()[0].code() == "HSCL1");
  Wizard stop(Operation::stop, {"mobile", "a", true, {"b"}}, through(hmc));
  CHECK(stop.command() == "migrlpar -o s -m a -p mobile");
  Wizard recover(Operation::recover, {"mobile", "a", true, {"b"}}, through(hmc));
  recover.force = true;
  CHECK(recover.command() == "migrlpar -o r -m a -p mobile --force");
}

TEST_CASE("the validation window migrates as soon as what is set up was verified without errors", "[console]") {
  Hmc hmc;
  hmc.validation = 1;
  Wizard window(Operation::validate, {"mobile", "a", true, {"b", "c"}}, through(hmc));
  CHECK(window.page() == Page::set_up);
  CHECK_FALSE(window.may_migrate());
  window.next();
  window.update();
  CHECK(window.page() == Page::validation);
  CHECK(window.has_errors());
  window.next();
  REQUIRE(window.page() == Page::set_up);  // figure 4-13
  CHECK_FALSE(window.may_migrate());
  hmc.validation = 0;
  window.next();
  window.update();
  window.next();
  CHECK(window.may_migrate());
  // Movers and adapters can be chosen now, and are told from then on.
  window.movers.chosen = 1;
  CHECK(window.may_migrate());
  window.next();
  CHECK(hmc.asked.back() ==
        "migrlpar -o v -m a -t b -p mobile -i "
        "\"source_msp_name=v1,dest_msp_name=w2,\\\"virtual_scsi_mappings=4/w1/1,5/w2/2\\\",vlan_mappings=1/w1/1\"");
  window.next();
  window.profile_name = "other";
  CHECK_FALSE(window.may_migrate());  // that was not verified
  window.profile_name.clear();
  window.migrate();
  CHECK(window.page() == Page::status);
  CHECK_THAT(hmc.asked.back(), Catch::StartsWith("migrlpar -o m -m a -t b -p mobile -i"));
}

TEST_CASE("the validation window of a partition that is off asks for no movers and no wait time", "[console]") {
  Hmc hmc;
  const auto has = [](Wizard& window, std::string_view label) {
    const auto lines = window.set_up();
    return std::ranges::find(lines, label, &FormLine::label) != lines.end();
  };
  Wizard active(Operation::validate, {"mobile", "a", true, {"b"}}, through(hmc));
  CHECK(has(active, "Wait time (in min)"));
  CHECK(has(active, "Source mover service partition"));
  Wizard inactive(Operation::validate, {"mobile", "a", false, {"b"}}, through(hmc));
  CHECK_FALSE(has(inactive, "Wait time (in min)"));
  CHECK_FALSE(has(inactive, "Source mover service partition"));
  inactive.next();
  inactive.update();
  CHECK_FALSE(has(inactive, "MSP Pairing"));
  CHECK(has(inactive, "Virtual SCSI, slot 4"));
}

TEST_CASE("keys change a line of a form, and go on to the next one that can be changed", "[console]") {
  std::string name;
  bool flag = false;
  Choice one{"", {"a", "b", "c"}}, only{"", {"x"}};
  const std::vector<FormLine> lines{{"System", "a"},
                                    {"Name", {}, &name},
                                    {"Only", {}, nullptr, nullptr, &only},
                                    {"Flag", {}, nullptr, &flag},
                                    {"Choice", {}, nullptr, nullptr, &one}};
  CHECK(next_line(lines, 4, true) == 1);
  CHECK(next_line(lines, 1, true) == 3);
  CHECK(next_line(lines, 1, false) == 4);
  CHECK(next_line({{"System", "a"}}, 0, true) == 0);
  CHECK(change(lines[3], "Space"));
  CHECK(flag);
  CHECK(change(lines[4], "Left"));
  CHECK(one.text() == "c");
  CHECK(change(lines[4], "Right"));
  CHECK(one.text() == "a");
  CHECK_FALSE(change(lines[1], "Space"));
  CHECK_FALSE(change(lines[4], "Z"));
}

TEST_CASE("a window is not larger than its display, unless somebody wants it so", "[console]") {
  const Extent usual{1600, 1000, false};
  const auto on = [&](int width, int height) { return fitting(usual, width, height); };
  CHECK(on(1920, 1080).width == 1600);
  CHECK(on(1920, 1080).height == 1000);
  CHECK(on(1440, 900).width == 1440);
  CHECK(on(1440, 900).height == 868);  // its title stands above it
  CHECK(on(1600, 1000).height == 968);
  CHECK(on(640, 400).width == smallest.width);
  CHECK(on(640, 400).height == smallest.height);
  CHECK(fitting({1600, 1000, true}, 1440, 900).width == 1600);
  CHECK(scale_for(96) == 1);
  CHECK(scale_for(72) == 1);
  CHECK(scale_for(144) == 1.5F);
  CHECK(scale_for(163) == 1.75F);
  CHECK(scale_for(192) == 2);
}
