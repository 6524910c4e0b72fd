-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whatever becomes of a migration, the profiles of the Virtual I/O Servers serve those that are there, and nobody else.
local guest = require "lib.guest"

local pair = guest.start()
local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. done.output)
  return done.output
end

-- What a listing calls the next free slot of a server is what a client gets that comes.
local function next_slot(letter)
  return run(("lshwres -r virtualio --rsubtype slot --level lpar -m frame%s -F next_avail_virtual_slot --filter lpar_names=vios%s"):format(
    letter, letter)):match("%d+")
end
local function slot_of_client(letter)
  local listed = run(("lssyscfg -r prof -m frame%s -F virtual_scsi_adapters --filter lpar_names=vios%s,profile_names=default"):format(
    letter, letter))
  return listed:match("(%d+)/server/")
end

-- A second profile, which no activation has used: the source's serves the partition in it, too.
run("mksyscfg -r prof -m frameA -o save -p viosA -n other")
local function served(letter)
  local clients = {}
  local listed = run(("lssyscfg -r prof -m frame%s -F name,virtual_scsi_adapters --filter lpar_names=vios%s"):format(letter, letter))
  for line in listed:gmatch("[^\n]+") do
    local name, adapters = line:match("^(%w+),(.*)$")
    for id, client in adapters:gmatch("%d+/server/(%w+)/([^/]*)/") do table.insert(clients, name .. "/" .. id .. "/" .. client) end
  end
  table.sort(clients)
  return table.concat(clients, " ")
end
local function check_served(title, a, b)
  check_equal(served "A", a, title .. ": what viosA's profiles serve")
  check_equal(served "B", b, title .. ": what viosB's profiles serve")
end
local at_first = "default/3/mobile other/3/mobile"
check_served("at first", at_first, "")

guest.wait_for_rmc(pair)
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
check_served("under way", at_first, "default/3/mobile")
run("migrlpar -o s -m frameA -p mobile")
check_equal(task:wait(60).code, 1, "a migration is stopped")
check_served("rolled back", at_first, "")
pair:fault("frameA", "slow-mover:0")
guest.wait_for_rmc(pair)

local free = next_slot "B"
guest.move(pair, "frameA", "frameB")
check_served("moved", "", "default/3/mobile")
check_equal(slot_of_client "B", free, "the slot that was free")
guest.move(pair, "frameB", "frameA")
check_served("moved back", "default/3/mobile", "")
run("chsysstate -m frameA -r lpar -o shutdown -n mobile --immed")
pair:wait_state("frameA", "mobile", "Not Activated")
guest.move(pair, "frameA", "frameB")
check_served("moved while it is off", "", "default/3/mobile")
guest.move(pair, "frameB", "frameA")
check_served("moved back while it is off", "default/3/mobile", "")

-- The next activation of a server brings up what its profile says: nothing is left of a client that has gone.
guest.move(pair, "frameA", "frameB")
for _, how in ipairs { "shutdown --immed", "on -f other" } do run("chsysstate -m frameA -r lpar -n viosA -o " .. how) end
check_equal(pair:vios("frameA", "viosA", "lsmap -all").output, "", "viosA has no adapter of the partition that has gone")
