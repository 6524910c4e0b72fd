// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/service_state.h"

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

TEST_CASE("what the service processor keeps for consoles is there when the frame starts again", "[service]") {
  World world({lpar(2, "one", {})});
  const emu::ServiceState first = world->service_state();
  CHECK(first.levels.release == "01EM320");
  CHECK_FALSE(first.attention);
  emu::ServiceState wanted = first;
  wanted.attention = true;
  wanted.levels.installed = 40;
  REQUIRE(world->set_service_state(first, wanted));
  CHECK(world->service_state() == wanted);
  // Who does not know what it is now does not change it.
  CHECK(world->set_service_state(first, first).error().code == changed_meanwhile_code);
  emu::ServiceState wrong = wanted;
  wrong.levels.release = "../../";
  CHECK_FALSE(world->set_service_state(wanted, wrong));
  wrong = wanted;
  wrong.master_name = std::string(1000, 'x');
  CHECK_FALSE(world->set_service_state(wanted, wrong));

  world.hypervisor.reset();
  world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  CHECK(world->service_state() == wanted);

  // A start of the system activates what is installed.
  REQUIRE(world->set_power(emu::SystemPower::off));
  CHECK(world->service_state().levels.activated == first.levels.activated);
  REQUIRE(world->set_power(emu::SystemPower::operating));
  CHECK(world->service_state().levels.activated == 40);
  CHECK(world->service_state().levels.started == 40);
}

TEST_CASE("a partition that fails lights its LED, which its successor under the same ID does not inherit", "[service]") {
  emu::LparDefinition broken = lpar(2, "one", {});
  broken.profiles[0].boot_image = "/there/is/no/such/image";
  World world({broken});
  CHECK_FALSE(world->activate(2, "", {}));
  CHECK(world->service_state().lpar_attention == std::vector<u32>{2});
  CHECK(world->service_state().attention);
  CHECK(world->service_state().virtual_attention);
  REQUIRE(world->power_off(2, false));
  REQUIRE(world->remove(2));
  REQUIRE(world->define(lpar(2, "two", {})));
  CHECK(world->service_state().lpar_attention.empty());
}
