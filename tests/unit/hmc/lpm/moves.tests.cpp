// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <limits>
#include <map>
#include <thread>

#include "hmc/lpm/migrate.h"
#include "hmc/lpm/steps.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;
using service::Phase;
using service::Verdict;

namespace {

const std::string move_it = "migrlpar -o m -m cec1 -t cec2 -p mobile";
const std::string recover_it = "migrlpar -o r -m cec1 -p mobile";

// The source's stream is looked at before each request of a console.
Phase source_phase(World& world) {
  return world.one.streams.empty() ? Phase::none : world.one.streams.begin()->second.info.phase;
}

// An inactive partition.
void switch_off(World& world) {
  world.one.executing[3] = false;
  auto& lpar = world.one.lpars[3];
  lpar.state = emu::LparState::not_activated;
  lpar.has_resources = false;
}

}  // namespace

TEST_CASE("a running partition moves, and nothing is left behind", "[lpm]") {
  World world;
  const Answer answer = world.hmc(move_it);
  CHECK(answer.text == "");
  CHECK(answer.code == 0);
  CHECK(world.trouble() == "");
  CHECK(world.hosts(world.two));
  CHECK(world.guest.heard == std::vector<std::string>{"check", "prepare", "post"});

  SECTION("its definition came with it, with the migration profile in place of the last activated one") {
    const emu::LparDefinition& definition = world.lpar(world.two).definition;
    CHECK(definition.curr_profile() == "normal");
    CHECK(definition.profiles.size() == 2);
    const emu::Profile* migration = definition.profile("normal");
    REQUIRE(migration);
    CHECK(migration->adapters[3].remote_lpar_name == "S2_VIOS1");
    CHECK(migration->adapters[3].remote_slot == 30);
    CHECK(migration->adapters[4].remote_lpar_name == "S2_VIOS2");
    CHECK(definition.profile("small")->adapters[3].remote_lpar_name == "S1_VIOS1");  // copied as it is
  }
  SECTION("reference codes tell the story") {
    CHECK(codes(world.one, 3) == std::vector<std::string>{"2004", "D200A250", "C2001080"});
    CHECK(codes(world.two, 3) == std::vector<std::string>{"C2001040", "C2001082", "2004", "C20010FF", ""});
  }
  SECTION("and it can go back") {
    CHECK(world.hmc("migrlpar -o m -m cec2 -t cec1 -p mobile").text == "");
    CHECK(world.trouble() == "");
    CHECK(world.hosts(world.one));
  }
  SECTION("the console remembers it") {
    const auto moves = world.console->moves();
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].state == hmc::MoveState::completed);
    CHECK(moves[0].percent == 100);
    CHECK(moves[0].target_lpar_id == 3);
  }
}

TEST_CASE("a profile name of one's own keeps the others", "[lpm]") {
  World world;
  CHECK(world.hmc(move_it + " -n moved").code == 0);
  const emu::LparDefinition& definition = world.lpar(world.two).definition;
  CHECK(definition.curr_profile() == "moved");
  CHECK(definition.profiles.size() == 3);
  CHECK(definition.profile("normal")->adapters[3].remote_lpar_name == "S1_VIOS1");
}

TEST_CASE("a partition that is off moves without movers and without its operating system", "[lpm]") {
  World world;
  switch_off(world);
  world.one.nvram[3] = {1, 2, 3};
  const Answer answer = world.hmc(move_it);
  CHECK(answer.text == "");
  CHECK(world.trouble(false) == "");
  CHECK(world.hosts(world.two));
  CHECK(world.two.nvram[world.lpar(world.two).definition.lpar_id] == Bytes{1, 2, 3});
  CHECK(world.guest.heard.empty());
  CHECK(std::ranges::count(world.requests, "cec1 OpenStream") == 0);
  CHECK(codes(world.one, 3) == std::vector<std::string>{"C2001020"});
}

TEST_CASE("a partition that was never activated has nothing to migrate", "[lpm]") {
  World world;
  switch_off(world);
  world.one.lpars[3].definition.current.reset();
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("HSCLF206") != answer.text.npos);
  CHECK(world.requests.empty());
}

TEST_CASE("the operating system may refuse, at the check and at prepare", "[lpm]") {
  World world;
  SECTION("check") {
    world.guest.refuse = "check";
    const Answer answer = world.hmc(move_it);
    CHECK(answer.text.find("HSCLF30D The partition mobile refused the migration: ticker does not want to move") !=
          answer.text.npos);
    CHECK(world.requests.empty());
  }
  SECTION("prepare") {
    world.guest.refuse = "prepare";
    const Answer answer = world.hmc(move_it);
    CHECK(answer.code == 1);
    CHECK(answer.text.find("HSCLF30C") == 0);
    CHECK(answer.text.find("HSCLF303") != answer.text.npos);
    CHECK(world.guest.heard == std::vector<std::string>{"check", "prepare", "undo"});
    CHECK(codes(world.one, 3).back() == "");
    CHECK(std::ranges::count(codes(world.one, 3), "B2001130") == 1);
    CHECK(std::ranges::count(codes(world.one, 3), "D200AFFF") == 1);
  }
  CHECK(world.trouble() == "");
  CHECK(world.hosts(world.one));
}

