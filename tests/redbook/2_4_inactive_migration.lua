-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.4, 1.5.1, figures 2-2, 2-3 and 2-4
-- teaches: an inactive migration: what is validated, its states on both systems, its steps, how it is stopped and until when
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.4 and 1.5.1, figures 2-2, 2-3 and 2-4: an inactive migration, validated, stopped, and carried out.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
local run, refused = guest.commands(pair)
local function moving(frame, names)
  return (run(("lslparmigr -r lpar -m %s --filter lpar_names=mobile -F %s"):format(frame, names or "migration_state,migration_type")):gsub("\n", ""))
end
local function memory(frame) return tonumber((run("lshwres -r mem -m " .. frame .. " --level sys -F curr_avail_sys_mem"):match("%d+"))) end
local function shut_down(frame)
  run(("chsysstate -r lpar -m %s -o osshutdown -n mobile"):format(frame))
  pair:wait_state(frame, "mobile", "Not Activated", 30)
end
local validate = "migrlpar -o v -m frameA -t frameB -p mobile"

-- 2.4.1: what was never activated has no configuration to migrate.
run 'mksyscfg -r lpar -m frameA -i "name=fresh,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"'
refused("migrlpar -o v -m frameA -t frameB -p fresh", "HSCLF206")
run "rmsyscfg -r lpar -m frameA -n fresh"

-- Resources that an activation gave, and a profile that is changed afterwards, which the migration does not look at.
shut_down "frameA"
run 'chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,min_mem=64,desired_mem=96,max_mem=128"'

-- 2.4.2, figure 2-2.
run(validate)
run 'mksyscfg -r lpar -m frameB -i "name=mobile,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"'
refused(validate, "HSCLF207")
run "rmsyscfg -r lpar -m frameB -n mobile"
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=7"'
refused(validate, "HSCLF21B")
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=none"'
pair:fault("frameB", "fill-memory")
refused(validate, "HSCLF20A")
pair:fault("frameB", "free-memory")
-- Movers have no part in it.
for frame, vios in pairs { frameA = "viosA", frameB = "viosB" } do run(('chsyscfg -r lpar -m %s -i "name=%s,msp=0"'):format(frame, vios)) end
run(validate)

-- 2.4.5: stopped while it is starting.
local free = { memory "frameA", memory "frameB" }
local profiles = run "lssyscfg -r prof -m frameB"
pair:fault("hmc", "delay:250 step=any move=inactive")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
wait_until("the destination has a partition for it", function() return pair:where("mobile").frameB end, 30)
check_equal(moving "frameA", "Migration Starting,inactive", "it is starting on the source")
check_equal(moving "frameB", "Migration Starting,inactive", "and on the destination")
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=mobile -F state", "Migrating - Not Activated\n", "figure 6-1 shows it so")
refused("chsysstate -r lpar -m frameA -o on -n mobile -f default", "HSCL")
refused('chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,desired_mem=64"', "HSCL")
run "migrlpar -o s -m frameA -p mobile"
check_equal(task:wait(60).code, 1, "it is stopped")
guest.check_owner(pair, "frameA", "Not Activated")
guest.check_clean(pair)
check_equal({ memory "frameA", memory "frameB" }, free, "what was taken is given back")
check_equal(run "lssyscfg -r prof -m frameB", profiles, "and the destination's server has nothing of it in its profile")
check(not pair:vios("frameB", "viosB", "lsmap -all").output:find("vhost", 1, true), "nor an adapter")

-- A rollback names what it could not take back, and a recovery does.
pair:clear_faults "hmc"
pair:fault("hmc", "answer:HSCLA29A step=10 move=inactive count=1")
pair:fault("hmc", "answer:HSCLA29A step=undo-6 count=1")
local failed = pair:hmc "migrlpar -o m -m frameA -t frameB -p mobile"
check(failed.code == 1 and failed.output:find "HSCLF304", "a change that cannot be reversed is identified: " .. failed.output)
run "migrlpar -o r -m frameA -p mobile"
guest.check_owner(pair, "frameA", "Not Activated")
check(not pair:vios("frameB", "viosB", "lsmap -all").output:find("vhost", 1, true), "the recovery has reversed it")
pair:clear_faults "hmc"
pair:fault("hmc", "delay:250 step=any move=inactive")

-- Carried out: once it is in progress, it is stopped no more.
local seen = {}
local function note(state) if seen[#seen] ~= state then seen[#seen + 1] = state end end
task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
wait_until("it is in progress", function()
  local state = pair:hmc("lslparmigr -r lpar -m frameA --filter lpar_names=mobile -F migration_state").output:gsub("\n", "")
  note(state)
  return state == "Migration In Progress", state
end, 30)
refused("migrlpar -o s -m frameA -p mobile", "HSCL")
wait_until("it has ended", function() return task:done() end, 60)
check_equal(task:wait(60).code, 0, "it moves")
check(table.concat(seen, ", "):find "Migration Starting, Migration In Progress$", "its states: " .. table.concat(seen, ", "))
pair:clear_faults "hmc"
guest.check_owner(pair, "frameB", "Not Activated")
guest.check_clean(pair)

-- 2.4.4: nothing is left on the source, not in its server's profile either.
check(not run("lssyscfg -r prof -m frameA --filter lpar_names=viosA"):find("/mobile/", 1, true), "the source's server has lost its adapter for it, in its profile too")
check(not pair:vios("frameA", "viosA", "lsmap -all").output:find("vhost", 1, true), "and in fact")
check_equal(memory "frameB", free[2], "the destination has reserved nothing of its memory until it is activated")
-- 2.4.1, note: the migration profile is what was activated, and not what its profile has become since.
check_equal(run "lssyscfg -r prof -m frameB --filter lpar_names=mobile -F name,desired_mem", "default,256\n", "what the partition was activated with")
run "chsysstate -r lpar -m frameB -o on -n mobile -f default"
console = guest.boot(pair, "frameB")
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=mobile -F state", "Running\n", "it is activated there")
