// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/mapping.h"

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

TEST_CASE("movers are those that reach each other on the network", "[lpm][mapping][network]") {
  world::World world;
  const auto msps = [&] { return world.hmc("lslparmigr -r msp -m cec1 -t cec2 --filter lpar_names=mobile").text; };
  CHECK(msps().find("\"dest_msp_names=S2_VIOS1,S2_VIOS2\"") != std::string::npos);
  CHECK(world.hmc("lslparmigr -r msp -m cec1 -t cec2 --filter lpar_names=mobile -F ipaddr_mappings")
            .text.find("10.0.2.21//1/S2_VIOS1/10.0.2.31/") != std::string::npos);
  // One of the destination's cannot be reached: it is not listed, and not chosen.
  world.out_of_reach = {"10.0.2.31"};
  CHECK(msps().find("S2_VIOS1") == std::string::npos);
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile").code == 0);
  const world::Answer asked_for = world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile -i dest_msp_name=S2_VIOS1");
  CHECK(asked_for.code == 1);
  CHECK(asked_for.text.find("HSCLF232") != std::string::npos);
  CHECK(asked_for.text.find("10.0.2.31") != std::string::npos);
  // None of them can.
  world.out_of_reach = {"10.0.2.31", "10.0.2.32"};
  CHECK(msps() == "No results were found.\n");
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile").text.find("HSCLF232") != std::string::npos);
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").code == 1);
  CHECK(world.trouble() == "");
  // A server without an address is no mover for anybody.
  world.out_of_reach.clear();
  world.one.lpars[1].definition.ip_address.clear();
  CHECK(msps().find("source_msp_name=S1_VIOS1") == std::string::npos);
  CHECK(msps().find("source_msp_name=S1_VIOS2") != std::string::npos);
}
