// SPDX-License-Identifier: GPL-2.0-or-later
// A partition's firmware boots through its virtual Ethernet adapter, the hypervisor's switch, a Virtual I/O Server's bridge and a
// segment, all in this process.
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "emu/core/lab.h"
#include "emu/frame/service_processor.h"
#include "emu/link/boot_server.h"
#include "firmware/boot.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

namespace {

namespace fs = std::filesystem;
using namespace emu;

struct World {
  fs::path folder = fs::temp_directory_path() / ("twinframe-netboot-test-" + std::to_string(getpid()));
  HostClock clock;
  Lab lab;
  LabFolders folders;
  std::unique_ptr<firmware::Journal> journal_file, journal;
  std::unique_ptr<firmware::Witness> witness;
  std::unique_ptr<firmware::Hypervisor> hypervisor;
  frame::Death death;
  std::unique_ptr<frame::ViosThreads> vioses;
  std::unique_ptr<frame::ServiceProcessor> service_processor;
  std::unique_ptr<Segment> segment;
  std::unique_ptr<BootServer> server;

  World() {
    fs::create_directories(folder / "state/luns");
    fs::create_directories(folder / "run");
    fs::create_directories(folder / "images");
    folders = {(folder / "state").string(), (folder / "run").string()};
    lab = *read_lab((fs::path(support::checkout()) / "images/labs/pair.toml").string());
    std::ofstream(folder / "state/luns/mobile_root.img").flush();
    fs::resize_file(folder / "state/luns/mobile_root.img", 64 * MiB);
    journal_file = std::move(*firmware::Journal::open(":memory:"));
    journal = death.watched(*journal_file);
    witness = std::move(*firmware::Witness::open(":memory:"));
    hypervisor = std::move(*firmware::Hypervisor::create(lab.frames[0], *journal, *witness, clock));
    vioses = std::make_unique<frame::ViosThreads>(lab, folders, lab.frames[0], *hypervisor, *journal, clock);
    service_processor =
        std::make_unique<frame::ServiceProcessor>(lab.frames[0], *hypervisor, *vioses, death, clock, folders.runtime, [] {});
    segment = std::move(*Segment::open(segment_file(folders.runtime, "lan0")));
    fs::copy_file(*firmware::find_image("nomad"), folder / "images/nomad.elf");
    std::ofstream(folder / "images/text") << "no image";
    SegmentConfig::BootServer config{"10.0.2.5", (folder / "images").string(), {}};
    config.clients.push_back({"10.0.2.15", "", "nomad.elf", ""});
    server = std::move(*BootServer::create(lab.segments[0], config, *segment, clock));
    REQUIRE(ask(service::ActivateLpar{1, "default", {}}));
  }
  ~World() {
    service_processor.reset();
    hypervisor->shut_down();
    vioses.reset();
    hypervisor.reset();
    server.reset();
    fs::remove_all(folder);
  }
  template <class Request>
  Result<typename Request::Reply> ask(const Request& request) {
    return (*service_processor)(request);
  }
  service::FirmwareNetwork network(const std::string& address) const {
    return {3, "10.0.2.15", address, "", "255.255.255.0", 0, 0};
  }
  void to_open_firmware() { REQUIRE(ask(service::ActivateLpar{3, "default", BootMode::of})); }
  service::NetworkBootState end() {
    for (;; usleep(10'000)) {
      const auto state = ask(service::QueryNetworkBoot{3});
      REQUIRE(state);
      if (state->phase == service::NetworkBootPhase::running || state->phase == service::NetworkBootPhase::failed) return *state;
    }
  }
  service::LparInfo mobile() {
    const auto listed = ask(service::ListLpars{});
    for (const auto& each : listed->lpars)
      if (each.definition.lpar_id == 3) return each;
    return {};
  }
  std::string refcode() { return ask(service::ListRefCodes{3, 1})->codes.front().refcode; }
  std::string console() {
    const Bytes output = ask(service::ReadConsoleLog{3, 0})->output;
    return {output.begin(), output.end()};
  }
  bool says(const std::string& text) {
    for (int tries = 0; tries < 3000; ++tries, usleep(10'000))
      if (console().find(text) != std::string::npos) return true;
    return false;
  }
};

}  // namespace

TEST_CASE("a partition's firmware pings, and boots the toy guest over the network", "[netboot]") {
  World world;
  CHECK_FALSE(world.ask(service::PingFromFirmware{3, world.network("10.0.2.5")}));  // it is off
  world.to_open_firmware();
  CHECK(world.ask(service::PingFromFirmware{3, world.network("10.0.2.5")})->answered);
  CHECK_FALSE(world.ask(service::PingFromFirmware{3, {9, "10.0.2.15", "10.0.2.5", "", "", 0, 0}}));
  REQUIRE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "", false, "ip=10.0.2.15", 0, 0}));
  const auto state = world.end();
  INFO(state.reason);
  REQUIRE(state.phase == service::NetworkBootPhase::running);
  CHECK(world.mobile().state == LparState::running);
  CHECK(world.says("FILE: nomad.elf"));
  CHECK(world.says("mobile# "));
  CHECK_FALSE(world.ask(service::PingFromFirmware{3, world.network("10.0.2.5")}));  // it runs
  CHECK_FALSE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "", false, "", 0, 0}));
  REQUIRE(world.ask(service::PowerOffLpar{3, service::PowerOff::restart}));  // from what its profile names
  CHECK(world.says("mobile# "));
}

