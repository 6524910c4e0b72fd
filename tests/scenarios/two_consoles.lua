-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two consoles manage the same two servers (Redbook 5.3): both see the same; what one of them has locked the other may look at, and no more;
-- a migration is stopped where it began; the lock of a console that is dead, or hangs, is broken by force, and the migration recovered.
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.variant { { '[[hmc]]\nversion = "V7R3.2"', [==[
[[hmc]]
name = "hmc1"

[[hmc]]
name = "hmc2"
]==] } } }
guest.run(console, "ticker", "churn set=64 rate=0")

local function refused(line, where, code, text)
  local done = pair:hmc(line, where)
  check_equal(done.code, 1, where .. " does not carry out " .. line)
  check(done.output:find(code, 1, true) and done.output:find(text, 1, true), ("it says %s and %s: %s"):format(code, text, done.output))
end
local function run(line, where)
  local done = pair:hmc(line, where)
  check_equal(done.code, 0, where .. ": " .. line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function same(line)
  local here, there = pair:hmc(line, "hmc1"), pair:hmc(line, "hmc2")
  check(here.code == 0 and #here.output > 0, "hmc1 lists " .. line)
  check_equal(there.output, here.output, "and hmc2 the same")
end
local function state_of(frame, where)
  return pair:hmc(("lslparmigr -r lpar -m %s --filter lpar_names=mobile -F migration_state"):format(frame), where).output
end

same "lssyscfg -r sys -F name,state,type_model,serial_num"
same "lssyscfg -r lpar -m frameA -F name,lpar_id,state,default_profile"
same "lssyscfg -r prof -m frameA"
same "lshwres -r mem -m frameA --level lpar"
run("chsyscfg -r lpar -m frameA -i name=mobile,description=first", "hmc1")
run("chsyscfg -r lpar -m frameA -i name=mobile,description=second", "hmc2")
-- They are different machines: one is the master of a system, and the other cannot end that.
run("chcomgmt -m frameB -o setmaster -t norm --terms agree", "hmc1")
check_equal(run("lscomgmt -m frameB -F is_master,curr_master_name", "hmc1"), "1,hmc1\n", "the master knows it")
check_equal(run("lscomgmt -m frameB -F is_master,curr_master_name", "hmc2"), "0,hmc1\n", "so does the other one")
refused("chcomgmt -m frameB -o relmaster", "hmc2", "HSCLF0AC", "not the master")
run("chcomgmt -m frameB -o relmaster", "hmc1")
check_equal(run("lslock", "hmc1"), "No results were found.\n", "nothing is locked when nobody changes anything")

-- Both at the same time: the first one gets it, and nobody gets half of it.
local rivals = {}
for i = 1, 20 do
  rivals[i] = pair:start("chsyscfg -r lpar -m frameA -i name=mobile,description=rival" .. i, i % 2 == 0 and "hmc1" or "hmc2")
end
local won, lost = {}, 0
for i, each in ipairs(rivals) do
  local done = each:wait(30)
  if done.code == 0 then
    won["rival" .. i] = true
  else
    lost = lost + 1
    check(done.output:find("HSCLF040 The managed system frameA is locked by the console hmc%d"), "who came second is told by whom: " .. done.output)
  end
end
say(("  %d of 20 rivals were refused"):format(lost))
check(won[(run("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F description", "hmc2"):gsub("\n", ""))], "one of those that succeeded is stored")

-- A migration locks both systems until it ends.
local function begin_move(from, to, where)
  pair:fault(from, "slow-mover:3000000")
  local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to), where)
  wait_until("its passes go on", function()
    local moves = pair:moves(where)
    local last = moves[#moves]
    return last and last.source.phase == "passes" and last.ended_at_ms == 0
  end, 30)
  return task
end
local task = begin_move("frameA", "frameB", "hmc1")
check_equal(state_of("frameA", "hmc2"), "Migration Starting\n", "the other console shows it")
check(run("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F state", "hmc2"):find "Migrating", "and the partition's state")
check(run("lslock -m frameA", "hmc2"):find "lock_holder=hmc1", "the source is locked")
check(run("lslock -m frameB", "hmc2"):find "lock_holder=hmc1", "the destination, too")
for _, frame in ipairs { "frameA", "frameB" } do
  refused(("mksyscfg -r sysprof -m %s -i name=night,lpar_ids=1,profile_names=default"):format(frame), "hmc2", "HSCLF040", "hmc1")
end
refused("chsyscfg -r lpar -m frameA -i name=viosA,description=other", "hmc2", "HSCLF040", "hmc1")
refused("migrlpar -o s -m frameA -p mobile", "hmc2", "HSCLF301", "hmc1")
refused("migrlpar -o r -m frameA -p mobile", "hmc2", "HSCLF040", "hmc1")
run("mksyscfg -r sysprof -m frameA -i name=night,lpar_ids=1,profile_names=default", "hmc1")
run("migrlpar -o s -m frameA -p mobile", "hmc1")
task:wait(30)
check_equal(run("lslock", "hmc2"), "No results were found.\n", "it was stopped, and nothing is locked any more")
run("chsyscfg -r lpar -m frameA -i name=viosA,description=other", "hmc2")
guest.check_owner(pair, "frameA", "Running")

-- The console that migrates is killed: its lock stays, until the other one breaks it.
begin_move("frameA", "frameB", "hmc1")
pair:kill("hmc")
refused("migrlpar -o r -m frameA -p mobile", "hmc2", "HSCLF040", "hmc1")
pair:fault("frameA", "slow-mover:0")
run("migrlpar -o r -m frameA -p mobile --force", "hmc2")
guest.check_owner(pair, "frameA", "Running")
check_equal(run("lslock", "hmc2"), "No results were found.\n", "the recovery has given its own locks back")
pair:restart()
run("migrlpar -o r -m frameA -p mobile", "hmc1")  -- its journal still has it, and there is nothing to do
refused("migrlpar -o r -m frameA -p mobile", "hmc1", "HSCLF300", "mobile")
run("migrlpar -o m -m frameA -t frameB -p mobile", "hmc2")
guest.check_owner(pair, "frameB", "Running")

-- One that only hangs: when it goes on, it can do no harm.
pair:fault("frameB", "slow-mover:3000000")
local hung = pair:start("migrlpar -o m -m frameB -t frameA -p mobile", "hmc1")
guest.wait_phase(pair, "passes", 30)
pair:freeze("hmc")
run("rmlock -m frameA", "hmc2")
refused("rmlock -m frameA", "hmc2", "HSCLF042", "frameA")
check(run("lssvcevents -t console", "hmc2"):find "The lock of the console hmc1 on the managed system frameA was broken", "it is in the list of events")
run("migrlpar -o r -m frameB -p mobile --force", "hmc2")
guest.check_owner(pair, "frameB", "Running")
pair:thaw("hmc")
local outcome = hung:wait(60)
check_equal(outcome.code, 1, "what hung has failed: " .. outcome.output)
guest.check_owner(pair, "frameB", "Running")
pair:fault("frameB", "slow-mover:0")
pair:hmc("migrlpar -o r -m frameB -p mobile", "hmc1")  -- what it has in its journal is nothing any more
run("migrlpar -o m -m frameB -t frameA -p mobile", "hmc1")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
guest.all_well(console, "ticker", "churn")
