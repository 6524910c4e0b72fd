// SPDX-License-Identifier: GPL-2.0-or-later
// Logical ports of host Ethernet adapters: who gets them, and what is kept when the frame starts again.
#include "firmware/host_ethernet.h"

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

// Two partitions, 2 and 3, whose profiles want these ports of an adapter with two ports in one group, Multi-Core Scaling 4.
struct Adapters {
  Adapters(std::vector<std::string> two, std::vector<std::string> three) : world({}) {
    world.hypervisor.reset();
    world.journal = std::move(*Journal::open(":memory:"));
    world.witness = std::move(*Witness::open(":memory:"));
    emu::HostEthernet adapter;
    adapter.adapter_id = 0x23000000;
    adapter.groups.push_back({1, 4, 4});
    for (const u32 id : {0U, 1U}) {
      emu::HeaPort& port = adapter.ports.emplace_back();
      port.group = 1;
      port.id = id;
    }
    world.config.heas = {adapter};
    world.config.partitions = {lpar(2, "two", {}), lpar(3, "three", {})};
    world.config.partitions[0].profiles[0].lhea_logical_ports = std::move(two);
    world.config.partitions[1].profiles[0].lhea_logical_ports = std::move(three);
    begin();
  }
  void begin() {
    world.hypervisor.reset();
    world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  }
  static std::string code(const emu::Status& status) { return status ? "" : status.error().code; }
  std::string activate(u32 id) { return code(world->activate(id, "normal", {})); }
  emu::HostEthernet adapter() { return world->system().heas.at(0); }
  std::string change(const std::function<void(emu::HostEthernet&)>& how) {
    emu::HostEthernet wanted = adapter();
    how(wanted);
    return code(world->change_host_ethernet(wanted));
  }

  World world;
};

}  // namespace

TEST_CASE("what a profile has of a host Ethernet adapter is required", "[hea]") {
  SECTION("and free") {
    Adapters adapters({"23000000/1/0/1/none"}, {"23000000/1/0/2/all"});
    CHECK(adapters.activate(2) == "");
    CHECK(adapters.activate(3) == "");
  }
  SECTION("and not free") {
    Adapters adapters({"23000000/1/0/1/none"}, {"23000000/1/1/1/none"});
    CHECK(adapters.activate(2) == "");
    CHECK(adapters.activate(3) == "HSCLF083");
    CHECK(adapters.world->power_off(2, false));
    CHECK(adapters.activate(3) == "");
  }
  SECTION("and not there") {
    CHECK(Adapters({"23000001/1/0/1/none"}, {}).activate(2) == "HSCLF080");
    CHECK(Adapters({"23000000/2/0/1/none"}, {}).activate(2) == "HSCLF081");
    CHECK(Adapters({"23000000/1/2/1/none"}, {}).activate(2) == "HSCLF081");
    CHECK(Adapters({"23000000/1/0/5/none"}, {}).activate(2) == "HSCLF082");
  }
}

TEST_CASE("logical ports come and go while a partition runs, and are its current configuration", "[hea]") {
  Adapters adapters({"23000000/1/0/1/none"}, {});
  CHECK(Adapters::code(adapters.world->set_logical_ports(2, {"23000000/1/1/2/none"})) != "");  // it does not run
  CHECK(adapters.activate(2) == "");
  CHECK(adapters.activate(3) == "");
  const auto set = [&](u32 id, std::vector<std::string> ports) {
    return Adapters::code(adapters.world->set_logical_ports(id, ports));
  };
  CHECK(set(3, {"23000000/1/0/1/none"}) == "HSCLF083");
  CHECK(set(3, {"23000000/1/0/2/none", "23000000/1/0/3/none"}) != "");  // two on one cable
  CHECK(set(3, {"hello"}) != "");
  CHECK(set(3, {"23000000/1/0/2/10,20"}) == "");
  CHECK(set(2, {}) == "");
  CHECK(set(3, {"23000000/1/0/1/10,20", "23000000/1/1/2/all"}) == "");
  for (const auto& status : adapters.world->lpars())
    if (status.definition.lpar_id == 3)
      CHECK(status.definition.current->lhea_logical_ports ==
            std::vector<std::string>{"23000000/1/0/1/10,20", "23000000/1/1/2/all"});
}

TEST_CASE("one partition has a physical port in promiscuous mode, or several have it without", "[hea]") {
  Adapters adapters({"23000000/1/0/1/none"}, {"23000000/1/0/2/none"});
  CHECK(adapters.activate(2) == "");
  CHECK(adapters.change([](auto& hea) { hea.ports[0].promisc_lpar_id = 3; }) == "HSCLF088");
  CHECK(adapters.change([](auto& hea) { hea.ports[0].promisc_lpar_id = 99; }) == "HSCLF087");
  CHECK(adapters.change([](auto& hea) { hea.ports[0].promisc_lpar_id = 2; }) == "");
  CHECK(adapters.activate(3) == "HSCLF085");
  CHECK(adapters.change([](auto& hea) { hea.ports[0].promisc_lpar_id = 0; }) == "");
  CHECK(adapters.activate(3) == "");
  CHECK(adapters.change([](auto& hea) { hea.ports[0].promisc_lpar_id = 2; }) == "HSCLF088");
}

TEST_CASE("Multi-Core Scaling is pending until the system starts again, and what is set is kept", "[hea]") {
  Adapters adapters({"23000000/1/0/1/none"}, {"23000000/1/1/2/none"});
  CHECK(adapters.change([](auto& hea) { hea.groups[0].pend_mcs = 3; }) == "HSCLF086");
  CHECK(adapters.change([](auto& hea) { hea.ports[1].conn_speed = "10000"; }) == "HSCLF086");
  CHECK(adapters.change([](auto& hea) { hea.ports[1].max_recv_packet_size = 1; }) == "HSCLF086");
  CHECK(adapters.change([](auto& hea) { hea.adapter_id = 7; }) == "HSCLF080");
  CHECK(adapters.change([](auto& hea) {
    hea.groups[0].mcs = 1;  // not its own to say
    hea.groups[0].pend_mcs = 16;
    hea.ports[1].conn_speed = "100";
    hea.ports[1].segment = "elsewhere";
  }) == "");
  CHECK(adapters.adapter().groups[0] == emu::HeaGroup{1, 4, 16});
  CHECK(adapters.adapter().ports[1].segment == "");
  CHECK(adapters.activate(3) == "");
  adapters.begin();
  CHECK(adapters.adapter().groups[0] == emu::HeaGroup{1, 16, 16});
  CHECK(adapters.adapter().ports[1].conn_speed == "100");
  CHECK(adapters.activate(3) == "HSCLF082");
  // The lab file has another adapter by now.
  adapters.world.config.heas[0].groups[0].id = 2;
  adapters.begin();
  CHECK(adapters.adapter().groups[0] == emu::HeaGroup{2, 4, 4});
}