TEST_CASE("a shell that its frame still makes is shown as the destination of a migration that starts", "[lpm]") {
  World world;
  std::string shown;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    const auto* create = std::get_if<service::CreateShell>(&request);
    if (!create || !shown.empty()) return;
    service::LparInfo& shell = frame.lpars[9];
    shell.definition = create->definition;
    shell.state = emu::LparState::not_available;
    shell.migration_stream = create->stream;
    shell.migration_target = true;
    shown = world.hmc("lslparmigr -r lpar -m cec2 --filter lpar_names=mobile").text;
    frame.lpars.erase(9);
  };
  CHECK(world.hmc(move_it).code == 0);
  for (const char* part : {"migration_state=Migration Starting", "source_sys_name=cec1", "source_lpar_id=3"}) {
    INFO(shown);
    CHECK(shown.find(part) != std::string::npos);
  }
}

TEST_CASE("what a rollback cannot undo is named, all of it, and a recovery can undo it later", "[lpm]") {
  World world;
  const bool adapter_stays = GENERATE(true, false);
  world.guest.refuse = "undo";
  world.instead = [&](Frame& frame, const service::Request& request) -> Result<hmc::Reply> {
    if (std::holds_alternative<service::BeginPasses>(request)) return Error{"HSCLA999", "It does not want to."};
    if (&frame == &world.two && std::holds_alternative<service::RemoveShell>(request))
      return Error{"HSCLA998", "The shell stays."};
    if (adapter_stays && std::holds_alternative<service::RemoveViosMapping>(request))
      return Error{"HSCLA997", "The adapter stays."};
    return Error{"", ""};
  };
  const Answer answer = world.hmc(move_it);
  INFO(answer.text);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("HSCLF304") != std::string::npos);
  const std::string named = adapter_stays
                                ? "The adapter stays. (map the virtual SCSI adapters) Not undone until then: create the "
                                  "partition shell on the destination."
                                : "The shell stays. (create the partition shell on the destination)";
  CHECK(answer.text.find(named) != std::string::npos);
  CHECK(answer.text.find("HSCLF313 The operating system of partition mobile was not told that its migration was undone: ") !=
        std::string::npos);
  // The shell's number still leads to the adapter that was made for it.
  world.instead = nullptr;
  world.guest.refuse.clear();
  CHECK(world.hmc("migrlpar -o r -m cec1 -p mobile").code == 0);
  CHECK(world.trouble() == "");
  CHECK(world.hosts(world.one));
}

TEST_CASE("a frame's refusal and what became of the migration are two lines, each with its code", "[lpm]") {
  World world;
  const std::string word = GENERATE("journal", "migration");
  world.instead = [&](Frame&, const service::Request& request) -> Result<hmc::Reply> {
    if (std::holds_alternative<service::BeginPasses>(request)) return Error{word, "It cannot."};
    return Error{"", ""};
  };
  const Answer answer = world.hmc(move_it);
  const std::string failed =
      "HSCLF303 The migration of partition mobile failed in the step \"transfer the memory\". All changes were rolled back.\n";
  if (word == "migration")
    CHECK(answer.text.ends_with("HSCLF01A The managed system did not carry the operation out: It cannot.\n" + failed));
  else
    CHECK(answer.text.ends_with(
        "HSCLF019 It cannot. Make room where the lab keeps its state, or see what twinframe recover --explain "
        "says, and retry the command.\n" +
        failed));
}

TEST_CASE("a mover whose VASI cannot handle a migration stops it with an error", "[lpm][rollback]") {
  World world;
  const bool on_source = GENERATE(true, false);
  const bool in_passes = GENERATE(true, false);
  Frame& frame = on_source ? world.one : world.two;
  world.instead = [&](Frame& asked, const service::Request& request) -> Result<hmc::Reply> {
    if (&asked != &frame) return Error{"", ""};
    if (!in_passes && std::holds_alternative<service::OpenStream>(request))
      return Error{"vasi", "The hypervisor does not open stream 0x1 for the mover: status 0x1."};
    if (in_passes && std::holds_alternative<service::QueryStream>(request) && source_phase(world) == Phase::passes) {
      frame.streams.begin()->second.info.phase = Phase::aborted;
      frame.streams.begin()->second.info.error_text = "The mover service partition has closed the stream.";
    }
    return Error{"", ""};
  };
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.starts_with("HSCLF30E The mover service partition on the managed system " + frame.link + " reports: The "));
  CHECK(answer.text.find("HSCLF303") != std::string::npos);
  CHECK(world.hosts(world.one));
  CHECK(world.trouble() == "");
}

