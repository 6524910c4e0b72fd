-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.1 and 2.3, the notes on profiles
-- teaches: all profiles come along as they are; the migration profile replaces the one last activated, the one that is named, or none
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.1 and 2.3: what becomes of a partition's profiles in a migration, and of an adapter that was added while it ran.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = guest.start()
local run = guest.commands(pair)
local function profiles(frame) return run("lssyscfg -r prof -m " .. frame .. " --filter lpar_names=mobile -F name,desired_mem,virtual_scsi_adapters") end
local function one(frame, profile, names)
  return (run(("lssyscfg -r prof -m %s --filter lpar_names=mobile,profile_names=%s -F %s"):format(frame, profile, names)):gsub("\n", ""))
end
local function current(frame, names) return (run(("lssyscfg -r lpar -m %s --filter lpar_names=mobile -F %s"):format(frame, names)):gsub("\n", "")) end
local function names_of(frame)
  local found = {}
  for name in run("lssyscfg -r prof -m " .. frame .. " --filter lpar_names=mobile -F name"):gmatch "[^\n]+" do found[#found + 1] = name end
  table.sort(found)
  return table.concat(found, " ")
end

-- A second profile, and one that was changed after the activation.
run 'mksyscfg -r prof -m frameA -o save -p mobile -n night'
run 'chsyscfg -r prof -m frameA -i "name=night,lpar_name=mobile,min_mem=64,desired_mem=128"'
run 'chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,desired_mem=192"'
local night = one("frameA", "night", "desired_mem,virtual_scsi_adapters")
-- An adapter that is added while it runs.
run "chhwres -r virtualio --rsubtype eth -m frameA -o a -p mobile -s 7 -a port_vlan_id=1,ieee_virtual_eth=0"

guest.move(pair, "frameA", "frameB")
guest.wait_for_rmc(pair)
check_equal(names_of "frameB", "default night", "the migration profile has replaced the one last activated")
check_equal(one("frameB", "default", "desired_mem"), "256", "it has what the partition runs with, not what its profile wished")
check(one("frameB", "default", "virtual_eth_adapters"):find("7/0/1//0/0", 1, true), "the adapter that was added is in it as desired: " .. one("frameB", "default", "virtual_eth_adapters"))
check_equal(one("frameB", "night", "desired_mem,virtual_scsi_adapters"), night, "the other is as it was, with the server of the former system")
check_equal(run("lssyscfg -r prof -m frameA -F lpar_name,name"), "viosA,default\n", "none is left on the source")

-- -n with a name of its own: all others stay as they are.
run 'chsyscfg -r prof -m frameB -i "name=default,lpar_name=mobile,desired_mem=192"'
run "migrlpar -o m -m frameB -t frameA -p mobile -n moved"
guest.wait_for_rmc(pair)
check_equal(names_of "frameA", "default moved night", "a profile of its own beside the others")
check_equal(one("frameA", "default", "desired_mem"), "192", "which are as they were")
check_equal(one("frameA", "moved", "desired_mem"), "256", "it has what the partition runs with")
check_equal(current("frameA", "curr_profile"), "moved", "and is what the partition has been activated with")

-- -n with one that exists.
run "migrlpar -o m -m frameA -t frameB -p mobile -n night"
check_equal(names_of "frameB", "default moved night", "a name that exists")
check_equal(one("frameB", "night", "desired_mem"), "256", "is replaced")
check_equal(one("frameB", "default", "desired_mem"), "192", "and no other")
guest.check_owner(pair, "frameB", "Running")
