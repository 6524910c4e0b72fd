-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.4, figure 5-8; 5.6.1
-- teaches: a migration names the shared-processor pool of the destination, whose number and name may be others than at home; a pool without room refuses
-- verdict: as in the book
-- simplified: what a pool reserves it has at once; without a name the partition comes into the default pool
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
local run = guest.commands(pair)
guest.run(console, "ticker")
guest.wait_for_rmc(pair)

-- At home: a pool of its own for the partition.
run 'chhwres -r procpool -m frameA -o s --poolid 1 -a "new_name=Web,max_pool_proc_units=2"'
run "chhwres -r procpool -m frameA -o s -p mobile -a shared_proc_pool_name=Web"
check_equal(run "lshwres -r procpool -m frameA -F name,max_pool_proc_units,lpar_names":match "Web[^\n]*", "Web,2.0,mobile", "it is in the pool")

-- On the destination: another number, another name. One without a maximum takes nobody, nor does one that is too small.
local function refused(how, code)
  local answer = pair:hmc("migrlpar -o m -m frameA -t frameB -p mobile -i " .. how)
  check(answer.code ~= 0 and answer.output:find(code, 1, true), how .. " is refused: " .. answer.output)
end
refused("shared_proc_pool_name=Web", "HSCLF22B")
refused("shared_proc_pool_id=5", "HSCLF0C0")
run 'chhwres -r procpool -m frameB -o s --poolid 5 -a "new_name=Shop,max_pool_proc_units=1,reserved_pool_proc_units=0.9"'
refused("shared_proc_pool_name=Shop", "HSCLF0C1")
run "chhwres -r procpool -m frameB -o s --poolname Shop -a reserved_pool_proc_units=0"
run "migrlpar -o m -m frameA -t frameB -p mobile -i shared_proc_pool_name=Shop"
check_equal(run "lshwres -r proc -m frameB --level lpar --filter lpar_names=mobile -F curr_shared_proc_pool_id,curr_shared_proc_pool_name",
  "5,Shop\n", "it is in the pool that was named")
check_equal(run "lssyscfg -r prof -m frameB --filter lpar_names=mobile -F shared_proc_pool_name", "Shop\n", "its profile, too")
check_equal(run "lshwres -r procpool -m frameA -F name,lpar_names":match "Web[^\n]*", "Web,none", "and in none at home")

-- Pools are kept. Without a name: the default pool.
guest.wait_for_rmc(pair)
run "migrlpar -o m -m frameB -t frameA -p mobile"
check_equal(run "lshwres -r proc -m frameA --level lpar --filter lpar_names=mobile -F curr_shared_proc_pool_name", "DefaultPool\n", "home again")
pair:kill("frameB")
pair:restart()
wait_until("frameB answers", function()
  local listed = pair:hmc("lshwres -r procpool -m frameB -F name,max_pool_proc_units").output
  return listed:find("Shop,1.0", 1, true), listed
end, 30)