TEST_CASE("an operating system that takes its time is waited for", "[lpm]") {
  World world;
  world.guest.busy = "prepare";
  CHECK(world.hmc(move_it).code == 0);
  CHECK(world.hosts(world.two));
}

TEST_CASE("without a network there is no RMC, and no active migration", "[lpm]") {
  World world;
  world.guest.network = false;
  const Answer answer = world.hmc(move_it);
  CHECK(answer.code == 1);
  CHECK(answer.text.find("HSCLA246 The management console cannot communicate with partition mobile.") != answer.text.npos);
}

TEST_CASE("a Virtual I/O Server that has never answered at its address is not connected", "[lpm][rmc]") {
  World world;
  world.guest.silent = {world.one.lpars[1].definition.ip_address};
  world.start_console(World::JournalFile::kept);
  const std::string states = "lssyscfg -r lpar -m cec1 -F name,rmc_state";
  const std::string validate_it = "migrlpar -o v -m cec1 -t cec2 -p mobile";
  const Answer refused = world.hmc(validate_it);
  CHECK(refused.code == 1);
  CHECK(refused.text.find("S1_VIOS1") != std::string::npos);
  CHECK(world.hmc(states).text.find("S1_VIOS1,none\nS1_VIOS2,active\n") == 0);
  world.guest.silent.clear();
  world.console->heartbeat();
  CHECK(world.hmc(states).text.find("S1_VIOS1,active\n") == 0);
  CHECK(world.hmc(validate_it).code == 0);
}

TEST_CASE("a migration can be stopped until the partition is suspended", "[lpm]") {
  World world;
  Answer stop{-1, ""};
  Phase when = GENERATE(Phase::passes, Phase::suspended);
  world.hold_passes = 10;
  std::thread stopper;
  bool asked = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (asked || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) < when) return;
    asked = true;
    stopper = std::thread([&] { stop = world.hmc("migrlpar -o s -m cec1 -p mobile"); });
  };
  const Answer moved = world.hmc(move_it);
  REQUIRE(stopper.joinable());
  stopper.join();
  world.on_request = nullptr;
  CHECK(world.trouble() == "");
  // The stopper runs beside the migration, and may be late.
  if (stop.code == 0) {
    CHECK(when == Phase::passes);
    CHECK(moved.text.find("HSCLF302") == 0);
    CHECK(world.hosts(world.one));
  } else {
    CHECK((stop.text.find("HSCLF301") == 0 || stop.text.find("HSCLF300") == 0 || stop.text.find("HSCL8012") == 0));
    CHECK(world.hosts(world.two));
  }
}

TEST_CASE("there is nothing to stop or to recover of a partition that does not migrate", "[lpm]") {
  World world;
  CHECK(world.hmc("migrlpar -o s -m cec1 -p mobile").text ==
        "HSCLF300 The partition mobile does not take part in a migration.\n");
  CHECK(world.hmc(recover_it).text == "HSCLF300 The partition mobile does not take part in a migration.\n");
}

TEST_CASE("another session sees the migration while it goes on", "[lpm]") {
  World world;
  std::string seen_source;
  std::string seen_target;
  std::string seen_bytes;
  std::string seen_state;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (!seen_state.empty() || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) != Phase::passes)
      return;
    seen_state = "asked";
    seen_source = world.hmc("lslparmigr -r lpar -m cec1 --filter lpar_names=mobile").text;
    seen_bytes = world.hmc("lslparmigr -r lpar -m cec1 --filter lpar_names=mobile -F bytes_transmitted,bytes_remaining").text;
    seen_target = world.hmc("lslparmigr -r lpar -m cec2 --filter lpar_names=mobile").text;
    seen_state = world.hmc("lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F state").text;
  };
  CHECK(world.hmc(move_it).code == 0);
  CHECK(seen_state == "Migrating - Running\n");
  CHECK(seen_source.find(
            "name=mobile,lpar_id=3,migration_state=Migration Starting,migration_type=active,dest_sys_name=cec2,dest_lpar_id=3,"
            "source_msp_name=S1_VIOS1,source_msp_id=1,dest_msp_name=S2_VIOS1,dest_msp_id=1\n") == 0);
  CHECK(seen_bytes == "0,0\n");
  CHECK(seen_target.find("source_sys_name=cec1,source_lpar_id=3") != seen_target.npos);
}

