-- SPDX-License-Identifier: GPL-2.0-or-later
-- Faults that a lab file has from the start, at consoles and servers; a VASI that fails (Redbook 2.5.7), a migration that is slow enough to be
-- watched and stopped, one that is not rolled back and waits for its recovery at either console; faults of single steps and requests.
local guest = require "lib.guest"

local consoles = '[[hmc]]\nversion = "V7R3.2"'
local file = lab.variant { { consoles, [==[
[[hmc]]
name = "hmc1"

[[hmc]]
name = "hmc2"

[[fault]]
where = "hmc"
what = "answer:HSCL3205"
command = "migrlpar"
object = "mobile"
count = 1

[[fault]]
where = "hmc-hmc2"
what = "delay"
delay_ms = 200
command = "lslparmigr"
jitter_ms = 50

[[fault]]
where = "frameA"
what = "vasi-refuse"
vios = "viosA"
count = 1

[[fault]]
where = "frameB"
what = "lose-mains"
]==] } }
local pair, console = guest.start { file = file }
guest.run(console, "ticker", "churn set=64 rate=0")

local function run(line, where)
  local done = pair:hmc(line, where)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function refused(line, ...)
  local done = pair:hmc(line)
  check_equal(done.code, 1, line .. " fails")
  for _, text in ipairs { ... } do check(done.output:find(text, 1, true), ("it says %s: %s"):format(text, done.output)) end
  return done.output
end
local function state(frame, where)
  return (run(("lslparmigr -r lpar -m %s --filter lpar_names=mobile -F migration_state"):format(frame), where):gsub("\n", ""))
end
local move = "migrlpar -o m -m frameA -t frameB -p mobile"
local recover = "migrlpar -o r -m frameA -p mobile"

-- From the start, and again when the process starts again.
local from_the_start = {
  "hmc 1 migrlpar of mobile: answers HSCL3205; met 0 of 1",
  "hmc-hmc2 1 lslparmigr: waits 200 ms (+-50); met 0",
  "frameA 1 vasi-refuse vios=viosA count=1; met 0 of 1",
  "frameB 1 lose-mains",
}
check_equal(pair:faults(), from_the_start, "the lab file's faults are in force")
check_equal(pair:status().faults, from_the_start, "and status shows them")
local listed = lab.program("fault --lab " .. pair:name() .. " --list frameA")
check_equal(listed.output, from_the_start[3] .. "\n", "and twinframe fault, those of one")
refused(move, "HSCL3205", "mobile")
check_equal(pair:faults("hmc")[1], "hmc 1 migrlpar of mobile: answers HSCL3205; met 1 of 1", "it was met")
pair:kill("hmc")
pair:kill("frameB")
pair:restart()
guest.wait_for_rmc(pair)
check_equal(pair:faults(), from_the_start, "after a death of their processes they are in force again")
refused(move, "HSCL3205")
refused(move, "frameB", "battery")
pair:clear_faults("frameB", 1)
check_equal(pair:faults("frameB"), {}, "one is taken back by its number")
check_equal(lab.program("fault --lab " .. pair:name() .. " --clear 1").code, 1, "a number needs a place where several consoles are")
check_equal(lab.program("fault --lab " .. pair:name() .. " --clear 1 hmc-hmc2").code, 0, "with it, it is taken back")
pair:clear_faults("hmc")

-- A VASI that cannot handle a migration; one that fails in the passes.
local function errlog(frame, vios)
  local _, count = pair:vios(frame, vios, "errlog").output:gsub("427E17BD", "")
  return count
end
local function check_untouched(what)
  guest.check_owner(pair, "frameA", "Running")
  guest.check_clean(pair)
  guest.all_well(console, "ticker", "churn")
  check_equal(state("frameA"), "Not Migrating", what)
end
refused(move, "HSCLF30E", "frameA", "VASI", "All changes were rolled back")
check_equal(errlog("frameA", "viosA"), 1, "the mover has logged it")
check_untouched("a VASI that takes no migration ends it, and nothing is left")
pair:fault("frameB", "vasi-error count=1")
pair:fault("frameA", "slow-mover:20000000")
refused(move, "HSCLF30E", "VASI device", "All changes were rolled back")
check_equal(errlog("frameB", "viosB"), 2, "the mover has logged it, as it has the migration before")
check_equal(errlog("frameA", "viosA"), 2, "and so has the other one")
check(run("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -n 20 -F refcode"):find "B2001140", "the code of the step is shown")
check_untouched("a device error in the passes ends it, and nothing is left")
pair:fault("frameA", "slow-mover:0")

