-- SPDX-License-Identifier: GPL-2.0-or-later
-- A system is powered off and on by its console: its partitions go down with it, nothing is activated on it, nothing moves to it or from
-- it; it stays off when its process dies, and comes up with its Virtual I/O Servers and what starts with the lab.
local guest = require "lib.guest"

local pair, console = guest.start()
local run, refused = guest.commands(pair)
local function state(frame) return (run(("lssyscfg -r sys -m %s -F state"):format(frame)):gsub("\n", "")) end

-- In order: the operating system ends first.
console:run "run ticker &"
run "chsysstate -m frameA -r sys -o off"
check_equal(state "frameA", "Power Off", "the system is off")
check_equal(run "lssyscfg -r lpar -m frameA -F name,state", "viosA,Not Available\nmobile,Not Available\n", "and so are its partitions")
for _, line in ipairs { "chsysstate -m frameA -r lpar -o on -n mobile", "chsyscfg -r lpar -m frameA -i name=mobile,description=x",
  "migrlpar -o v -m frameA -t frameB -p mobile", "migrlpar -o m -m frameA -t frameB -p mobile", "chhwres -r mem -m frameA -o a -p mobile -q 16" } do
  refused(line, "HSCLA228")
end
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=mobile -F name", "default\n", "what it knows can be listed")
run "chsysstate -m frameA -r sys -o off --immed"
refused("chsysstate -m frameA -r sys -o recover", "HSCLF034")
run "chsysstate -m frameA -r sys -o rebuild"

-- Its process dies: it stays off.
pair:kill "frameA"
pair:restart()
wait_until("the system answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Power Off\n" end)

-- On: as a lab starts.
run "chsysstate -m frameA -r sys -o on"
check_equal(state "frameA", "Operating", "it is on")
pair:wait_state("frameA", "viosA", "Running")
pair:wait_state("frameA", "mobile", "Running")
run "chsysstate -m frameA -r sys -o on"
guest.boot(pair)
guest.wait_for_rmc(pair)

-- A destination without power; a system with a migration keeps its own.
run "chsysstate -m frameB -r sys -o off --immed"
refused("migrlpar -o m -m frameA -t frameB -p mobile", "HSCLA228")
run "chsysstate -m frameB -r sys -o onstandby"
check_equal(state "frameB", "Standby", "standby")
check_equal(run "lssyscfg -r lpar -m frameB -F name,state", "viosB,Not Activated\n", "nothing is activated by itself")
run "chsysstate -m frameB -r lpar -o on -n viosB"
run "chsysstate -m frameB -r sys -o on"
guest.wait_for_rmc(pair)
pair:fault("frameA", "slow-mover:8000000")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
guest.wait_phase(pair, "passes")
for _, frame in ipairs { "frameA", "frameB" } do
  refused(("chsysstate -m %s -r sys -o off --immed"):format(frame), "HSCL3205")
end
pair:fault("frameA", "slow-mover:0")
check_equal(task:wait(60).code, 0, "the migration comes to its end")

-- At once, and on again: with the partition that starts with the lab, wherever it is.
run "chsysstate -m frameB -r sys -o off --immed --restart"
check_equal(state "frameB", "Operating", "restarted")
pair:wait_state("frameB", "mobile", "Running")