TEST_CASE("whatever fails at whatever request, recovery leads to one owner", "[lpm][recovery]") {
  const bool active = GENERATE(true, false);
  const Fault fault = GENERATE(Fault::refuse, Fault::frame_dies_before, Fault::frame_dies_after, Fault::console_dies_before,
                               Fault::console_dies_after);
  const auto journal = GENERATE(World::JournalFile::kept, World::JournalFile::lost);
  const bool console_dies = fault == Fault::console_dies_before || fault == Fault::console_dies_after;
  if (journal == World::JournalFile::lost && !console_dies) return;
  u32 total = 0;
  {
    World world;
    if (!active) switch_off(world);
    REQUIRE(world.hmc(move_it).code == 0);
    total = static_cast<u32>(world.requests.size());
  }
  REQUIRE(total > 10);
  for (u32 at = 1; at <= total; ++at) {
    World world;
    if (!active) switch_off(world);
    world.fault = fault;
    world.fault_at = at;
    const Answer moved = world.hmc(move_it);
    const std::string request = world.requests[at - 1];
    const bool frame_died = world.one.dead || world.two.dead;
    world.fault_at = 0;
    for (Frame* frame : {&world.one, &world.two})
      if (frame->dead) world.restart(*frame);
    if (console_dies) world.start_console(journal);
    Answer recovered{-1, ""};
    const bool running = active && !frame_died;
    const std::string before = world.trouble(running);
    if (!before.empty()) recovered = world.hmc(recover_it);
    INFO("active " << active << ", fault " << static_cast<int>(fault) << " at " << request << " (" << at
                   << ")\nmove: " << moved.code << " " << moved.text << "before: " << before << "\nrecovery: " << recovered.code
                   << " " << recovered.text);
    CHECK(world.trouble(running) == "");
    if (recovered.code != -1) CHECK(recovered.code == 0);
    const bool marked = at > 3;  // the third request is MarkMigrating
    if (moved.code == 0 || !marked || !world.hosts(world.one)) continue;
    // It stays: the source has shown that the migration was stopped, and then the partition's own code. (Redbook, table B-1)
    const std::vector<std::string> shown = codes(world.one, 3);
    CHECK(std::ranges::count(shown, "D200AFFF") >= 1);
    CHECK((!shown.empty() && shown.back() == (world.lpar(world.one).state == emu::LparState::running ? "" : "00000000")));
  }
}

TEST_CASE("a frame that dies in any phase of the transfer leaves one owner", "[lpm][recovery]") {
  const Phase phase =
      GENERATE(Phase::passes, Phase::suspending, Phase::suspended, Phase::verifying, Phase::handed_over, Phase::resumed);
  const bool source_dies = GENERATE(true, false);
  const bool restarted = GENERATE(true, false);
  World world;
  world.memory_held = GENERATE(true, false);
  Frame& victim = source_dies ? world.one : world.two;
  bool done = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (done || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) != phase) return;
    done = true;
    world.kill(victim);
  };
  const Answer moved = world.hmc(move_it);
  REQUIRE(done);
  world.on_request = nullptr;
  INFO("phase " << static_cast<int>(phase) << ", source dies " << source_dies << "\nmove: " << moved.text);
  CHECK(moved.code == 1);
  if (!source_dies && phase < Phase::resumed) {
    // It goes on on the source, and shows that its migration was stopped, and then its own code.
    CHECK(std::ranges::count(codes(world.one, 3), "D200AFFF") == 1);
    CHECK(codes(world.one, 3).back() == "");
  }
  if (restarted) world.restart(victim);
  const Answer recovered = world.hmc(recover_it);
  INFO("recovery: " << recovered.code << " " << recovered.text);
  if (restarted) {
    // The target's rollback may have been complete already.
    if (recovered.code != 0) CHECK(recovered.text.find("HSCLF300") == 0);
    CHECK(world.trouble(source_dies && phase >= Phase::resumed && world.memory_held) == "");
    return;
  }
  const bool started = phase >= Phase::resumed;
  if (source_dies && !started) {
    // The partition is the source's; it stays there, unless somebody takes the responsibility.
    CHECK(recovered.text.find("HSCLF307") == 0);
    CHECK(world.hmc(recover_it + " --force").code == 0);
    CHECK_FALSE(world.hosts(world.two));
  } else if (source_dies) {
    CHECK(recovered.code == 0);
    CHECK((recovered.text.find("HSCLF310") == std::string::npos) == world.memory_held);
    CHECK(world.lpar(world.two).state == (world.memory_held ? emu::LparState::running : emu::LparState::not_activated));
    CHECK(world.lpar(world.two).migration_stream == 0);
  } else if (started) {
    CHECK(recovered.text.find("HSCLF308") == 0);
    CHECK(world.hosts(world.one));
  } else {
    CHECK(world.one.executing[3]);
    CHECK(world.lpar(world.one).migration_stream == 0);
    // When the other one is back, its part is cleaned up.
    world.restart(victim);
    CHECK(world.hmc(recover_it).code == 0);
    CHECK(world.trouble() == "");
  }
}