-- Not rolled back: it is recovered here, and at the other console.
for _, where in ipairs { "hmc1", "hmc2" } do
  pair:fault("frameB", "vasi-error count=1")
  pair:fault("hmc", "no-rollback count=1")
  refused(move, "HSCLF30E", "HSCLF315", "migrlpar -o r")
  check_equal(state("frameA", "hmc1"), "Migration Failed", "it waits for its recovery")
  check_equal(state("frameA", "hmc2"), "Migration Failed", "and the other console sees it")
  check_equal(pair:where("mobile").frameA, "Running", "the partition runs on where it was")
  guest.all_well(console, "ticker", "churn")
  run(recover, where)
  check_untouched("it was recovered at " .. where)
  pair:clear_faults()
end
pair:hmc(recover, "hmc1")  -- what its journal still has is nothing any more

-- Steps and requests of an active migration.
pair:fault("hmc", "answer:HSCLA29A step=5 count=1 text=No.")
refused(move, "HSCLA29A No.", "prepare the operating system")
check_untouched("a step that fails is rolled back")
pair:fault("hmc", "answer:HSCL05DF request=CreateShell object=frameB count=1")
refused(move, "HSCL05DF", "create the partition shell")
check_untouched("so is a request")
pair:fault("hmc", "cut step=7 count=1")
refused(move, "HSCLF30E", "MSP-MSP connection down")
check_equal(pair:faults("frameA")[1]:match "cut%-mover%-link.*", "cut-mover-link vios=viosA", "the link stays cut")
check_untouched("a link that is cut ends it")
pair:clear_faults()
pair:fault("hmc", "cut request=CreateShell count=2")
pair:fault("hmc", "'delay:300' 'step=suspend the partition' skip=0")
guest.move(pair, "frameA", "frameB")
check_equal(pair:faults("hmc"), { "hmc 7 request CreateShell: has no answer; met 2 of 2", "hmc 8 step suspend the partition: waits 300 ms; met 1" },
  "a request that is lost is asked again")
pair:clear_faults()
guest.move(pair, "frameB", "frameA")

-- The console dies at a step of a name, and does not roll back what it does not know of.
pair:fault("hmc", "kill:console 'step=map the virtual SCSI adapters'")
pair:start(move)
pair:wait_dead("hmc", 60)
pair:restart()
pair:clear_faults("hmc")  -- it has the lab file's again
guest.wait_for_rmc(pair)
check_equal(state("frameA"), "Migration Failed", "the console has died in the middle")
run(recover)
check_untouched("and what it began is recovered")

-- An inactive migration is slow: its states are seen, and it is stopped.
run "chsysstate -m frameA -r lpar -o shutdown -n mobile --immed"
pair:wait_state("frameA", "mobile", "Not Activated")
pair:fault("hmc", "delay:1500 step=any move=inactive")
local function begin(wanted)
  local task = pair:start(move)
  wait_until("it is " .. wanted, function() return state("frameA") == wanted end, 60)
  return task
end
local task = begin "Migration Starting"
run "migrlpar -o s -m frameA -p mobile"
local stopped = task:wait(60)
check_equal(stopped.code, 1, "it has ended")
check(stopped.output:find("HSCLF302", 1, true), "because it was stopped: " .. stopped.output)
check_equal(state("frameA"), "Not Migrating", "and nothing is left")
pair:fault("hmc", "kill:destination step=6 count=1")
pair:fault("hmc", "no-rollback count=1")
task = begin "Migration Starting"
check_equal(task:wait(90).code, 1, "a destination that dies ends it")
pair:restart()
pair:clear_faults("frameB")
guest.wait_for_rmc(pair)
check_equal(state("frameA"), "Migration Failed", "it waits for its recovery")
run(recover)
check_equal(state("frameA"), "Not Migrating", "it was recovered")
pair:clear_faults("hmc")
pair:fault("hmc", "delay:1500 step=11 move=inactive")
task = begin "Migration In Progress"
refused("migrlpar -o s -m frameA -p mobile", "HSCLF301")
check_equal(task:wait(60).code, 0, "it goes on, and succeeds")
guest.check_owner(pair, "frameB", "Not Activated")

-- What a lab file cannot say.
local function bad(lines, reason)
  local wrong = lab.variant { { consoles, "[[fault]]\n" .. lines .. "\n" .. consoles } }
  local done = lab.program("up " .. wrong)
  check_equal(done.code, 2, "up refuses it")
  check(done.output:find(wrong, 1, true) == 1 and done.output:match ":%d+: ", "with file and line: " .. done.output)
  check(done.output:find(reason, 1, true), "and the reason " .. reason .. ": " .. done.output)
end
bad('where = "hmc"\nwhat = "answer:HSCL3205"\ncommand = "nosuch"', "nosuch is no command of this console")
bad('where = "hmc"\nwhat = "cut"\nstep = "lunch"', "lunch is no step of a migration")
bad('where = "hmc"\nwhat = "cut"\nrequest = "Shutdown"', "Shutdown is no request of a migration")
bad('where = "frameA"\nwhat = "die-at:lunch"', "there is no phase lunch to die at")
bad('where = "frameA"\nwhat = "earthquake"', "there is no fault earthquake of a frame")
