// SPDX-License-Identifier: GPL-2.0-or-later
// Host Ethernet adapters: how they are listed, and what is changed of them.
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

// Four ports in two groups; `mobile` has a logical port of the first.
struct Adapters : World {
  Adapters() {
    emu::HostEthernet adapter;
    adapter.adapter_id = 0x23000000;
    adapter.location = "U789D.001.DQDYKGK-P1";
    for (const u32 group : {1U, 2U}) {
      adapter.groups.push_back({group, 8, 8});
      for (const u32 id : {0U, 1U}) {
        emu::HeaPort port;
        port.group = group;
        port.id = id;
        port.location = fmt::format("U789D.001.DQDYKGK-P1-T{}", group * 2 + id - 1);
        adapter.ports.push_back(port);
      }
    }
    one.info.heas = {adapter};
    has(3) = {"23000000/1/0/1/none"};
  }
  std::vector<std::string>& has(u32 id) { return one.lpars[id].definition.current->lhea_logical_ports; }
  std::string list(const std::string& what) { return hmc("lshwres -r hea -m cec1 --rsubtype " + what).text; }
  void says(const std::string& line, const std::string& wanted) {
    INFO(line);
    const Answer answer = hmc("chhwres -r hea -m cec1 " + line);
    INFO(answer.text);
    CHECK(answer.text.starts_with(wanted));
    CHECK((answer.code != 0) == !wanted.empty());
  }
};

}  // namespace

TEST_CASE("host Ethernet adapters are listed by adapter, port group, physical port and logical port", "[cli][hea]") {
  Adapters world;
  CHECK(world.list("phys --level sys") == "adapter_id=23000000,phys_loc=U789D.001.DQDYKGK-P1\n");
  CHECK(world.list("phys --level port_group") ==
        "adapter_id=23000000,port_group=1,\"phys_port_ids=0,1\",unassigned_logical_port_ids=2,curr_port_group_mcs_value=8,"
        "pend_port_group_mcs_value=8\n"
        "adapter_id=23000000,port_group=2,\"phys_port_ids=0,1\",\"unassigned_logical_port_ids=1,2\",curr_port_group_mcs_value=8,"
        "pend_port_group_mcs_value=8\n");
  CHECK(world.list("phys --level port -F port_group,phys_port_id,phys_port_loc,promisc_lpar_id") ==
        "1,0,U789D.001.DQDYKGK-P1-T1,none\n1,1,U789D.001.DQDYKGK-P1-T2,none\n2,0,U789D.001.DQDYKGK-P1-T3,none\n"
        "2,1,U789D.001.DQDYKGK-P1-T4,none\n");
  CHECK(world.list("logical --level sys") ==
        "adapter_id=23000000,lpar_id=3,lpar_name=mobile,drc_index=23C00300,drc_name=HEA 1,capabilities=0,ieq=0,nieq=0,qp=0,cq=0,"
        "mr=0\n");
  CHECK(world.list("logical --level port") ==
        "adapter_id=23000000,lpar_id=3,lpar_name=mobile,port_group=1,phys_port_id=0,logical_port_id=1,vlan_id_list=none\n");
  CHECK(world.list("logical --level port --filter lpar_names=S1_VIOS1") == "No results were found.\n");
  for (const char* wrong : {"", "phys", "phys --level lpar", "logical --level port_group", "virtual --level sys",
                            "phys --level sys --filter lpar_ids=3", "logical --level port --filter colour=red"})
    CHECK(world.hmc(std::string("lshwres -r hea -m cec1 --rsubtype ") + wrong).code == 1);
  world.one.info.heas.clear();
  CHECK(world.list("phys --level sys") == "No results were found.\n");
  CHECK(world.hmc("lssyscfg -r sys -m cec1 -F lhea_capable").text == "0\n");
}