TEST_CASE("a recovery takes nothing from a partition that goes on without its source", "[lpm][recovery]") {
  World world;
  world.hold_pages = 1'000'000;
  bool dead = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (dead || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) != Phase::resumed) return;
    dead = true;
    world.kill(world.one);
  };
  CHECK(world.hmc(move_it).code == 1);
  REQUIRE(dead);
  world.restart(world.one);
  service::StreamInfo& target = world.two.streams.begin()->second.info;
  REQUIRE(target.phase == Phase::resumed);
  bool asked = false;

  SECTION("that was started the moment before") {
    target.phase = Phase::verifying;
    world.on_request = [&](Frame& frame, const service::Request& request) {
      if (&frame != &world.two || name_of(request) != "QueryStream") return;
      target.phase = asked ? Phase::completed : Phase::resumed;
      asked = true;
    };
  }
  SECTION("when the source dies once more meanwhile") {
    world.on_request = [&](Frame& frame, const service::Request& request) {
      if (&frame != &world.two || name_of(request) != "QueryStream" || asked) return;
      asked = true;
      world.kill(world.one);
    };
    const Answer silent = world.hmc(recover_it);
    CHECK(silent.code == 1);
    CHECK(silent.text.find("HSCLF014") == 0);
    CHECK(world.lpar(world.two).state == emu::LparState::running);
    world.restart(world.one);
    world.hold_pages = 0;
  }
  SECTION("when the destination does not answer for a while") {
    world.instead = [&](Frame& frame, const service::Request& request) -> Result<hmc::Reply> {
      asked = asked || (&frame == &world.two && name_of(request) == "QueryStream");
      return Error{asked && &frame == &world.two && name_of(request) == "QueryStream" ? "timeout" : "", ""};
    };
    CHECK(world.hmc(recover_it).code == 1);
    CHECK(world.lpar(world.two).state == emu::LparState::running);
    world.instead = nullptr;
    world.hold_pages = 0;
  }
  const Answer recovered = world.hmc(recover_it);
  CHECK(asked);
  CHECK(recovered.text == "");
  CHECK(recovered.code == 0);
  CHECK(world.trouble() == "");
}

TEST_CASE("a destination that is started again during the move or its recovery does not keep them waiting", "[lpm][recovery]") {
  const bool recovering = GENERATE(false, true);
  World world;
  bool dead = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (dead || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) != Phase::resumed) return;
    dead = true;
    world.kill(recovering ? world.one : world.two);
    if (!recovering) world.restart(world.two);
  };
  const Answer moved = world.hmc(move_it);
  REQUIRE(dead);
  CHECK(moved.code == 1);
  world.on_request = nullptr;
  bool again = false;
  if (recovering) {
    world.restart(world.one);
    world.hold_pages = 1'000'000;
    world.on_request = [&](Frame& frame, const service::Request& request) {
      if (again || &frame != &world.two || name_of(request) != "QueryStream") return;
      again = true;
      world.kill(world.two);
      world.restart(world.two);
    };
  }
  const u64 began = world.clock.monotonic();
  const Answer recovered = world.hmc(recover_it);
  INFO(moved.text << recovered.text);
  CHECK(recovered.code == 0);
  CHECK(recovered.text.find("HSCLF310") == 0);
  CHECK(world.clock.monotonic() - began < 60 * emu::nanoseconds_per_second);
  CHECK(world.trouble(false) == "");
}

TEST_CASE("what a migration left behind is recovered before the next, and recovery after that touches nothing", "[recovery]") {
  World world;
  bool full = true;
  // The destination's disk is full.
  world.instead = [&](Frame& frame, const service::Request& request) -> Result<hmc::Reply> {
    if (!full) return Error{"", ""};
    if (std::holds_alternative<service::BeginPasses>(request)) return Error{"mover", "There is no room."};
    if (&frame == &world.two && std::holds_alternative<service::RemoveViosMapping>(request))
      return Error{"vios", "0514-001 System error: The disk is full."};
    return Error{"", ""};
  };
  const Answer failed = world.hmc(move_it);
  CHECK(failed.text.find("HSCLF304") != std::string::npos);
  CHECK(world.hosts(world.one));
  full = false;
  CHECK(world.hmc(move_it).code == 1);
  CHECK(world.hmc(recover_it).code == 0);
  const Answer moved = world.hmc(move_it);
  CHECK(moved.code == 0);
  REQUIRE(world.hosts(world.two));
  const std::string system = GENERATE("cec1", "cec2");
  const Answer recovered = world.hmc("migrlpar -o r -m " + system + " -p mobile");
  INFO(recovered.text);
  CHECK(recovered.code == 1);
  CHECK(world.hosts(world.two));
  CHECK(world.trouble() == "");
}

TEST_CASE("recovery does not wait for an answer of a partition that is off", "[recovery]") {
  const Phase phase = GENERATE(Phase::passes, Phase::resumed);
  World world;
  bool done = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (done || &frame != &world.one || name_of(request) != "QueryStream" || source_phase(world) != phase) return;
    done = true;
    world.kill(world.one);
    world.kill(world.two);
  };
  (void)world.hmc(move_it);
  REQUIRE(done);
  world.on_request = nullptr;
  world.restart(world.one);
  world.restart(world.two);
  const u64 began = world.clock.monotonic();
  const Answer recovered = world.hmc(recover_it);
  INFO(recovered.text);
  CHECK(recovered.code == 0);
  CHECK(world.trouble(false) == "");
  CHECK(world.clock.monotonic() - began < 3 * emu::nanoseconds_per_second);
}