TEST_CASE("a boot that fails leaves the firmware at its prompt, and it can try again", "[netboot]") {
  World world;
  world.to_open_firmware();
  REQUIRE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "text", false, "", 0, 0}));
  auto state = world.end();
  CHECK(state.phase == service::NetworkBootPhase::failed);
  CHECK(state.refcode == "BA210000");
  CHECK(world.refcode() == "BA210000");
  REQUIRE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "../state/journal", false, "", 0, 0}));
  state = world.end();
  CHECK(state.refcode == "BA010005");
  CHECK(world.refcode() == "BA010005");
  CHECK(world.mobile().state == LparState::open_firmware);
  REQUIRE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "nomad.elf", true, "ip=10.0.2.15", 0, 0}));
  CHECK(world.end().phase == service::NetworkBootPhase::running);
  CHECK(world.says("mobile# "));
}

TEST_CASE("a partition that is powered off while its firmware boots is off", "[netboot]") {
  World world;
  world.to_open_firmware();
  REQUIRE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.99"), "", false, "", 0, 0}));
  CHECK_FALSE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.99"), "", false, "", 0, 0}));  // it is busy
  REQUIRE(world.ask(service::PowerOffLpar{3, service::PowerOff::immediate}));
  CHECK(world.end().phase == service::NetworkBootPhase::failed);
  CHECK(world.mobile().state == LparState::not_activated);
  CHECK(world.refcode() == "00000000");
  world.to_open_firmware();
  CHECK(world.ask(service::PingFromFirmware{3, world.network("10.0.2.5")})->answered);
}

TEST_CASE("what is no boot over a network is refused", "[netboot]") {
  World world;
  world.to_open_firmware();
  service::FirmwareNetwork network = world.network("nowhere");
  CHECK_FALSE(world.ask(service::PingFromFirmware{3, network}));
  network = world.network("10.0.2.5");
  network.vlan = 4095;
  CHECK_FALSE(world.ask(service::PingFromFirmware{3, network}));
  CHECK_FALSE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "", true, "", 0, 0}));
  CHECK_FALSE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), std::string(200, 'a'), false, "", 0, 0}));
  CHECK_FALSE(world.ask(service::BootFromNetwork{3, world.network("10.0.2.5"), "", false, "", 5000, 0}));
  CHECK_FALSE(world.ask(service::BootFromNetwork{9, world.network("10.0.2.5"), "", false, "", 0, 0}));
  CHECK(world.ask(service::QueryNetworkBoot{3})->phase == service::NetworkBootPhase::none);
}
