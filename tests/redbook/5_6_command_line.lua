-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.6.1 - 5.6.3
-- teaches: what lslparmigr lists of systems, partitions, movers and adapters, in all of its forms; what a migration can be told with -i
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.6.1 - 5.6.3: the commands of the examples, and what they list before and during an inactive migration.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = lab.up { file = lab.default_file():gsub("pair%.toml", "dual-vios.toml") }
guest.boot(pair)
guest.wait_for_rmc(pair)
local run, refused = guest.commands(pair)

-- 5.6.2, systems.
check_equal(run "lslparmigr -r sys -m frameA", "inactive_lpar_mobility_capable=1,num_inactive_migrations_supported=40,num_inactive_migrations_in_progress=0," ..
  "active_lpar_mobility_capable=1,num_active_migrations_supported=40,num_active_migrations_in_progress=0\n", "what a system is capable of")
check_equal(run "lslparmigr -r sys -m frameA -F", "1,40,0,1,40,0\n", "its values alone")
check_equal(run "lslparmigr -r sys -m frameA -F --header", "inactive_lpar_mobility_capable,num_inactive_migrations_supported," ..
  "num_inactive_migrations_in_progress,active_lpar_mobility_capable,num_active_migrations_supported,num_active_migrations_in_progress\n1,40,0,1,40,0\n", "under their names")
-- Movers and adapters.
check_equal(run "lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile",
  'source_msp_name=viosA1,source_msp_id=1,"dest_msp_names=viosB1,viosB2","dest_msp_ids=1,2"\n' ..
  'source_msp_name=viosA2,source_msp_id=2,"dest_msp_names=viosB1,viosB2","dest_msp_ids=1,2"\n', "four pairs of movers are possible")
check_equal(run "lslparmigr -r virtualio -m frameA -t frameB --filter lpar_names=mobile -F suggested_virtual_scsi_mappings",
  '"2/viosB1/1,3/viosB2/2"\n', "who would serve its adapters")
refused("lslparmigr -r msp -m frameA -t frameB", "--filter")
refused("lslparmigr -r sys -m frameA --filter lpar_names=mobile", "--filter")

-- 5.6.1: what a migration can be told.
local validate = "migrlpar -o v -m frameA -t frameB "
for _, told in ipairs { "-p mobile -i source_msp_id=2,dest_msp_name=viosB2", "--id 3 -i vlan_mappings=1/viosB2/2",
  "-p mobile -i shared_proc_pool_id=0", "-p mobile -i shared_proc_pool_name=DefaultPool" } do run(validate .. told) end
refused(validate .. "-p mobile -i shared_proc_pool_id=1", "HSCLF0C0")
refused(validate .. "-p mobile -i dest_msp_name=nobody", "HSCL")
refused(validate .. "-p mobile -i vlan_mappings=1/viosB2/9", "HSCL")

-- 5.6.3.
check_equal(run "lssyscfg -r sys -m frameA -F active_lpar_mobility_capable,inactive_lpar_mobility_capable", "1,1\n", "a system's capabilities")
check_equal(run "lssyscfg -r lpar -m frameA -F name,msp,time_ref", "viosA1,1,1\nviosA2,1,1\nmobile,null,0\n", "movers and time references")
check_equal(run "lshwres -r virtualio --rsubtype vasi -m frameA --level lpar --filter lpar_names=viosA1", "lpar_name=viosA1,lpar_id=1,slot_num=5\n", "the VASI of a mover")
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=viosA1 -F virtual_vasi_adapters", "5\n", "in its profile")
run 'viosvrcmd -m frameA -p viosA1 -c "rmdev -dev vasi0"'
run "chhwres -r virtualio -m frameA -o r -p viosA1 --rsubtype vasi -s 5"
check_equal(run "lshwres -r virtualio --rsubtype vasi -m frameA --level lpar -F lpar_name", "viosA2\n", "it is taken away while the server runs")
check(not run("lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile"):find("viosA1", 1, true), "who has none is no mover")
run "chhwres -r virtualio -m frameA -o a -p viosA1 --rsubtype vasi -s 5"
run 'viosvrcmd -m frameA -p viosA1 -c "cfgdev"'
check(run("lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile"):find("source_msp_name=viosA1", 1, true), "and given back")

-- 5.6.2, partitions: an inactive migration, from before it has a partition on the destination.
run "chsysstate -r lpar -m frameA -o osshutdown -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 30)
check_equal(run "lslparmigr -r lpar -m frameA", "name=viosA1,lpar_id=1,migration_state=Not Migrating\nname=viosA2,lpar_id=2,migration_state=Not Migrating\n" ..
  "name=mobile,lpar_id=3,migration_state=Not Migrating\n", "nobody migrates")
pair:fault("hmc", "delay:250 step=any move=inactive")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
local function listed(more) return pair:hmc("lslparmigr -r lpar -m frameA --filter lpar_ids=3" .. (more or "")).output end
local function wait_for(dest_lpar_id)
  local wanted = "name=mobile,lpar_id=3,migration_state=Migration Starting,migration_type=inactive,dest_sys_name=frameB,dest_lpar_id=" .. dest_lpar_id .. "\n"
  wait_until("the migration is listed with dest_lpar_id=" .. dest_lpar_id, function()
    local now = listed()
    return now == wanted, now
  end, 10)
end
wait_for(65535)   -- it is not chosen yet
wait_for(3)
check_equal(listed " -F", "mobile,3,Migration Starting,inactive,frameA,frameB,3,3,,unavailable,,unavailable\n", "an inactive one has no movers")
check_equal(run "lslparmigr -r sys -m frameA -F num_active_migrations_in_progress,num_inactive_migrations_in_progress", "0,1\n", "one inactive migration goes on")
pair:clear_faults "hmc"
local moved = task:wait(60)
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
check_equal(run "lslparmigr -r sys -m frameA -F", "1,40,0,1,40,0\n", "none goes on any more")
