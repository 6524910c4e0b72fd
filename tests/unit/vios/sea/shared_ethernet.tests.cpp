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
