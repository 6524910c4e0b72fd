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

TEST_CASE("movers with several addresses have several networks, and one is chosen", "[lpm][mapping][network]") {
  world::World world;
  world.one.vioses[1].addresses = {{"en5", "10.0.2.21", "255.255.255.0"}, {"en6", "10.0.9.21", "255.255.255.0"}};
  world.two.vioses[1].addresses = {{"en5", "10.0.2.31", "255.255.255.0"}, {"en6", "10.0.9.31", "255.255.255.0"}};
  world.one.lpars[2].definition.msp = false;
  world.two.lpars[2].definition.msp = false;
  const auto mappings = [&] {
    return world.hmc("lslparmigr -r msp -m cec1 -t cec2 --filter lpar_names=mobile -F ipaddr_mappings").text;
  };
  // The world's networks have routers, and only what is out of reach is not reached.
  CHECK(mappings() ==
        "\"10.0.2.21//1/S2_VIOS1/10.0.2.31/,10.0.2.21//1/S2_VIOS1/10.0.9.31/,10.0.9.21//1/S2_VIOS1/10.0.2.31/,"
        "10.0.9.21//1/S2_VIOS1/10.0.9.31/\"\n");
  world.out_of_reach = {"10.0.2.31"};
  CHECK(mappings() == "\"10.0.2.21//1/S2_VIOS1/10.0.9.31/,10.0.9.21//1/S2_VIOS1/10.0.9.31/\"\n");
  const auto validate = [&](const std::string& input) {
    return world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile " + (input.empty() ? "" : "-i \"" + input + "\""));
  };
  CHECK(validate("").code == 0);
  CHECK(validate("source_msp_ipaddr=10.0.9.21,dest_msp_ipaddr=10.0.9.31").code == 0);
  CHECK(validate("source_msps=S1_VIOS1/1/10.0.9.21,dest_msps=S2_VIOS1/1/10.0.9.31").code == 0);
  // Which cannot is said.
  const auto apart = validate("dest_msp_ipaddr=10.0.2.31");
  CHECK(apart.text.find("HSCLF232") != std::string::npos);
  CHECK(apart.text.find("10.0.2.31") != std::string::npos);
  CHECK(validate("source_msp_ipaddr=10.0.9.99").text.find("HSCLF204") != std::string::npos);
  CHECK(validate("source_msp_name=S1_VIOS1,source_msp_ipaddr=10.0.9.99").text.find("HSCLF204") != std::string::npos);
  CHECK(validate("source_msp_ipaddr=10.0.9").text.find("source_msp_ipaddr") != std::string::npos);
  world.out_of_reach = {"10.0.2.31", "10.0.9.31"};
  CHECK(validate("").text.find("10.0.2.31, 10.0.9.31") != std::string::npos);
}