TEST_CASE("the witness decides, whatever both journals say", "[recovery]") {
  using hmc::Course;
  using service::Fate;
  const auto side = [](int i, Fate fate) {
    return i == 0 ? std::nullopt
                  : std::optional(service::StreamVerdict{static_cast<Verdict>(i), 3, {}, "", true, Phase::none, fate});
  };
  const auto forgot = [](int i) { return i == static_cast<int>(Verdict::unknown) || i == static_cast<int>(Verdict::finished); };
  for (const Fate fate : {Fate::none, Fate::source, Fate::handed_over, Fate::started}) {
    for (int s = 0; s <= static_cast<int>(Verdict::finished); ++s) {
      for (int t = 0; t <= static_cast<int>(Verdict::finished); ++t) {
        for (const bool force : {true, false}) {
          const Course course = hmc::decide(side(s, fate), side(t, fate), force);
          INFO("fate " << static_cast<int>(fate) << " source " << s << " target " << t << " force " << force);
          // The partition is finished where it was started, and nowhere else; and only where it was not, it goes back.
          if (course == Course::complete || course == Course::wait_for_target) CHECK(fate == Fate::started);
          if (course == Course::roll_back) CHECK((fate == Fate::source || fate == Fate::handed_over));
          CHECK((course == Course::clean_up) == (fate == Fate::none && (s || t) && !(forgot(s) && forgot(t))));
          CHECK((course == Course::nothing) == (forgot(s) && forgot(t)));
          // Who must do something, must be there; only somebody's responsibility makes up for it.
          if (course == Course::complete) CHECK(t != 0);
          if (course == Course::roll_back && !force) CHECK(s != 0);
        }
      }
    }
  }
}

TEST_CASE("every step up to the start can be undone or changes nothing", "[lpm]") {
  for (u32 row = 0; row < hmc::steps().size(); ++row) {
    const hmc::Step& step = hmc::steps()[row];
    INFO(step.name);
    CHECK((row >= hmc::first_row_after_start() || step.undo || step.number == 8 || step.number == 9));
    CHECK(step.number >= (row ? hmc::steps()[row - 1].number : 2));
  }
}

TEST_CASE("two commands for one partition: one has it for itself, the other is told so and harms nothing", "[lpm]") {
  World world;
  const std::string validate_it = "migrlpar -o v -m cec1 -t cec2 -p mobile";
  const std::string change_it = R"(chsyscfg -r lpar -m cec1 -i "name=mobile,new_name=other")";
  // In the middle of the first: its guest was asked, and it is about to be done.
  const auto meanwhile = [&](const std::string& first, const std::string& second) {
    Answer other;
    bool asked = false;
    world.on_request = [&](Frame& frame, const service::Request& request) {
      if (asked || &frame != &world.two || !std::holds_alternative<service::DescribeVios>(request)) return;
      asked = true;
      // A frame serves others while it serves one: what it has locked meanwhile is nobody's business.
      world.mutex.unlock();
      other = world.hmc(second);
      world.mutex.lock();
    };
    const Answer answer = world.hmc(first);
    world.on_request = nullptr;
    CHECK(asked);
    CHECK(other.code == 1);
    CHECK(other.text.starts_with("HSCL3205 The partition named mobile is busy with another operation."));
    return answer;
  };
  SECTION("a validation and a move") {
    CHECK(meanwhile(validate_it, move_it).code == 0);
    CHECK(world.hosts(world.one));
    CHECK(world.guest.heard == std::vector<std::string>{"check"});
  }
  SECTION("a move and a validation") {
    CHECK(meanwhile(move_it, validate_it).code == 0);
    CHECK(world.trouble() == "");
    CHECK(world.guest.heard == std::vector<std::string>{"check", "prepare", "post"});
  }
  SECTION("two validations") { CHECK(meanwhile(validate_it, "migrlpar -o v -m cec1 -t cec2 --id 3").code == 0); }
  SECTION("a move, and a change of what moves") {
    CHECK(meanwhile(move_it, change_it).code == 0);
    CHECK(world.hosts(world.two));
    CHECK(world.trouble() == "");
  }
  SECTION("afterwards nobody has it") { CHECK(world.hmc(validate_it).code == 0); }
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile").text.find("HSCL3205") == std::string::npos);
}

TEST_CASE("one command that names a partition twice moves it once", "[lpm]") {
  World world;
  const Answer answer = world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile,mobile");
  CHECK(answer.code == 1);
  CHECK(world.hosts(world.two));
  CHECK(world.trouble() == "");
  CHECK(world.guest.heard == std::vector<std::string>{"check", "prepare", "post"});
}

