// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/address.h"
#include "emu/link/network_probe.h"
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"
#include "vios/net/responder.h"
#include "vios/sea/logical_lan.h"

#include <random>

using namespace test;
namespace packet = emu::packet;

namespace {

constexpr u64 second = emu::nanoseconds_per_second;

// A guest's network driver: the same code as the server's, in another partition.
struct Guest {
  explicit Guest(FakeFrame& frame)
      : partition(frame.add(lpar(3, "mobile"))),
        real(partition.memory()),
        lan(std::move(*vios::LogicalLan::create(partition, real, *partition.add_adapter(ethernet(4, false, "0AF1C0DE0304"))))) {}
  std::optional<Bytes> receive() {
    for (int i = 0; i < 5000; ++i) {
      if (const auto packet = lan->receive()) return Bytes(packet->begin(), packet->end());
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return std::nullopt;
  }
  FakePartition& partition;
  vios::RealMemory real;
  std::unique_ptr<vios::LogicalLan> lan;
};

struct Network {
  Folder folder;
  emu::HostClock clock;
  FakeFrame frame;
  RunningVios vios{add_vios(frame), setup_of(folder, "cec1")};
  std::unique_ptr<emu::Segment> segment = std::move(*emu::Segment::open(emu::segment_file(folder.path(), "lan0")));
};

}  // namespace

TEST_CASE("packets pass between the hypervisor's switch and the segment", "[vios][sea]") {
  Network network;
  Guest guest(network.frame);
  const auto outside = std::move(*network.segment->plug("outside"));
  const auto mac = packet::mac_of("outside");
  for (const size_t bytes : {size_t{60}, size_t{1514}, size_t{9000}, size_t{65'000}}) {
    Bytes packet(bytes, static_cast<u8>(bytes));
    std::copy(packet::broadcast.begin(), packet::broadcast.end(), packet.begin());
    std::copy(mac.begin(), mac.end(), packet.begin() + 6);
    REQUIRE(outside->send(packet));
    REQUIRE(guest.receive() == packet);
    packet[6] ^= 0x10;
    REQUIRE(guest.lan->send(packet));
    REQUIRE(outside->receive(10 * second) == packet);
  }
  // Tags pass unchanged; a tag that no trunk carries does not.
  Bytes tagged(64);
  std::copy(packet::broadcast.begin(), packet::broadcast.end(), tagged.begin());
  std::copy(mac.begin(), mac.end(), tagged.begin() + 6);
  emu::store_be(&tagged[12], packet::ethertype_vlan);
  emu::store_be(&tagged[14], u16{7});
  outside->send(tagged);
  emu::store_be(&tagged[14], u16{1});
  outside->send(tagged);
  CHECK(guest.receive() == tagged);
}

TEST_CASE("the server answers at its own address while its cable is plugged", "[vios][sea][rmc]") {
  Network network;
  auto probe = std::move(*emu::NetworkProbe::create(*network.segment, "10.0.2.250", network.clock));
  CHECK(probe->ping("10.0.2.20", 10 * second));
  const auto ask = [&](std::string_view text, u64 timeout) {
    return probe->exchange("10.0.2.20", vios::rmc_port, {reinterpret_cast<const u8*>(text.data()), text.size()}, timeout);
  };
  const auto told = [](const emu::Result<Bytes>& answer) {
    return answer ? std::string(answer->begin(), answer->end()) : answer.error().code;
  };
  CHECK(told(ask("RMC2 17 secret hello\n", 10 * second)) == "RMC2 17 OK vios 2.1.3.0\n");
  CHECK(told(ask("RMC2 18 secret prepare 5\n", 10 * second)) == "RMC2 18 ERR 1 unknown verb\n");
  // Whoever does not know the key is not answered.
  for (const char* stranger : {"RMC2 18 hello\n", "RMC2 18 Secret hello\n", "RMC2 18 secrets hello\n", "RMC1 18 hello\n"})
    CHECK(told(ask(stranger, second / 20)) == "timeout");
  REQUIRE((*network.vios).set_cables(false));
  CHECK(told(ask("RMC2 19 secret hello\n", second / 10)) == "timeout");
  CHECK_FALSE((*network.vios).describe()->bridges[0].link_up);
  const auto log = (*network.vios).command("errlog");
  CHECK(log.output.find("0B41DD00") != std::string::npos);
  CHECK(log.output.find("I H ent2           ADAPTER FAILURE") != std::string::npos);
  REQUIRE((*network.vios).set_cables(true));
  CHECK(told(ask("RMC2 20 secret hello\n", 10 * second)) == "RMC2 20 OK vios 2.1.3.0\n");
}

namespace {

// Two servers of one frame that bridge one VLAN to one segment, and a guest whose packets go through one of them.
struct TwoServers {
  Folder folder;
  emu::HostClock clock;
  FakeFrame frame;
  std::unique_ptr<RunningVios> first = start(1, "10.0.2.21"), second = start(2, "10.0.2.22");
  std::unique_ptr<emu::Segment> segment = std::move(*emu::Segment::open(emu::segment_file(folder.path(), "lan0")));
  std::unique_ptr<emu::NetworkProbe> probe = std::move(*emu::NetworkProbe::create(*segment, "10.0.2.250", clock));

  std::unique_ptr<RunningVios> start(u32 id, const std::string& address) {
    FakePartition& partition = frame.add(lpar(id, "vios" + std::to_string(id), emu::LparEnv::vioserver, address));
    (void)partition.add_adapter(ethernet(5, true, "0AF1C0DE0" + std::to_string(id) + "05", 1, id));
    (void)partition.add_adapter(ethernet(6, false, "0AF1C0DE0" + std::to_string(id) + "06", 99));
    vios::Setup setup = setup_of(folder, "cec1");
    setup.config.bridges = {{5, "lan0", "auto", 6}};
    setup.segments = {{"lan0", "10.0.0.0/22", {}, {}}};
    setup.config.mappings.clear();
    return std::make_unique<RunningVios>(partition, std::move(setup));
  }
  std::string state(RunningVios& of) {
    const std::string text = of->command("entstat -all ent3").output;
    const size_t at = text.find("    State: ");
    return at == text.npos ? "" : text.substr(at + 11, text.find('\n', at) - at - 11);
  }
  bool become(RunningVios& of, const std::string& wanted) {
    for (int i = 0; i < 3000; ++i) {
      if (state(of) == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

}  // namespace

TEST_CASE("two servers bridge one VLAN in turn", "[vios][sea][failover]") {
  TwoServers two;
  REQUIRE(two.become(*two.first, "PRIMARY"));
  REQUIRE(two.become(*two.second, "BACKUP"));
  Guest guest(two.frame);
  const auto outside = std::move(*two.segment->plug("outside"));
  const auto mac = packet::mac_of("outside");
  Bytes packet(60, 0x11);
  std::copy(packet::broadcast.begin(), packet::broadcast.end(), packet.begin());
  std::copy(mac.begin(), mac.end(), packet.begin() + 6);
  // Once each way, whoever bridges: a loop would bring it again and again.
  const auto passes_once = [&] {
    while (outside->receive(0)) {
    }
    packet[20] += 1;
    REQUIRE(outside->send(packet));
    Bytes came;
    for (int i = 0; i < 50 && came != packet; ++i) came = guest.receive().value_or(Bytes());
    CHECK(came == packet);
    Bytes back = packet;
    back[6] ^= 0x10;
    REQUIRE(guest.lan->send(back));
    int times = 0;
    while (const auto each = outside->receive(second / 5)) times += *each == back;
    CHECK(times == 1);
  };
  passes_once();

  SECTION("the address of a server on the one that stands by is out of reach") {
    CHECK(two.probe->ping("10.0.2.21", 10 * second));
    CHECK_FALSE(two.probe->ping("10.0.2.22", second / 2));
    const auto shared = (*two.second)->describe();
    REQUIRE(shared);
    CHECK((*two.second)->command("lstcpip -stored").output.find("10.0.2.22") != std::string::npos);
  }
  SECTION("a cable, and back") {
    REQUIRE((*two.first)->set_cables(false));
    REQUIRE(two.become(*two.second, "PRIMARY"));
    CHECK(two.state(*two.first) == "LIMBO");
    passes_once();
    REQUIRE((*two.first)->set_cables(true));
    REQUIRE(two.become(*two.first, "PRIMARY"));
    REQUIRE(two.become(*two.second, "BACKUP"));
    passes_once();
    const std::string log = (*two.second)->command("errlog").output;
    CHECK(log.find("E136EAFA") != std::string::npos);
    CHECK(log.find("I H ent3           BECOME PRIMARY") != std::string::npos);
    CHECK(log.find("40D97644") != std::string::npos);
    CHECK((*two.second)->command("errlog -ls").output.find("SEAHA_BACKUP") != std::string::npos);
  }
  SECTION("the server ends") {
    two.first.reset();
    REQUIRE(two.become(*two.second, "PRIMARY"));
    passes_once();
  }
  SECTION("the server hangs") {
    std::atomic<bool> go_on{false};
    std::thread hangs([&] {
      (void)(*two.first)->on_thread([&] {
        while (!go_on.load()) std::this_thread::yield();
      });
    });
    CHECK(two.become(*two.second, "PRIMARY"));
    passes_once();
    go_on.store(true);
    hangs.join();
    CHECK(two.become(*two.first, "PRIMARY"));
    CHECK(two.become(*two.second, "BACKUP"));
    passes_once();
  }
  SECTION("the shared adapter is taken away, and found again") {
    CHECK((*two.first)->command("rmdev -dev ent3 -ucfg").exit_code == 0);
    REQUIRE(two.become(*two.second, "PRIMARY"));
    passes_once();
    CHECK((*two.first)->command("cfgdev").exit_code == 0);
    REQUIRE(two.become(*two.first, "PRIMARY"));
    passes_once();
  }
  SECTION("the one that bridges is told to stand by, and is left alone") {
    CHECK((*two.first)->command("chdev -dev ent3 -attr ha_mode=standby").output == "ent3 changed\n");
    REQUIRE(two.become(*two.second, "PRIMARY"));
    REQUIRE(two.become(*two.first, "BACKUP"));
    passes_once();
    CHECK((*two.first)->command("chdev -dev ent3 -attr ha_mode=sharing").exit_code == 1);
    CHECK((*two.first)->command("chdev -dev ent3 -attr ctl_chan=").exit_code == 1);
    CHECK((*two.first)->command("chdev -dev ent3 -attr ha_mode=disabled").output == "ent3 changed\n");
    CHECK(two.state(*two.first).empty());
    passes_once();
  }
}

TEST_CASE("a server's address on an adapter of its own is reached through whoever bridges", "[vios][sea][failover]") {
  Folder folder;
  emu::HostClock clock;
  FakeFrame frame;
  FakePartition& partition = frame.add(lpar(1, "vios1", emu::LparEnv::vioserver, "10.0.2.21"));
  FakePartition& other = frame.add(lpar(2, "vios2", emu::LparEnv::vioserver, "10.0.2.22"));
  (void)partition.add_adapter(ethernet(4, false, "0AF1C0DE0104"));
  (void)other.add_adapter(ethernet(5, true, "0AF1C0DE0205", 1, 2));
  vios::Setup own = setup_of(folder, "cec1"), bridging = setup_of(folder, "cec1");
  own.config.bridges.clear();
  own.config.mappings = bridging.config.mappings = {};
  own.config.address_slot = 4;
  own.segments = {{"lan0", "10.0.0.0/22", {}, {}}};
  RunningVios first(partition, own), second_one(other, bridging);
  const auto segment = std::move(*emu::Segment::open(emu::segment_file(folder.path(), "lan0")));
  auto probe = std::move(*emu::NetworkProbe::create(*segment, "10.0.2.250", clock));
  CHECK(probe->ping("10.0.2.21", 10 * second));
  CHECK((*first).command("lstcpip -stored").output.find("en0       10.0.2.21") != std::string::npos);
  CHECK((*first).command("rmdev -dev ent0").exit_code == 1);
}

TEST_CASE("a link aggregation carries on with one of its cables", "[vios][sea][lnagg]") {
  Folder folder;
  emu::HostClock clock;
  FakeFrame frame;
  vios::Setup setup = setup_of(folder, "cec1");
  setup.config.bridges.clear();
  setup.config.ports = {"lan0", "lan0", "lan1"};
  RunningVios vios(add_vios(frame), setup);
  const auto padmin = [&](const std::string& line) { return (*vios).command(line); };
  CHECK(padmin("mkvdev -lnagg ent0,ent2").exit_code == 1);  // of another network
  CHECK(padmin("mkvdev -lnagg ent0,ent0").exit_code == 1);
  CHECK(padmin("mkvdev -lnagg ent0,ent9").exit_code == 1);
  CHECK(padmin("mkvdev -lnagg ent0,ent1 -attr mode=8023ad").exit_code == 1);
  CHECK(padmin("mkvdev -lnagg ent0,ent1").output == "ent4 Available\nen4\net4\n");
  CHECK(padmin("mkvdev -lnagg ent1").exit_code == 1);
  CHECK(padmin("mkvdev -sea ent0 -vadapter ent3 -default ent3 -defaultid 1").exit_code == 1);
  CHECK(padmin("mkvdev -sea ent4 -vadapter ent3 -default ent3 -defaultid 1").output == "ent5 Available\nen5\net5\n");
  CHECK(padmin("rmdev -dev ent4").exit_code == 1);
  const auto segment = std::move(*emu::Segment::open(emu::segment_file(folder.path(), "lan0")));
  auto probe = std::move(*emu::NetworkProbe::create(*segment, "10.0.2.250", clock));
  CHECK(probe->ping("10.0.2.20", 10 * second));
  REQUIRE((*vios).set_cables(false, "ent0"));
  CHECK(probe->ping("10.0.2.20", 10 * second));
  CHECK((*vios).describe()->bridges[0].link_up);
  const std::string text = padmin("entstat -all ent5").output;
  CHECK(text.find("Device Type: EtherChannel") != std::string::npos);
  CHECK(text.find("Link Status : Down") < text.find("Link Status : Up"));
  REQUIRE((*vios).set_cables(false, "ent1"));
  CHECK_FALSE(probe->ping("10.0.2.20", second / 5));
  CHECK_FALSE((*vios).describe()->bridges[0].link_up);
  REQUIRE((*vios).set_cables(true));
  CHECK(probe->ping("10.0.2.20", 10 * second));
  CHECK_FALSE((*vios).set_cables(false, "ent9"));
  CHECK(padmin("rmdev -dev ent5").exit_code == 0);
  CHECK(padmin("rmdev -dev ent4").output == "ent4 deleted\n");
  CHECK(padmin("mkvdev -lnagg ent0,ent1").exit_code == 0);
}

TEST_CASE("a server survives whatever comes from the network", "[vios][sea][fuzz]") {
  Network network;
  const auto outside = std::move(*network.segment->plug("outside"));
  auto probe = std::move(*emu::NetworkProbe::create(*network.segment, "10.0.2.250", network.clock));
  const packet::Route route{packet::broadcast, packet::mac_of("fuzz"), *emu::parse_address("10.0.2.20"),
                            *emu::parse_address("10.0.2.9")};
  std::mt19937 random(657);
  for (int i = 0; i < 4000; ++i) {
    Bytes packet(14 + random() % 200);
    if (i % 3 == 0) packet = packet::make_datagram(route, {vios::rmc_port, 9, Bytes(random() % 64, static_cast<u8>(random()))});
    if (i % 3 == 1) packet = packet::make_echo(route, {false, 1, 2, Bytes(random() % 64)});
    for (u32 n = random() % 8; n > 0; --n) packet[random() % packet.size()] = static_cast<u8>(random());
    outside->send(packet);
    while (outside->receive(0)) {
    }
  }
  CHECK(probe->ping("10.0.2.20", 10 * second));
}
