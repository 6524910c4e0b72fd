-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.1
-- teaches: two shared Ethernet adapters with a control channel stand in for each other, in both directions; a migration with both ways; the address of a server on the adapter that stands by is out of reach
-- verdict: as in the book
-- simplified: an aggregation carries on one cable at a time; no load sharing
-- Redbook 5.1 about Ethernet: two Virtual I/O Servers on each system. The network and the disk of a partition outlive each of them, it
-- migrates with both ways, and a server's address on the shared adapter that stands by is out of reach.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")
local file = lab.default_file():gsub("pair%.toml", "dual-vios.toml")

local dual, console = guest.start { file = file }
local run, refused = guest.commands(dual)
guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)

local function vios(name, line, code)
  local done = dual:vios("frame" .. name:sub(5, 5), name, line)
  check_equal(done.code, code or 0, name .. ": " .. line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function shared(name) return vios(name, "lsdev"):match("(ent%d+)%s+Available%s+Shared Ethernet Adapter") end
local sea = shared "viosA1"
local function statistics(name) return dual:vios("frame" .. name:sub(5, 5), name, "entstat -all " .. sea).output end
local function become(name, state)
  wait_until(name .. " is " .. state, function()
    local now = statistics(name):match("\n    State: (%u+)")
    return now == state, name .. " says " .. tostring(now)
  end)
end

for _, frame in ipairs { "A", "B" } do
  become("vios" .. frame .. "1", "PRIMARY")
  become("vios" .. frame .. "2", "BACKUP")
end
local text = statistics "viosA2"
check(text:find("Bridge Mode: None", 1, true) and text:find("Priority: 2  Active: False", 1, true), "the one that stands by bridges nothing")
check(text:find("High Availability Mode: Auto\n    Priority: 2\n", 1, true), "and says its mode and priority")
check(text:find("Control Channel PVID: 99\n", 1, true), "and the VLAN of the control channel")
check(statistics("viosA1"):find("Bridge Mode: All", 1, true), "the other bridges all")

-- Each way of losing a server, and of having it back; the partition is pinged all the while.
local pinger = dual:pinger("10.0.2.15", 20)
wait_until("the partition answers", function() local r = pinger:result() return r.sent - r.lost >= 5 end)
local function goes_on(what)
  local r = pinger:result()
  wait_until("it answers after " .. what, function() local now = pinger:result() return now.sent - now.lost >= r.sent - r.lost + 10 end)
end
local function back(what)
  become("viosA1", "PRIMARY")
  become("viosA2", "BACKUP")
  goes_on(what)
end
goes_on "nothing"
run "chsysstate -r lpar -m frameA -o shutdown --immed -n viosA1"
become("viosA2", "PRIMARY")
goes_on "the shutdown of the first server"
guest.all_well(console, "ticker", "bank")
run "chsysstate -r lpar -m frameA -o on -n viosA1 -f default"
back "its return"
dual:fault("frameA", "unplug-cable:ent0", "viosA1")
become("viosA2", "PRIMARY")
check(statistics("viosA1"):find("State: LIMBO", 1, true), "without its cable it is in limbo")
goes_on "its cable is pulled"
dual:fault("frameA", "plug-cable:ent0", "viosA1")
back "its cable is plugged in"
vios("viosA1", "rmdev -dev " .. sea .. " -ucfg")
become("viosA2", "PRIMARY")
goes_on "its shared adapter is taken away"
vios("viosA1", "cfgdev")
back "it is found again"
check_equal(vios("viosA1", "chdev -dev " .. sea .. " -attr ha_mode=standby"), sea .. " changed\n", "it is told to stand by")
become("viosA2", "PRIMARY")
become("viosA1", "BACKUP")
vios("viosA1", "chdev -dev " .. sea .. " -attr ha_mode=auto")
back "it is told not to"
vios("viosA1", "chdev -dev " .. sea .. " -attr ha_mode=sharing", 1)
check(vios("viosA2", "errlog"):find "E136EAFA.-I H ent%d+%s+BECOME PRIMARY", "the error log has it")
check(vios("viosA2", "errlog -ls"):find "LABEL:%s+SEAHA_BACKUP", "and its label")
say(("the longest gap in pings, of all these: %.0f ms"):format(pinger:result().longest_gap_ms))

-- A loop is refused.
local profile = run "lssyscfg -r prof -m frameA --filter lpar_names=viosA2 -F virtual_eth_adapters"
check(profile:find("3/0/1//2/", 1, true), "its trunk has priority 2: " .. profile)
local equal = profile:gsub("\n$", ""):gsub("^\"(.*)\"$", "%1"):gsub("3/0/1//2/", "3/0/1//1/")
refused('chsyscfg -r prof -m frameA -i "name=default,lpar_name=viosA2,\\"virtual_eth_adapters=' .. equal .. '\\""', "HSCLF062")
refused('chhwres -r virtualio -m frameA -p viosA2 -o a --rsubtype eth -s 20 -a "port_vlan_id=1,is_trunk=1,trunk_priority=5"', "slot 3 has a trunk adapter of VLAN 1")
refused('chhwres -r virtualio -m frameA -p viosA2 -o a --rsubtype eth -s 20 -a "ieee_virtual_eth=1,port_vlan_id=7,addl_vlan_ids=1,is_trunk=1,trunk_priority=5"',
  "slot 3 has a trunk adapter of VLAN 1")

-- The partition migrates, with both paths to its disk, and is reached on the other system.
guest.wait_for_rmc(dual)
run "migrlpar -o v -m frameA -t frameB -p mobile"
run "migrlpar -o m -m frameA -t frameB -p mobile"
guest.check_owner(dual, "frameB", "Running")
goes_on "the migration"
guest.all_well(console, "ticker", "bank")
run "chsysstate -r lpar -m frameB -o shutdown --immed -n viosB1"
become("viosB2", "PRIMARY")
goes_on "the shutdown of a server there"
guest.all_well(console, "ticker", "bank")
pinger:stop()
dual:down()

-- "The backup shared Ethernet adapter is always offline as well as its IP address": its RMC connection is lost.
local on_shared = lab.up { file = lab.variant({ { '  ip_address = "10.0.2.12"\n  address_slot = 2\n', '  ip_address = "10.0.2.12"\n' } }, file) }
local function rmc(name)
  return (on_shared:hmc("lssyscfg -r lpar -m frameA -F rmc_state --filter lpar_names=" .. name).output:gsub("\n", ""))
end
wait_until("the server with an address of its own is reached", function() return rmc "viosA1" == "active" end, 60)
wait_until("the one whose address is on the adapter that stands by is not", function() return rmc "viosA2" ~= "active" end, 60)
check_equal(rmc "viosA1", "active", "the other is")
on_shared:fault("frameA", "unplug-network", "viosA1")
wait_until("it is when that adapter bridges", function() return rmc "viosA2" == "active" end, 60)
