-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 1.4, 1.5, figures 1-1, 1-2 and 1-3
-- teaches: who has the partition, its disk and its network before, during and after an active migration
-- verdict: as in the book
-- simplified: nothing
-- Redbook 1.4 and 1.5.2, figures 1-1 to 1-3: what both systems and their Virtual I/O Servers show before, during and after an active migration.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
local run = guest.commands(pair)
guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)
local pinger = pair:pinger("10.0.2.15", 20)

local sides = { { "frameA", "viosA" }, { "frameB", "viosB" } }
local function vios(side, line)
  local done = pair:vios(side[1], side[2], line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function state(side) return run("lssyscfg -r lpar -m " .. side[1] .. " -F name,state"):match("mobile,([^\n]*)") end
-- What a server has for the partition: a virtual SCSI server adapter, and behind it a virtual target device.
local function serves(side)
  local map = vios(side, "lsmap -all")
  return map:find("vhost", 1, true) ~= nil, map:find("VTD +vtscsi") ~= nil
end
local function unique_ids(side)
  local found = {}
  for disk in vios(side, "lsdev -type disk -field name"):gmatch "hdisk%d+" do
    local id = vios(side, ("lsdev -dev %s -attr unique_id"):format(disk)):match "\n(%S+)"
    if id then found[id] = disk end
  end
  return found
end

-- Figure 1-1: one disk of the SAN, which both servers see, and one network, which both bridge.
local shared, here = {}, unique_ids(sides[1])
for id in pairs(unique_ids(sides[2])) do shared[#shared + 1] = here[id] and id end
check_equal(#shared, 1, "both servers see the partition's disk")
for _, side in ipairs(sides) do
  check(vios(side, "lsmap -all -net"):find "SEA +ent%d+", side[2] .. " bridges the partition's network")
end
check_equal({ state(sides[1]), state(sides[2]) }, { "Running" }, "the partition is on the source")
check_equal({ serves(sides[1]) }, { true, true }, "whose server has its adapter and its disk")
check_equal({ serves(sides[2]) }, { false, false }, "the other has neither")

-- Figure 1-2: a new partition, into which the state flows.
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes", 30)
check_equal(state(sides[1]), "Migrating - Running", "during the migration it runs on the source")
check_equal(state(sides[2]), "Migrating - Not Activated", "on the destination is a partition that does not run yet")
for _, side in ipairs(sides) do check_equal({ serves(side) }, { true, true }, side[2] .. " has the disk for it") end
guest.all_well(console, "ticker", "bank")
pair:fault("frameA", "slow-mover:0")
local moved = task:wait(60)
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))

-- Figure 1-3.
check_equal({ state(sides[1]) }, {}, "then it is on the source no more")
check_equal(state(sides[2]), "Running", "it runs on the destination")
check_equal({ serves(sides[1]) }, { false, false }, "the source's server has nothing of it any more")
check_equal({ serves(sides[2]) }, { true, true }, "the destination's has its adapter and its disk")
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
guest.all_well(console, "ticker", "bank")
check(pinger:stop().lost <= 2, "the network has hardly missed it")
