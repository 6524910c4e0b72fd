-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.1, link aggregation of a shared Ethernet adapter
-- teaches: of two aggregated cables one may be pulled; with both out the server is out of reach, is no mover, and validation says so
-- verdict: as in the book
-- simplified: an aggregation carries on one cable at a time; no load sharing
-- Redbook 5.1: a shared Ethernet adapter on two aggregated ports. Either cable may be out, before and in a migration; with both out, the
-- partition and its Virtual I/O Server are out of reach.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = lab.up { file = lab.variant { { 'segments = ["lan0"]', 'segments = ["lan0"]\n  ports = ["lan0", "lan0"]' } } }
local console = guest.boot(pair)
guest.wait_for_rmc(pair)
local run, refused = guest.commands(pair)
local function vios(line)
  local done = pair:vios("frameA", "viosA", line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
-- An address on the network that is reached through the adapter alone, the server's own too.
local sea = vios("lsmap -all -net -fmt : -field sea"):match "ent%d+"
vios("rmdev -dev " .. sea)
local lnagg = vios("mkvdev -lnagg ent1,ent2"):match "ent%d+"
vios(("mkvdev -sea %s -vadapter ent3 -default ent3 -defaultid 1"):format(lnagg))
guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)
local function rmc() return pair:hmc("lssyscfg -r lpar -m frameA -F name,rmc_state").output end
local function reached() return rmc() == "viosA,active\nmobile,active\n" end
wait_until("both are reached over the aggregation", function() return reached(), rmc() end, 60)
local function cable(port, what) pair:fault("frameA", what .. "-cable:" .. port, "viosA") end
local function link_status() return vios("entstat -all " .. lnagg):match "Link Status : ([^\n]+)" end

-- One of the two: nobody notices.
for _, port in ipairs { "ent1", "ent2" } do
  local pinger = pair:pinger("10.0.2.15", 20)
  wait_until("pings are answered", function() return pinger:result().sent - pinger:result().lost >= 5 end, 20)
  cable(port, "unplug")
  local before = pinger:result().sent
  wait_until("pings go on without " .. port, function() return pinger:result().sent >= before + 25 end, 20)
  check(pinger:stop().lost <= 3, "hardly one was lost with the cable of " .. port)
  check(reached(), "RMC stays")
  run "migrlpar -o v -m frameA -t frameB -p mobile"
  cable(port, "plug")
end

-- In the middle of a migration.
pair:fault("frameA", "slow-mover:3000000")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
guest.wait_phase(pair, "passes", 30)
cable("ent1", "unplug")
pair:fault("frameA", "slow-mover:0")
local moved = task:wait(60)
check_equal(moved.code, 0, "it moves over the other cable" .. (moved.code == 0 and "" or ": " .. moved.output))
cable("ent1", "plug")
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")
guest.all_well(console, "ticker", "bank")

-- Both: out of reach.
cable("ent1", "unplug")
check(link_status():find "Down", "one is down: " .. link_status())
cable("ent2", "unplug")
wait_until("neither the server nor the partition is reached", function() return not rmc():find(",active", 1, true), rmc() end, 60)
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLA246")
cable("ent2", "plug")
wait_until("with one of them they are", reached, 60)
run "migrlpar -o v -m frameA -t frameB -p mobile"
guest.all_well(console, "ticker", "bank")
