-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 6.3, examples 6-4, 6-5 and 6-6
-- teaches: the cable of a mover is pulled in the middle of a migration: transfer stops, error logs of both, recovery, and again
-- verdict: as in the book
-- simplified: nothing
-- Redbook 6.3, with its examples 6-4, 6-5 and 6-6: the cable of a mover is pulled in the middle of a migration.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
guest.run(console, "ticker", "bank rate=50", "churn set=64 rate=0")
console:wait("bank: formatted", 20)

local function hmc(line) return pair:hmc(line) end
local function state(frame) return hmc("lssyscfg -r lpar -m " .. frame .. " --filter lpar_names=mobile -F state").output end
local function errlog(frame, vios) return pair:vios(frame, vios, "errlog").output end

pair:fault("frameA", "slow-mover:3000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes", 30)
pair:fault("frameB", "unplug-network", "viosB")
local failed = task:wait(60)
check_equal(failed.code, 1, "the migration fails: " .. failed.output)
check(failed.output:find "HSCLF314", "it says that the mover has no connection any more")

-- Figure 6-6.
check_equal(state("frameA"), "Migrating - Running\n", "the partition runs on the source")
check_equal(state("frameB"), "Migrating - Not Activated\n", "on the destination is its shell")
guest.all_well(console, "ticker", "bank", "churn")
console:run("errpt")
console:wait("08917DC6")
check(console:text():find "5E075ADF", "example 6-4: its error log has the start and the abort")
check(errlog("frameB", "viosB"):find "427E17BD.-P S Migration%s+Migration aborted: MSP%-MSP connection do", "example 6-5: the mover's error log has the end of the connection")
check(errlog("frameB", "viosB"):find "0B41DD00.-I H ent%d+%s+ADAPTER FAILURE", "and the adapter's failure")
check(errlog("frameA", "viosA"):find "427E17BD.-P S Migration%s+Migration aborted: MSP%-MSP connection do", "example 6-6: the other mover's has the first")
check(not errlog("frameA", "viosA"):find "0B41DD00", "and not the second")

local refused = hmc("chsyscfg -r lpar -m frameA -i name=mobile,description=other")
check_equal(refused.code, 1, "its configuration stays as it is until then: " .. refused.output)
local recovered = hmc("migrlpar -o r -m frameA -p mobile")
check_equal(recovered.code, 0, "it is recovered: " .. recovered.output)
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)

-- Without the cable the migration is not possible; with it, when RMC has come back, it is.
local validated = hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check_equal(validated.code, 1, "the network is missed by the validation")
pair:fault("frameA", "slow-mover:0")
pair:fault("frameB", "plug-network", "viosB")
guest.wait_for_rmc(pair)
local moved = hmc("migrlpar -o m -m frameA -t frameB -p mobile")
check_equal(moved.code, 0, "the migration is issued again" .. (moved.code == 0 and "" or ": " .. moved.output))
guest.check_owner(pair, "frameB", "Running")
guest.all_well(console, "ticker", "bank", "churn")