TEST_CASE("who has a partition for itself excludes everybody else, and commands take turns", "[lpm]") {
  hmc::Claims claims;
  using Kind = hmc::Claims::Kind;
  const auto take = [&](Kind kind) { return claims.take("uuid", "mobile", kind); };
  {
    auto first = take(Kind::in_turn);
    CHECK(first);
    CHECK(take(Kind::alone).error().code == "HSCL3205");
    CHECK(claims.take("another", "other", Kind::alone));
    std::atomic<bool> tries{false}, had_it{false};
    std::thread second([&] {
      tries = true;
      had_it = static_cast<bool>(take(Kind::in_turn));
    });
    while (!tries.load()) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    CHECK_FALSE(had_it.load());
    *first = {};
    second.join();
    CHECK(had_it.load());
  }
  {
    const auto alone = take(Kind::alone);
    CHECK(alone);
    CHECK(take(Kind::alone).error().code == "HSCL3205");
    CHECK(take(Kind::in_turn).error().code == "HSCL3205");
  }
  CHECK(take(Kind::alone));
}

TEST_CASE("the same partition is not moved twice at a time", "[lpm]") {
  const auto journal = std::move(*hmc::Journal::open(":memory:"));
  const emu::HostClock clock;
  hmc::ChangeLog changes(*journal, clock);
  hmc::Moves moves(changes);
  hmc::Plan plan;
  plan.source_system = "cec1";
  plan.target_system = "cec2";
  plan.source_lpar_id = 3;
  plan.stream = 1;
  CHECK(moves.begin(plan, 0));
  plan.stream = 2;
  CHECK(moves.begin(plan, 0).error().code == "HSCL3205");
  moves.end(1, hmc::MoveState::completed, nullptr, 1);
  CHECK(moves.begin(plan, 0));
}

TEST_CASE("a mover is counted from when it is chosen until its move has ended", "[lpm]") {
  const auto journal = std::move(*hmc::Journal::open(":memory:"));
  const emu::HostClock clock;
  hmc::ChangeLog changes(*journal, clock);
  hmc::Moves moves(changes);
  std::vector<hmc::Moves::Seats> seats;
  // Two movers of four places each: whoever chooses takes the least busy one.
  const auto sit = [&](u64 stream) {
    bool room = false;
    seats.push_back(moves.take_seats(stream, [&](const hmc::Moves::Load& load) {
      const u32 msp = load("cec1", 1) <= load("cec1", 2) ? 1 : 2;
      room = load("cec1", msp) < 4;
      return room ? std::optional(hmc::Moves::Movers{"cec1", msp, "cec2", 3 - msp}) : std::nullopt;
    }));
    return room;
  };
  for (u64 stream = 1; stream <= 8; ++stream) CHECK(sit(stream));
  CHECK_FALSE(sit(9));
  seats.erase(seats.begin() + 3);
  CHECK(sit(10));
  CHECK_FALSE(sit(11));
}

TEST_CASE("a move whose movers are full is refused, or waits for one if it is asked to", "[lpm]") {
  World world;
  for (u32 id : {1u, 2u}) world.two.vioses[id].active_migrations = 4;
  u32 asked = 0;
  world.on_request = [&](Frame&, const service::Request& request) {
    if (std::holds_alternative<service::DescribeVios>(request)) ++asked;
    if (asked == 20) world.two.vioses[2].active_migrations = 3;
  };
  SECTION("refused") {
    const Answer refused = world.hmc(move_it);
    CHECK(refused.code == 1);
    CHECK(refused.text.find("HSCLF311") != std::string::npos);
    CHECK(world.hosts(world.one));
  }
  SECTION("waits") {
    const Answer moved = world.hmc(move_it + " -w 1");
    CHECK(moved.text == "");
    CHECK(asked >= 20);
    CHECK(world.hosts(world.two));
  }
  SECTION("waits in vain") {
    world.on_request = nullptr;
    CHECK(world.hmc(move_it + " -w 1").text.find("HSCLF311") != std::string::npos);
  }
}

