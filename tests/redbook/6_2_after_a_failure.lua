-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 6.2, what a partition that awaits recovery can do, and what it keeps
-- teaches: a validation of it says to recover it; which changes cannot be rolled back is said by names; until it resumes, the source has all of it
-- verdict: as in the book
-- simplified: nothing
-- Redbook 6.2 and 2.5.4: a partition whose migration has failed and awaits its recovery, and a destination that dies between the hand-over and
-- the resume, which is the point of no return.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
local run = guest.commands(pair)
guest.run(console, "ticker", "bank rate=50", "churn set=16 rate=0")
console:wait("bank: formatted", 20)

-- A migration that was not rolled back: a validation, and a further migration, say what there is to do, and nothing of what follows from it.
pair:fault("hmc", "no-rollback count=1")
pair:fault("hmc", "answer:HSCLA29A step=6 count=1")
local failed = guest.migrate(pair, "frameA", "frameB")
check(failed.code == 1 and failed.output:find "HSCLF315", "it has failed, and nothing was rolled back: " .. failed.output)
for _, operation in ipairs { "v", "m" } do
  local refused = pair:hmc(("migrlpar -o %s -m frameA -t frameB -p mobile"):format(operation))
  check_equal(refused.code, 1, "it cannot be validated or migrated before its recovery: " .. refused.output)
  check(refused.output:find("migrlpar -o r", 1, true), "and that is said")
  for _, code in ipairs { "HSCL3205", "HSCLF207", "HSCLF208" } do check(not refused.output:find(code, 1, true), "and not " .. code) end
end
run "migrlpar -o r -m frameA -p mobile"
guest.check_owner(pair, "frameA", "Running")

-- What cannot be rolled back, because the destination is dead: the system is called by its name.
pair:fault("hmc", "kill:destination step=6 count=1")
failed = guest.migrate(pair, "frameA", "frameB")
check(failed.code == 1 and failed.output:find "HSCLF304", "a rollback that is not complete: " .. failed.output)
check(failed.output:find("frameB", 1, true) and not failed.output:find "%f[%w/]/%w", "it names the system, and no file of the lab's: " .. failed.output)
pair:restart()
guest.wait_for_rmc(pair)
run "migrlpar -o r -m frameA -p mobile"
guest.check_owner(pair, "frameA", "Running")
guest.all_well(console, "ticker", "bank", "churn")
guest.check_clean(pair)

-- Handed over, and not resumed yet: the destination dies, and the source goes on with all of the partition's memory.
for _, moment in ipairs { "verifying", "before-started" } do
  pair:fault("frameB", "die-at:" .. moment)
  local moved = guest.migrate(pair, "frameA", "frameB")
  check_equal(moved.code, 1, "the destination has died at " .. moment .. ": " .. moved.output)
  check(not moved.output:find("HSCLF310", 1, true), "no memory is lost")
  guest.all_well(console, "ticker", "bank", "churn")
  check(pair:where("mobile").frameA:find "Running$", "the source runs it")
  pair:restart()
  guest.wait_for_rmc(pair)
  pair:hmc "migrlpar -o r -m frameA -p mobile"
  guest.check_owner(pair, "frameA", "Running")
  guest.check_clean(pair)
end
guest.move(pair, "frameA", "frameB")
guest.all_well(console, "ticker", "bank", "churn")
