-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: appendix A, figures A-1 to A-6, table A-1; 3.6.8, figure 3-18
-- teaches: host Ethernet adapters: port groups, logical ports by Multi-Core Scaling, promiscuous mode, and that a partition with one does not move, whether it runs or not
-- verdict: as in the book; 3.6.8 says that an inactive migration is possible, and appendix A that it is not: as appendix A says
-- simplified: no operating system sees a logical port
-- Redbook appendix A. What 3.6.8 and the appendix say of inactive migrations differs: here it is as in the appendix.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
package.path = here .. "../scenarios/?.lua;" .. package.path
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.default_file():gsub("pair%.toml$", "hea.toml") }
local run, refused = guest.commands(pair)
local function list(what, fields) return run(("lshwres -r hea -m frameA --rsubtype %s -F %s"):format(what, fields)) end
local function chhwres(line) return run("chhwres -r hea -m frameA -l 23000000 " .. line) end
local function no(line, code) refused("chhwres -r hea -m frameA -l 23000000 " .. line, code) end
local function moves(code)
  local said = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").output
  return said:find(code, 1, true) ~= nil
end

-- ---- figures A-1 and A-3 ----
check_equal(list("phys --level port_group", "port_group,phys_port_ids,unassigned_logical_port_ids,curr_port_group_mcs_value"),
  '1,"0,1","2,3,4",4\n2,"0,1","1,2,3,4",4\n', "two port groups, whose logical ports table A-1 tells")
check_equal(run("lshwres -r hea -m frameA --rsubtype logical --level sys"),
  "adapter_id=23000000,lpar_id=3,lpar_name=mobile,drc_index=23C00300,drc_name=HEA 1,capabilities=0,ieq=0,nieq=0,qp=0,cq=0,mr=0\n",
  "one logical host Ethernet adapter for a partition and an adapter")
check(run("lssyscfg -r sys -m frameA -F lhea_capable"):find("1", 1, true), "the system has one")

-- ---- "A partition with an LHEA cannot be migrated" ----
check(moves "HSCLF236", "active: it is in the way")
refused("migrlpar -o m -m frameA -t frameB -p mobile", "HSCLF236")

-- ---- logical ports: figures A-5 and A-6 ----
no("-o a -p mobile -g 1 --physport 0 --logport 2", "lhea_logical_ports")
no("-o a -p viosA -g 1 --physport 0 --logport 1", "HSCLF083")
no("-o a -p viosA -g 1 --physport 0 --logport 5", "HSCLF082")
no("-o a -p viosA -g 3 --physport 0 --logport 1", "HSCLF081")
no("-o a -p other -g 1 --physport 1 --logport 2", "HSCL05DF")
chhwres "-o a -p viosA -g 2 --physport 1 --logport 3 -a \"vlan_id_list=10,20\""
check_equal(list("logical --level port", "lpar_name,port_group,phys_port_id,logical_port_id,vlan_id_list"),
  'viosA,2,1,3,"10,20"\nmobile,1,0,1,all\n', "both have one")
chhwres "-o s -p viosA -g 2 --logport 3 -a vlan_id_list=all"

-- ---- promiscuous mode excludes the others ----
no("-o s -g 1 --physport 0 -a promisc_lpar_id=1", "HSCLF088")
chhwres "-o s -g 2 --physport 1 -a promisc_lpar_name=viosA"
no("-o a -p mobile -g 2 --physport 1 --logport 4", "HSCLF085")
chhwres "-o s -g 2 --physport 1 -a promisc_lpar_id=none"
chhwres "-o a -p mobile -g 2 --physport 1 --logport 4"
chhwres "-o r -p mobile -g 2 --logport 4"

-- ---- Multi-Core Scaling: "this change will not take effect until the next system IPL" ----
no("-o s -g 2 -a pend_port_group_mcs_value=3", "invalid parameter value")
chhwres "-o s -g 2 -a pend_port_group_mcs_value=16"
local function scaling() return list("phys --level port_group", "port_group,curr_port_group_mcs_value,pend_port_group_mcs_value") end
check_equal(scaling(), "1,4,4\n2,4,16\n", "it is pending")
chhwres "-o r -p viosA"

-- ---- both out of the partition and out of its profile ----
chhwres "-o r -p mobile"
check(moves "HSCLF236", "its profile still has it")
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,lhea_logical_ports=none"'
check(not moves "HSCLF236", "and now nothing is in the way")
guest.move(pair, "frameA", "frameB")
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")

-- Off, with a profile that has one: appendix A.
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,lhea_logical_ports=23000000/1/1/2/none"'
run "chsysstate -r lpar -m frameA -o shutdown --immed -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 60)
check(moves "HSCLF236", "inactive: it is in the way as well")

-- ---- the system's next power-on; and what somebody else has does not start ----
pair:kill("frameA")
pair:restart()
wait_until("frameA answers", function() return pair:hmc("lshwres -r hea -m frameA --rsubtype phys --level sys").code == 0 end, 60)
check_equal(scaling(), "1,4,4\n2,16,16\n", "a group with one logical port")
run 'chsyscfg -r prof -m frameA -i "lpar_name=other,name=default,lhea_logical_ports=23000000/1/1/2/none"'
run "chsysstate -r lpar -m frameA -o on -n other -f default"
refused("chsysstate -r lpar -m frameA -o on -n mobile -f default", "HSCLF083")
