// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/address.h"

#include "tests/support/catch.h"

TEST_CASE("an address is four numbers and nothing else", "[core][address]") {
  CHECK(emu::parse_address("10.0.2.15") == 0x0A00020Fu);
  CHECK(emu::address_text(0x0A00020F) == "10.0.2.15");
  for (const std::string_view wrong : {"", "10.0.2", "10.0.2.256", "10.0.2.2x", " 10.0.2.2", "10.0.2.2.", "10..2.2"})
    CHECK_FALSE(emu::parse_address(wrong));
}

TEST_CASE("a network is an address and how much of it is the same for all", "[core][address]") {
  const auto network = emu::parse_network("10.0.2.7/24");
  REQUIRE(network);
  CHECK(network->base == 0x0A000200);
  CHECK(network->mask == 0xFFFFFF00);
  CHECK(emu::parse_network("10.0.0.0/8"));
  CHECK(emu::parse_network("10.0.2.0/28"));
  for (const std::string_view wrong : {"10.0.2.0", "10.0.2.0/7", "10.0.2.0/29", "10.0.2.0/", "10.0.2/24", "10.0.2.0/24/24"})
    CHECK_FALSE(emu::parse_network(wrong));
}
