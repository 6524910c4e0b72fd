// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses of a Virtual I/O Server, and what has passed its adapters.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/padmin.h"
#include "vios/backends/virtual_ethernet.h"

#include <chrono>
#include <thread>

using namespace test;
namespace packet = emu::packet;

namespace {

struct Outside {
  std::unique_ptr<emu::Segment> segment;
  std::unique_ptr<emu::Port> port;
  explicit Outside(const Padmin& padmin)
      : segment(std::move(*emu::Segment::open(emu::segment_file(padmin.folder.path(), "lan0")))),
        port(std::move(*segment->plug("outside"))) {}
};

bool received(Padmin& padmin, u64 packets) {
  for (int i = 0; i < 5000; ++i) {
    padmin.devices->poll();
    if (padmin.devices->ethernet().bridge_of("ent2")->sea->counts().real.received == packets) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return false;
}

Bytes tagged(u16 vlan) {
  Bytes bytes(100);
  std::ranges::fill(std::span(bytes).first(6), u8{0xFF});
  emu::store_be(&bytes[12], packet::ethertype_vlan);
  emu::store_be(&bytes[14], vlan);
  return bytes;
}

}  // namespace

TEST_CASE("addresses and routes are those of the definition", "[vios][cli]") {
  Padmin padmin;
  for (const char* line :
       {"lstcpip", "lstcpip -num", "lstcpip -state -num", "lstcpip -routtable", "lstcpip -routtable -num", "lstcpip -interfaces",
        "lstcpip -interfaces -fmt :", "lstcpip -adapters", "lstcpip -hostname", "lstcpip -namesrv", "lstcpip -stored",
        "lstcpip -state -routtable", "lstcpip -hostname -num", "lstcpip -fmt :", "lstcpip -sockets"})
    padmin.run(line);
  padmin.run("rmdev -dev ent2 -ucfg");
  for (const char* line : {"lstcpip -num", "lstcpip -routtable", "lstcpip -interfaces"}) padmin.run(line);
  approve("lstcpip", padmin.transcript);
}

TEST_CASE("entstat counts what has passed", "[vios][cli]") {
  Padmin padmin;
  const Outside outside(padmin);
  const auto mac = packet::mac_of("outside");
  const u32 own = *emu::parse_address("10.0.2.20"), other = *emu::parse_address("10.0.0.9");
  REQUIRE(outside.port->send(packet::make_arp(packet::broadcast, {1, mac, other, {}, own})));  // answered, and passed on
  REQUIRE(outside.port->send(tagged(1)));                                                      // the trunk's VLAN
  REQUIRE(outside.port->send(tagged(7)));                                                      // nobody's
  packet::Echo echo;
  echo.data = Bytes(32);
  const packet::Mac server = *packet::parse_mac(padmin.devices->ethernet().mac_of("ent0"));
  REQUIRE(outside.port->send(packet::make_echo({server, mac, own, other}, echo)));  // consumed
  REQUIRE(received(padmin, 4));
  padmin.clock.advance(93'784 * emu::nanoseconds_per_second);
  for (const char* line : {"entstat -all ent2", "entstat ent0", "entstat ent1", "lstcpip -num", "entstat", "entstat ent9",
                           "entstat hdisk1", "entstat -loud ent2", "entstat ent2 ent0"})
    padmin.run(line);
  const auto line_of = [&](const std::string& command, const std::string& text) {
    return padmin.run(command).output.find("\n" + text) != std::string::npos;
  };
  CHECK(line_of("entstat -reset ent2", "Packets: 5  "));  // shown once more
  CHECK(line_of("entstat ent2", "Packets: 0  "));
  CHECK(line_of("entstat ent2", "Elapsed Time: 0 days 0 hours 0 minutes 0 seconds"));
  REQUIRE(padmin.devices->ethernet().set_cables(false, ""));
  CHECK(line_of("entstat -all ent0", "Link Status : Down"));
  padmin.run("rmdev -dev ent2 -ucfg");
  CHECK(padmin.run("entstat ent2").output == "entstat: 0909-003 Unable to connect to device ent2, errno = 46\n");
  CHECK(padmin.run("entstat ent0").exit_code == 1);
  approve("entstat", padmin.transcript);
}
