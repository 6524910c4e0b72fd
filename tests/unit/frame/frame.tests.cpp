// SPDX-License-Identifier: GPL-2.0-or-later
// A frame in this process: its hypervisor, a Virtual I/O Server on its thread, and the service processor that answers.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "emu/core/lab.h"
#include "emu/core/text.h"
#include "emu/frame/service_processor.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

namespace {

namespace fs = std::filesystem;
using namespace emu;
using emu::frame::CounterWatch;

void nap(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

struct World {
  fs::path folder = fs::temp_directory_path() / ("twinframe-frame-test-" + std::to_string(getpid()));
  HostClock clock;
  Lab lab;
  LabFolders folders;
  std::unique_ptr<firmware::Journal> journal_file, journal;
  std::unique_ptr<firmware::Witness> witness;
  std::unique_ptr<firmware::Hypervisor> hypervisor;
  frame::Death death;
  std::unique_ptr<frame::ViosThreads> vioses;
  std::unique_ptr<frame::ServiceProcessor> service_processor;

  World() {
    fs::create_directories(folder / "state/luns");
    fs::create_directories(folder / "run");
    folders = {(folder / "state").string(), (folder / "run").string()};
    const fs::path source = support::checkout();
    auto read = read_lab((source / "images/labs/pair.toml").string());
    REQUIRE(read);
    lab = *read;
    std::ofstream(folder / "state/luns/mobile_root.img").flush();
    fs::resize_file(folder / "state/luns/mobile_root.img", 64 * MiB);
    journal_file = std::move(*firmware::Journal::open(":memory:"));
    journal = death.watched(*journal_file);
    witness = std::move(*firmware::Witness::open(":memory:"));
    hypervisor = std::move(*firmware::Hypervisor::create(lab.frames[0], *journal, *witness, clock));
    vioses = std::make_unique<frame::ViosThreads>(lab, folders, lab.frames[0], *hypervisor, *journal, clock);
    service_processor =
        std::make_unique<frame::ServiceProcessor>(lab.frames[0], *hypervisor, *vioses, death, clock, folders.runtime, [] {});
  }
  ~World() {
    service_processor.reset();
    hypervisor->shut_down();
    vioses.reset();
    hypervisor.reset();
    fs::remove_all(folder);
  }
  template <class Request>
  Result<typename Request::Reply> ask(const Request& request) {
    return (*service_processor)(request);
  }
  Result<service::FaultSet> fault(const std::string& line) {
    Fault fault = TRY(read_fault(FaultOf::frame, words(line, ' ')));
    return ask(service::InjectFault{std::move(fault)});
  }
  std::vector<std::string> faults() {
    std::vector<std::string> lines;
    const auto all = ask(service::ListFaults{});
    for (const Fault& fault : all->faults) lines.push_back(emu::line_of(fault));
    return lines;
  }
};

}  // namespace

SCENARIO("the service processor describes its frame, powers partitions, and runs their VIOS", "[service]") {
  World world;
  const auto system = world.ask(service::DescribeSystem{});
  REQUIRE(system);
  CHECK(system->name == "frameA");
  CHECK(system->installed_mem_mb == 4096);
  CHECK_THAT(system->engine, Catch::StartsWith("Unicorn 2.1."));
  CHECK(system->engine_taken_over.size() + system->engine_left_alone.size() == 8);
  const auto lpars = world.ask(service::ListLpars{});
  REQUIRE(lpars);
  REQUIRE(lpars->lpars.size() == 2);
  CHECK(lpars->lpars[0].state == emu::LparState::not_activated);

  WHEN("a VIOS does not run, it answers nothing") {
    CHECK_FALSE(world.ask(service::RunViosCommand{1, "ioslevel"}));
    CHECK_FALSE(world.ask(service::DescribeVios{1}));
    CHECK(world.fault("unplug-network"));  // it will have it when it does
    CHECK_FALSE(world.fault("unplug-network vios=mobile"));
  }
  WHEN("a VIOS is activated") {
    REQUIRE(world.ask(service::ActivateLpar{1, "default", {}}));
    THEN("it answers commands, tells its disks, and is a mover") {
      const auto level = world.ask(service::RunViosCommand{1, "ioslevel"});
      REQUIRE(level);
      CHECK(level->exit_code == 0);
      const auto vios = world.ask(service::DescribeVios{1});
      REQUIRE(vios);
      CHECK(vios->vasi_slot != 0);
      CHECK(vios->hosts.size() == 1);
    }
    THEN("faults happen to it, and unknown ones are refused") {
      CHECK(world.fault("cut-mover-link"));
      CHECK(world.fault("restore-mover-link vios=viosA"));
      CHECK(world.fault("slow-mover:1000"));
      CHECK(world.fault("plug-network"));
      CHECK_FALSE(world.fault("earthquake"));
      CHECK(world.faults() == std::vector<std::string>{"1 cut-mover-link, not of viosA", "2 slow-mover:1000"});
    }
    THEN("it stops and starts again, with a thread each time") {
      for (int i = 0; i < 3; ++i) {
        REQUIRE(world.ask(service::PowerOffLpar{1, service::PowerOff::immediate}));
        CHECK_FALSE(world.ask(service::RunViosCommand{1, "ioslevel"}));
        REQUIRE(world.ask(service::ActivateLpar{1, "default", {}}));
        CHECK(world.ask(service::RunViosCommand{1, "ioslevel"}));
      }
    }
  }
  WHEN("memory is taken away as a fault, and given back") {
    const u64 before = system->available_mem_mb;
    REQUIRE(world.fault("fill-memory"));
    CHECK(world.ask(service::DescribeSystem{})->available_mem_mb == 0);
    REQUIRE(world.fault("free-memory"));
    CHECK(world.ask(service::DescribeSystem{})->available_mem_mb == before);
  }
  WHEN("the end is asked for") {
    CHECK_FALSE(world.service_processor->shutdown_wanted());
    CHECK(world.ask(service::Shutdown{}));
    CHECK(world.service_processor->shutdown_wanted());
  }
}

TEST_CASE("what comes late for a migration that was rolled back is refused", "[service]") {
  // As when a console has died, another one has recovered, and a request of the first is still in the link.
  World world;
  service::CreateShell late;
  late.stream = 77;
  late.definition = world.ask(service::ListLpars{})->lpars[1].definition;
  late.definition.uuid = "E1357EE0-DEB3-436F-B36A-B75B23070000";
  late.definition.name = "late";
  late.definition.current = current_from(late.definition.profiles[0], late.definition.profiles[0].name);
  late.active = false;
  late.other_system = "9117-MMA*1009999";
  REQUIRE(world.ask(late));
  CHECK(world.ask(service::QueryVerdict{77})->verdict == service::Verdict::mine);
  CHECK(world.ask(service::QueryVerdict{77})->fate == service::Fate::none);
  REQUIRE(world.ask(service::RemoveShell{77}));
  CHECK(world.ask(service::QueryVerdict{77})->verdict == service::Verdict::unknown);
  CHECK(world.ask(late).error().code == "migration");
  CHECK(world.ask(service::ListLpars{})->lpars.size() == 2);
  late.stream = 78;
  CHECK(world.ask(late));  // another migration may
}

TEST_CASE("whoever asks about a migration waits until its request is carried out", "[service]") {
  frame::Turns turns;
  std::atomic<bool> answered{false};
  auto turn = turns.take(77);
  std::thread recovery([&] {
    const auto mine = turns.take(77);
    answered = true;
  });
  const auto other = turns.take(78);  // another one does not wait
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK_FALSE(answered);
  turn.unlock();
  recovery.join();
  CHECK(answered);
}

SCENARIO("a virtual terminal has one holder", "[vterm]") {
  World world;
  CHECK_FALSE(world.ask(service::OpenVterm{99, "me"}));
  const auto first = world.ask(service::OpenVterm{3, "me"});  // works on a partition that is off, too
  REQUIRE(first);
  CHECK_FALSE(first->taken);
  CHECK(world.ask(service::ListLpars{})->lpars[1].vterm_holder == "me");
  CHECK(world.ask(service::ExchangeVterm{first->token, {'x'}})->output.empty());
  CHECK(world.ask(service::OpenVterm{3, "you"})->taken);

  WHEN("somebody else closes it, the holder is told, once") {
    CHECK(world.ask(service::CloseVterm{3, 0}));
    const auto second = world.ask(service::OpenVterm{3, "you"});
    CHECK_FALSE(second->taken);
    const auto told = world.ask(service::ExchangeVterm{first->token, {}});
    REQUIRE(told);
    CHECK(told->closed);
    CHECK_FALSE(told->reason.empty());
    CHECK_FALSE(world.ask(service::ExchangeVterm{first->token, {}}));
  }
  WHEN("the holder closes it, it is free") {
    CHECK(world.ask(service::CloseVterm{3, first->token}));
    CHECK_FALSE(world.ask(service::CloseVterm{3, first->token}));
    CHECK_FALSE(world.ask(service::OpenVterm{3, "you"})->taken);
  }
  WHEN("the partition is not here any more") {
    CHECK(world.ask(service::RemoveLpar{3}));
    const auto told = world.ask(service::ExchangeVterm{first->token, {}});
    REQUIRE(told);
    CHECK(told->closed);
  }
}

TEST_CASE("a link's name cannot lead out of the lab's folder", "[service]") {
  World world;
  for (const char* name : {"", "../x", "a/b", "/tmp/x", ".", ".."})
    CHECK(world.ask(service::OpenStream{1, 3, service::Role::source, 1, name, "", "", ""}).error().code == "link");
}

namespace {
template <size_t... I>
void ask_everything(World& world, std::index_sequence<I...>) {
  // Shutdown is among them, and only says that somebody wants it.
  ((void)world.ask(std::variant_alternative_t<I, service::Requests>{}), ...);
}
}  // namespace

TEST_CASE("requests about nothing are answered", "[service]") {
  World world;
  ask_everything(world, std::make_index_sequence<std::variant_size_v<service::Requests>>{});
  CHECK(world.ask(service::DescribeSystem{}));
  CHECK(world.ask(service::QueryVerdict{7})->verdict == service::Verdict::unknown);
}

TEST_CASE("a process cannot be told to die at a phase that there is not", "[faults]") {
  World world;
  CHECK_FALSE(world.fault("die-at:lunch"));
  CHECK(world.fault("die-at:before-handed_over"));
  CHECK(world.fault("die-at:passes"));
  CHECK_FALSE(world.fault("die-at:resumed"));  // it waits for one phase already
  CHECK(world.fault("stop-at:never"));
  CHECK(world.fault("stop-at:resumed"));
}

TEST_CASE("what is in force is listed, and taken back by its number", "[faults]") {
  using Lines = std::vector<std::string>;
  World world;
  REQUIRE(world.ask(service::ActivateLpar{1, "default", {}}));
  CHECK(world.fault("lose-mains")->number == 1);
  CHECK(world.fault("cut-mover-link")->number == 2);
  CHECK(world.fault("slow-mover:1000 vios=viosA")->number == 3);
  CHECK(world.fault("slow-mover:2000 vios=viosA")->number == 4);  // in its place
  CHECK(world.fault("vasi-refuse count=1")->number == 5);
  CHECK(world.fault("die-at:completed")->number == 6);
  CHECK(world.faults() == Lines{"1 lose-mains", "2 cut-mover-link", "4 slow-mover:2000 vios=viosA",
                                "5 vasi-refuse count=1; met 0 of 1", "6 die-at:completed"});
  CHECK(world.ask(service::DescribeSystem{})->on_battery);
  CHECK(world.fault("restore-mover-link vios=viosA")->number == 0);
  CHECK(world.faults()[1] == "2 cut-mover-link, not of viosA");
  CHECK(world.ask(service::ClearFault{1}));
  CHECK_FALSE(world.ask(service::ClearFault{1}));
  CHECK_FALSE(world.ask(service::DescribeSystem{})->on_battery);
  CHECK(world.ask(service::ClearFault{6}));
  CHECK(world.ask(service::ClearFault{0}));
  CHECK(world.faults().empty());
  // A phase is waited for again: what was armed is forgotten.
  CHECK(world.fault("stop-at:resumed"));
}

TEST_CASE("a mover's migration is judged once by each fault", "[faults]") {
  frame::FrameFaults faults;
  const auto add = [&](const std::string& line) { return faults.add(*read_fault(FaultOf::frame, words(line, ' '))); };
  REQUIRE(add("vasi-error vios=viosA skip=1 count=2 after_bytes=1000"));
  const auto meets = [&](u64 stream, u64 carried) { return faults.meets("vasi-error", "viosA", stream, carried); };
  CHECK_FALSE(meets(1, 999));
  CHECK_FALSE(meets(1, 1000));  // the first is spared
  CHECK_FALSE(meets(1, 2000));
  CHECK_FALSE(meets(2, 10));
  CHECK(meets(2, 1000));
  CHECK_FALSE(meets(2, 1001));
  CHECK_FALSE(faults.meets("vasi-error", "viosB", 3, 5000));
  CHECK(meets(3, 5000));
  CHECK_FALSE(meets(4, 5000));
  CHECK(faults.list()[0].met == 2);
}

TEST_CASE("each storage subsystem is offline by itself", "[faults]") {
  frame::FrameFaults faults;
  const auto add = [&](const std::string& line) { return faults.add(*read_fault(FaultOf::frame, words(line, ' '))); };
  using Names = std::set<std::string>;
  REQUIRE(add("offline-subsystem:ds1"));
  REQUIRE(add("offline-subsystem:ds2 vios=viosA"));
  CHECK(faults.subsystems_offline("viosA") == Names{"ds1", "ds2"});
  CHECK(faults.subsystems_offline("viosB") == Names{"ds1"});
  REQUIRE(add("online-subsystem:ds1 vios=viosB"));
  CHECK(faults.subsystems_offline("viosB").empty());
  REQUIRE(add("online-subsystem:ds1"));
  CHECK(faults.subsystems_offline("viosA") == Names{"ds2"});
}

SCENARIO("a counter in a partition's memory is watched from outside", "[watch]") {
  HostClock clock;
  std::shared_ptr<GuestMemory> memory = std::move(*GuestMemory::create(MiB));
  std::mutex mutex;
  std::shared_ptr<GuestMemory> shown;
  CounterWatch watch(clock, [&](u32 lpar_id) -> std::shared_ptr<GuestMemory> {
    const std::lock_guard guard(mutex);
    return lpar_id == 3 ? shown : nullptr;
  });
  const auto show = [&](std::shared_ptr<GuestMemory> what) {
    const std::lock_guard guard(mutex);
    shown = std::move(what);
  };
  const u64 address = 0x8000;
  watch.watch(3, address, ~u64{0}, false);
  nap(10);
  CHECK(watch.watch(3, address, ~u64{0}, false).last_change_at == 0);

  show(memory);
  memory->write_be<u64>(address, 5);
  nap(20);
  CHECK(watch.watch(3, address, ~u64{0}, false).value == 5);

  THEN("the longest time without a change is found, and when a value was first passed") {
    watch.watch(3, address, ~u64{0}, true);
    memory->write_be<u64>(address, 6);
    nap(50);
    const u64 before = clock.monotonic();
    memory->write_be<u64>(address, 7);
    nap(20);
    const auto seen = watch.watch(3, address, 6, false);
    CHECK(seen.value == 7);
    CHECK(seen.longest_gap_ns > 30'000'000);
    CHECK(seen.above_at >= before);
    CHECK(seen.above_at == seen.last_change_at);
    CHECK(watch.watch(3, address, 7, false).above_at == 0);
  }
  THEN("a partition that moved away is let go of, and its last value stays known") {
    std::weak_ptr<GuestMemory> gone = memory;
    memory.reset();
    show(nullptr);
    for (int i = 0; i < 200 && !gone.expired(); ++i) nap(5);
    CHECK(gone.expired());
    CHECK(watch.watch(3, address, ~u64{0}, false).value == 5);
  }
  THEN("a page that is still missing is not fetched") {
    memory->missing().set(address >> page_shift);
    memory->expect_pages(nullptr);
    watch.watch(3, address, ~u64{0}, true);
    nap(20);
    CHECK(memory->missing().test(address >> page_shift));
  }
  THEN("an address that is none is watched in vain") {
    watch.watch(3, ~u64{0} - 7, ~u64{0}, false);
    watch.watch(3, 3, ~u64{0}, false);
    nap(5);
    CHECK(watch.watch(3, 3, ~u64{0}, false).last_change_at == 0);
  }
}
