-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.5.3 - 2.5.5, 2.5.8, figures 2-5, 2-6 and 2-7
-- teaches: an active migration: all findings in one validation, its steps, what is locked meanwhile, the path of its state, and until when it can be stopped
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.5, figures 2-5, 2-6 and 2-7: an active migration is validated, carried out and stopped.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start { file = lab.variant { { "  desired_mem = 256\n", "  desired_mem = 256\n  max_mem = 512\n  max_procs = 4\n" } } }
local run, refused = guest.commands(pair)
guest.run(console, "ticker", "bank rate=50", "aware")
console:wait("aware: ready", 20)
local function state_of(frame) return (run(("lslparmigr -r lpar -m %s --filter lpar_names=mobile -F migration_state,migration_type"):format(frame)):gsub("\n", "")) end
local function listed(frame) return run("lssyscfg -r lpar -m " .. frame .. " -F name,lpar_id,state") .. run("lshwres -r mem -m " .. frame .. " --level sys -F curr_avail_sys_mem") end

-- 2.5.3, figure 2-5: all that stands in the way is said in one go, and nothing has changed.
run 'mksyscfg -r lpar -m frameB -i "name=mobile,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"'
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=7"'
pair:fault("frameB", "lose-mains")
pair:fault("frameB", "fill-memory")
console:run "refuse check"
console:wait "refuse: check"
local before = listed "frameA" .. listed "frameB"
local found = run("migrlpar -o v -m frameA -t frameB -p mobile", 1)
for code, what in pairs { HSCLF207 = "its name is taken", HSCLF21B = "it is in a workload group", HSCLF21E = "the destination runs on battery",
  HSCLF20A = "the destination has no memory" } do
  check(found:find(code, 1, true), what .. (found:find(code, 1, true) and "" or ": " .. found))
end
check_equal(listed "frameA" .. listed "frameB", before, "the validation has changed nothing")
check_equal(state_of "frameA", "Not Migrating,null", "and no migration has begun")
run "rmsyscfg -r lpar -m frameB -n mobile"
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=none"'
pair:fault("frameB", "restore-mains")
pair:fault("frameB", "free-memory")
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF30D")   -- its operating system is asked when nothing else is in the way
console:run "refuse off"
console:wait "refuse: off"
run "migrlpar -o v -m frameA -t frameB -p mobile"

-- 2.5.4, figure 2-6: the steps, and what is locked from the end of the validation on.
pair:fault("hmc", "delay:150 step=any move=active")
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
guest.wait_phase(pair, "passes", 30)
check_equal({ state_of "frameA", state_of "frameB" }, { "Migration Starting,active", "Migration Starting,active" }, "it is starting")
for line, what in pairs {
  ["chhwres -r mem -m frameA -p mobile -o a -q 16"] = "memory",
  ["chhwres -r proc -m frameA -p mobile -o a --procs 1"] = "processors",
  ["chhwres -r virtualio --rsubtype eth -m frameA -p mobile -o a -s 7 -a port_vlan_id=1"] = "slots",
  ["chhwres -r proc -m frameA -p mobile -o s -a uncap_weight=7"] = "its weight",
  ["chhwres -r proc -m frameA -p mobile -o a --procunits 0.1"] = "its entitlement",
  ['chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=9"'] = "its workload group",
} do
  local done = pair:hmc(line)
  check(done.code == 1 and (done.output:find("HSCL05DF", 1, true) or done.output:find("HSCL3205", 1, true)), what .. " cannot be changed: " .. done.output)
end
pair:fault("frameA", "slow-mover:0")
local is_done, in_progress = false, false
wait_until("it has ended", function()
  is_done = task:done()
  if guest.last_move(pair).state == "in_progress" and not in_progress then
    in_progress = true
    -- 2.5.8: after that state it is stopped no more.
    local late = pair:hmc "migrlpar -o s -m frameA -p mobile"
    if not task:done() then check(late.code == 1 and late.output:find "HSCLF30", "it is too late to stop it: " .. late.output) end
  end
  return is_done
end, 60)
local moved = task:wait(60)
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
pair:clear_faults "hmc"
check(in_progress, "it was in progress")
local steps = {}
for _, step in ipairs(guest.last_move(pair).steps) do steps[#steps + 1] = step.number end
check_equal(table.concat(steps, " "), "2 3 4 5 6 7 8 9 10 11 12 13 13 13 13 13 13", "figure 2-6: its steps, in their order")

-- Figure 2-7: hypervisor, mover, mover, hypervisor.
check(run('viosvrcmd -m frameA -p viosA -c "alog -o -t lpm"'):find "statistics: sent %d+ bytes in %d+ records", "the source's mover has sent its state")
check(run('viosvrcmd -m frameB -p viosB -c "alog -o -t lpm"'):find "statistics: received %d+ bytes in %d+ records", "the destination's has received it")

-- 2.5.4 step 1 and 2.5.5: current is current and pending; nothing is left on the source.
check_equal(run "lshwres -r mem -m frameB --level lpar --filter lpar_names=mobile -F curr_mem,pend_mem,curr_max_mem,pend_max_mem", "256,256,512,512\n", "its memory is the same, and nothing is pending")
check_equal(run "lshwres -r proc -m frameB --level lpar --filter lpar_names=mobile -F curr_procs,pend_procs,curr_max_procs,pend_max_procs", "2,2,4,4\n", "so are its processors")
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
check_equal(run "lssyscfg -r prof -m frameA -F lpar_name", "viosA\n", "its profiles are not on the source any more")
check(not pair:vios("frameA", "viosA", "lsmap -all").output:find("vhost", 1, true), "nor are the server adapters")
guest.all_well(console, "ticker", "bank")
guest.wait_for_rmc(pair)
run "chhwres -r mem -m frameB -p mobile -o a -q 16"   -- step 6: it is changed again

-- 2.5.8: stopped while it is starting, it is as if it had not been started.
pair:fault("frameB", "slow-mover:4000000")
before = listed "frameA" .. listed "frameB"
task = pair:start "migrlpar -o m -m frameB -t frameA -p mobile"
guest.wait_phase(pair, "passes", 30)
run "migrlpar -o s -m frameB -p mobile"
check_equal(task:wait(60).code, 1, "it is stopped")
check_equal(listed "frameA" .. listed "frameB", before, "and all is as before")
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
guest.all_well(console, "ticker", "bank")