TEST_CASE("eight migrations at once take four places of each mover, and a ninth finds none or waits for one", "[lpm]") {
  World world;
  const auto name = [](u32 i) { return "client" + std::to_string(i); };
  for (u32 i = 0; i < 9; ++i) {
    service::LparInfo lpar = world.lpar(world.one);
    lpar.definition.lpar_id = 10 + i;
    lpar.definition.name = name(i);
    lpar.definition.uuid = "4D0B11E0-0000-0000-0000-00000000001" + std::to_string(i);
    emu::Profile& profile = lpar.definition.profiles[0];
    std::erase_if(profile.adapters, [](const auto& adapter) { return adapter.kind == emu::AdapterKind::scsi_client; });
    for (auto& adapter : profile.adapters)
      if (adapter.kind == emu::AdapterKind::ethernet) adapter.mac_addr = "0A00000001" + std::to_string(10 + i);
    lpar.definition.profiles.resize(1);
    lpar.adapters = profile.adapters;
    world.one.lpars[10 + i] = lpar;
    world.one.executing[10 + i] = true;
  }
  const auto move = [&](u32 i) { return world.hmc("migrlpar -o m -m cec1 -t cec2 -w 60 -p " + name(i)); };
  std::map<std::pair<std::string, u32>, u32> opened;  // of each mover
  u32 sources = 0;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    const auto* open = std::get_if<service::OpenStream>(&request);
    if (!open) return;
    ++opened[{frame.link, open->msp_id}];
    sources += open->role == service::Role::source;
  };
  const auto until_open = [&](u32 count) {
    for (;;) {
      const std::lock_guard lock(world.mutex);
      if (sources >= count) return;
      std::this_thread::yield();
    }
  };
  world.hold_passes = std::numeric_limits<int>::max();
  std::vector<Answer> answers(9);
  std::vector<std::thread> threads;
  for (u32 i = 0; i < 8; ++i) threads.emplace_back([&, i] { answers[i] = move(i); });
  until_open(8);
  {
    const std::lock_guard lock(world.mutex);
    for (const char* frame : {"cec1", "cec2"})
      for (const u32 msp : {1u, 2u}) CHECK(opened[{frame, msp}] == 4);
  }
  SECTION("refused") {
    const Answer refused = world.hmc("migrlpar -o m -m cec1 -t cec2 -p " + name(8));
    CHECK(refused.code == 1);
    CHECK(refused.text.find("HSCLF311 The mover service partition S") != std::string::npos);
    CHECK(refused.text.find(" takes part in 4 migrations already, which is its maximum.") != std::string::npos);
  }
  SECTION("waits") {
    threads.emplace_back([&] { answers[8] = move(8); });
  }
  {
    const std::lock_guard lock(world.mutex);
    CHECK(sources == 8);
    world.hold_passes = 0;
  }
  for (auto& thread : threads) thread.join();
  for (const Answer& answer : answers) {
    CHECK(answer.text == "");
    CHECK(answer.code == 0);
  }
  for (u32 i = 0; i < 8; ++i) CHECK(world.hosts(world.two, name(i)));
}

TEST_CASE("a plan comes back from the journal as it was", "[journal]") {
  hmc::Plan plan;
  plan.stream = 77;
  plan.lpar_name = "mobile";
  plan.scsi.push_back({4, 1, 2, "S2_VIOS2", 31, {{"vtscsi0", 1, "hdisk1", "UDID"}}});
  plan.definition.name = "mobile";
  plan.wait = 5;
  const auto back = emu::from_bytes<hmc::Plan>(emu::to_bytes(plan));
  REQUIRE(back);
  CHECK(back->scsi == plan.scsi);
  CHECK(emu::to_bytes(*back) == emu::to_bytes(plan));
  auto journal = hmc::Journal::open(":memory:");
  REQUIRE(journal);
  CHECK((*journal)->put({77, emu::to_bytes(plan), 3, hmc::Direction::forward}));
  CHECK((*journal)->put({77, emu::to_bytes(plan), 4, hmc::Direction::undo}));
  REQUIRE((*journal)->moves().size() == 1);
  CHECK((*journal)->moves()[0].row == 4);
  CHECK((*journal)->put_end(77, {0, 1, emu::ChangeKind::move, "cec1", 3, "mobile", "to cec2: completed"}));
  CHECK((*journal)->moves().empty());
  CHECK((*journal)->changes_after(0).last == 1);
}

TEST_CASE("a recovery that is overtaken by the destination completes the migration instead", "[lpm][recovery]") {
  World world;
  // The console dies in the passes; when the next one takes the partition back, the destination has just started it.
  world.fault = Fault::console_dies_after;
  world.on_request = [&](Frame&, const service::Request& request) {
    if (name_of(request) == "BeginPasses") world.fault_at = static_cast<u32>(world.requests.size() + 1);
  };
  (void)world.hmc(move_it);
  world.fault_at = 0;
  world.on_request = nullptr;
  world.start_console(World::JournalFile::kept);
  bool overtaken = false;
  world.instead = [&](Frame& frame, const service::Request& request) -> Result<hmc::Reply> {
    if (overtaken || &frame != &world.one) return Error{"", ""};
    if (name_of(request) == "StopStream") return hmc::Reply(service::Empty{});  // too late
    if (name_of(request) != "RollBackSource") return Error{"", ""};
    overtaken = true;
    world.start_on_target();
    return Error{"HSCLA997", "The destination has started it."};
  };
  const Answer recovered = world.hmc("migrlpar -o r -m cec1 -p mobile");
  INFO(recovered.text);
  CHECK(overtaken);
  CHECK(recovered.code == 0);
  CHECK(world.hosts(world.two));
  CHECK_FALSE(world.hosts(world.one));
}
