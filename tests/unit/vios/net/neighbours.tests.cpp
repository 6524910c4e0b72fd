// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/net/neighbours.h"

#include "emu/core/address.h"
#include "tests/support/catch.h"

namespace packet = emu::packet;
using vios::Neighbours;

namespace {

const packet::Mac mine = packet::mac_of("mine"), theirs = packet::mac_of("theirs");

Bytes answer(const char* from, const packet::Mac& to = mine, u16 operation = 2) {
  return packet::make_arp(to, {operation, theirs, *emu::parse_address(from), to, *emu::parse_address("10.0.2.11")});
}

}  // namespace

TEST_CASE("a neighbour is heard when it answers what it was asked", "[vios][network]") {
  Neighbours neighbours("10.0.2.11", mine);
  neighbours.hear(answer("10.0.2.12"), 5);
  CHECK(neighbours.heard("10.0.2.12") == 0);  // nobody has asked
  const auto question = neighbours.question("10.0.2.12");
  REQUIRE(question);
  const auto arp = packet::parse_arp(*question);
  REQUIRE(arp);
  CHECK(arp->operation == 1);
  CHECK(arp->target == *emu::parse_address("10.0.2.12"));
  CHECK(packet::destination(*question) == packet::broadcast);
  neighbours.hear(answer("10.0.2.13"), 6);
  neighbours.hear(answer("10.0.2.12", mine, 1), 7);    // its own question is no answer
  neighbours.hear(answer("10.0.2.12", theirs), 8);     // to somebody else
  neighbours.hear(std::span(*question).first(10), 9);  // nonsense
  CHECK(neighbours.heard("10.0.2.12") == 0);
  neighbours.hear(answer("10.0.2.12"), 10);
  CHECK(neighbours.heard("10.0.2.12") == 10);
  neighbours.forget("10.0.2.12");
  CHECK(neighbours.heard("10.0.2.12") == 0);
}

TEST_CASE("a server without an address asks nobody", "[vios][network]") {
  Neighbours neighbours("", mine);
  CHECK_FALSE(neighbours.question("10.0.2.12"));
  CHECK_FALSE(Neighbours("10.0.2.11", mine).question("viosB"));
  CHECK(Neighbours("10.0.2.11", mine).heard("viosB") == 0);
}

TEST_CASE("a server remembers a few neighbours, however many it is asked for", "[vios][network]") {
  Neighbours neighbours("10.0.2.11", mine);
  for (int host = 1; host < 250; ++host) CHECK(neighbours.question("10.0.3." + std::to_string(host)));
  neighbours.hear(answer("10.0.3.249"), 10);
  CHECK(neighbours.heard("10.0.3.249") == 0);
}
