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

TEST_CASE("addresses are set, changed and removed while the server runs, and stay so", "[vios][cli][tcpip]") {
  Padmin padmin;
  (void)padmin.partition.add_adapter(ethernet(6, false, "0AF1C0DE0106"));
  for (const char* line :
       {"cfgdev",
        "lsdev",
        "mktcpip -hostname mover.example.com -inetaddr 10.0.2.21 -interface en2 -netmask 255.255.252.0",
        "mktcpip -hostname mover.example.com -inetaddr 192.168.9.21 -interface en3 -netmask 255.255.255.0 -gateway 192.168.9.1 "
        "-nsrvaddr 192.168.9.2 -nsrvdomain example.com -start",
        "lstcpip -num",
        "lstcpip",
        "lstcpip -routtable -num",
        "lstcpip -interfaces",
        "lstcpip -stored",
        "lstcpip -namesrv",
        "hostname",
        "uname -n",
        "lsdev -dev en3 -attr",
        "chdev -dev en3 -attr mtu=9000",
        "chdev -dev en2 -attr mtu=9000",
        "chdev -dev ent2 -attr jumbo_frames=yes",
        "chdev -dev en2 -attr mtu=9000",
        "chdev -dev ent2 -attr jumbo_frames=no",
        "chdev -dev en3 -attr netaddr=10.0.0.9",
        "lstcpip -state -num",
        "rmdev -dev ent3",
        "chtcpip -interface en3 -inetaddr 192.168.8.21 -netmask 255.255.255.0",
        "chtcpip -interface en3 -gateway -add 192.168.8.1 -remove 192.168.9.1",
        "chtcpip -interface en3 -gateway -add 192.168.9.2 -remove 192.168.9.1",
        "chtcpip -interface en3 -gateway -add 192.168.9.2 -remove 192.168.9.3",
        "chtcpip -interface en3 -gateway -add 192.168.9.2",
        "chtcpip -inetaddr 1.2.3.4 -netmask 255.0.0.0"})
    padmin.run(line);
  padmin.restart();
  for (const char* line : {"lstcpip -num", "lstcpip -routtable -num", "hostname", "lstcpip -namesrv"}) padmin.run(line);
  // What is no address, or nobody's to have.
  for (const char* rest :
       {"-inetaddr 10.0.2 -interface en2", "-inetaddr 10.0.2.22 -interface en2 -netmask 255.0.255.0",
        "-inetaddr 10.0.0.2 -interface en2 -netmask 255.255.252.0", "-inetaddr 10.0.3.255 -interface en2 -netmask 255.255.252.0",
        "-inetaddr 192.168.9.21 -interface en2", "-inetaddr 10.0.2.22 -interface en1", "-inetaddr 10.0.2.22 -interface en7",
        "-inetaddr 10.0.2.22 -interface hdisk1", "-inetaddr 10.0.2.22 -interface en2 -netmask 255.255.252.0 -gateway 11.0.0.1",
        "-inetaddr 10.0.2.22 -interface en2 -cabletype bnc", "-inetaddr 10.0.2.22 -interface en2 -nsrvaddr 10.0.2.3",
        "-interface en2"})
    padmin.run(std::string("mktcpip -hostname h ") + rest);
  padmin.run("mktcpip -hostname -h- -inetaddr 10.0.2.22 -interface en2");
  padmin.run("lstcpip -num");
  for (const char* line : {"rmtcpip -all", "rmtcpip", "rmtcpip -f -interface en0", "rmtcpip -f -interface en9",
                           "rmtcpip -f -routing", "lstcpip -routtable -num", "rmtcpip -f -interface en3 -namesrv", "lstcpip -num",
                           "rmtcpip -f -all", "lstcpip -num", "hostname", "lstcpip -interfaces"})
    padmin.run(line);
  padmin.restart();
  padmin.run("lstcpip -num");
  approve("tcpip", padmin.transcript);
}

TEST_CASE("what cannot be stored of TCP/IP has not happened, and a mover of a move keeps its addresses", "[vios][cli][tcpip]") {
  Padmin padmin;
  const std::string before = padmin.run("lstcpip -num").output;
  const char* change = "mktcpip -hostname other -inetaddr 10.0.2.21 -interface en2 -netmask 255.255.252.0";
  {
    const FullDisk full;
    CHECK(padmin.run(change).exit_code == 1);
  }
  CHECK(padmin.run("lstcpip -num").output == before);
  CHECK(padmin.run("hostname").output == "vios1\n");
  emu::Hold hold;
  hold.vios_id = 1;
  hold.mover = true;
  padmin.partition.held = {hold};
  for (const char* line : {change, "chtcpip -interface en2 -inetaddr 10.0.2.21 -netmask 255.255.252.0", "rmtcpip -f -all"})
    CHECK(padmin.run(line).output.find("0514-062") != std::string::npos);
  CHECK(padmin.run("lstcpip -num").output == before);
  padmin.partition.held.clear();
  CHECK(padmin.run(change).exit_code == 0);
}

TEST_CASE("each address answers on its own network", "[vios][tcpip]") {
  Padmin padmin;
  (void)padmin.partition.add_adapter(ethernet(6, false, "0AF1C0DE0106"));
  padmin.run("cfgdev");
  REQUIRE(padmin.run("mktcpip -hostname h -inetaddr 192.168.9.21 -interface en3 -netmask 255.255.255.0").exit_code == 0);
  auto& ethernet = padmin.devices->ethernet();
  CHECK(ethernet.leads_to("", "10.0.2.31"));
  CHECK(ethernet.leads_to("10.0.2.20", "10.0.2.31"));
  CHECK_FALSE(ethernet.leads_to("192.168.9.21", "10.0.2.31"));
  CHECK(ethernet.leads_to("192.168.9.21", "192.168.9.31"));
  CHECK_FALSE(ethernet.leads_to("", "172.16.0.1"));  // no router
  REQUIRE(ethernet.set_cables(false, ""));
  CHECK_FALSE(ethernet.leads_to("10.0.2.20", "10.0.2.31"));
  CHECK(ethernet.leads_to("192.168.9.21", "192.168.9.31"));
  emu::service::ViosInfo info = padmin.devices->describe();
  REQUIRE(info.addresses.size() == 2);
  CHECK(info.addresses[0] == emu::service::ViosAddress{"en2", "10.0.2.20", "255.255.252.0"});
  CHECK(info.addresses[1] == emu::service::ViosAddress{"en3", "192.168.9.21", "255.255.255.0"});
}