TEST_CASE("logical ports are added, changed and removed by their numbers", "[cli][hea]") {
  Adapters world;
  world.says("-o a -p S1_VIOS1 -l 23000000 -g 2 --physport 1 --logport 2", "");
  CHECK(world.has(1) == std::vector<std::string>{"23000000/2/1/2/all"});
  world.says("-o s -p S1_VIOS1 -l 23000000 -g 2 --logport 2 -a \"vlan_id_list=10,20\"", "");
  CHECK(world.has(1) == std::vector<std::string>{"23000000/2/1/2/10,20"});
  world.says("-o a -p S1_VIOS1 -l 23000000 -g 1 --physport 0 --logport 2 -a vlan_id_list=none", "");
  world.says("-o r -p S1_VIOS1 -l 23000000 -g 1 --logport 2", "");
  CHECK(world.has(1) == std::vector<std::string>{"23000000/2/1/2/10,20"});
  world.says("-o r -p S1_VIOS1 -l 23000000", "");
  CHECK(world.has(1).empty());
  world.says("-o r -p S1_VIOS1 -l 23000000", "HSCLF089");
  world.says("-o r -p mobile -l 23000000 -g 1 --logport 2", "HSCLF084");
  world.says("-o a -p mobile -l 23000009 -g 1 --physport 0 --logport 2", "HSCLF080");
  for (const char* line :
       {"-o a -p mobile -l hello -g 1 --physport 0 --logport 2", "-o a -p mobile -l 23000000 --physport 0 --logport 2",
        "-o a -p mobile -l 23000000 -g 1 --physport 0", "-o a -p mobile -l 23000000 -g 1 --logport 2",
        "-o a -p mobile -l 23000000 -g 1 --physport 1 --logport 2 -a vlan_id_list=0",
        "-o a -p mobile -l 23000000 -g 1 --physport 1 --logport 2 -a colour=red", "-o r -p mobile -l 23000000 --physport 0",
        "-o m -p mobile -l 23000000", "-o s -p mobile -l 23000000 -g 1 --logport 1"}) {
    INFO(line);
    CHECK(world.hmc(std::string("chhwres -r hea -m cec1 ") + line).code == 1);
  }
  CHECK(world.has(3) == std::vector<std::string>{"23000000/1/0/1/none"});
}

TEST_CASE("port groups and physical ports are set, and who is promiscuous is known", "[cli][hea]") {
  Adapters world;
  world.says("-o s -l 23000000 -g 2 -a pend_port_group_mcs_value=16", "");
  CHECK(world.one.info.heas[0].groups[1].pend_mcs == 16);
  CHECK(world.one.info.heas[0].groups[1].mcs == 8);
  world.says("-o s -l 23000000 -g 2 --physport 1 -a promisc_lpar_name=S1_VIOS1,conn_speed=100,duplex=full", "");
  const emu::HeaPort& port = world.one.info.heas[0].ports[3];
  CHECK(port.promisc_lpar_id == 1);
  CHECK(port.conn_speed == "100");
  CHECK(world.list("phys --level port -F promisc_lpar_name,promisc_lpar_id").ends_with("S1_VIOS1,1\n"));
  world.says("-o s -l 23000000 -g 2 --physport 1 -a promisc_lpar_id=none", "");
  CHECK(port.promisc_lpar_id == 0);
  world.says("-o s -l 23000000 -g 2 --physport 7 -a duplex=full", "HSCLF081");
  for (const char* line :
       {"-o s -l 23000000 -g 2", "-o s -l 23000000 -a duplex=full", "-o s -l 23000000 -g 9 -a pend_port_group_mcs_value=1",
        "-o s -l 23000000 -g 2 -a pend_port_group_mcs_value=3", "-o s -l 23000000 -g 2 -a curr_port_group_mcs_value=1",
        "-o s -l 23000000 -g 2 --physport 1 -a promisc_lpar_name=nobody",
        "-o s -l 23000000 -g 2 --physport 1 -a promisc_lpar_name=mobile,promisc_lpar_id=3",
        "-o s -l 23000000 -g 2 --logport 1 -a duplex=full"}) {
    INFO(line);
    CHECK(world.hmc(std::string("chhwres -r hea -m cec1 ") + line).code == 1);
  }
}

TEST_CASE("logical ports of a profile are a list, and what they take is listed beside them", "[cli][hea]") {
  Adapters world;
  const auto set = [&](const std::string& what) {
    return world.hmc("chsyscfg -r prof -m cec1 -i \"lpar_name=mobile,name=normal," + what + "\"");
  };
  const auto listed = [&] {
    return world
        .hmc("lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names=normal -F lhea_logical_ports,lhea_capabilities")
        .text;
  };
  CHECK(listed() == "none,none\n");
  CHECK(set("lhea_logical_ports=23000000/1/0/1/all").text == "");
  CHECK(listed() == "23000000/1/0/1/all,23000000/0\n");
  CHECK(set("lhea_logical_ports+=23000000/1/1/2/none").text == "");
  CHECK(set("lhea_capabilities=23000000/0").text == "");
  CHECK(set("lhea_capabilities=23000000/4").code == 1);
  CHECK(set("lhea_logical_ports+=23000000/1/1/3/none").text.find("one logical port on each physical port") != std::string::npos);
  CHECK(set("lhea_logical_ports=hello").text.find("adapter ID/port group/physical port/logical port/VLANs") != std::string::npos);
  CHECK(set("lhea_logical_ports-=23000000/1/0/1/all").text == "");
  CHECK(listed() == "23000000/1/1/2/none,23000000/0\n");
  CHECK(set("lhea_logical_ports=none").text == "");
  CHECK(listed() == "none,none\n");
}
