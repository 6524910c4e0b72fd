-- SPDX-License-Identifier: GPL-2.0-or-later
-- The HMC dies when the partition has been handed over. The next one says of both sides which is which and what runs where, and recovers.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker", "churn set=64 rate=0")
pair:fault("frameA", "slow-mover:30000000")
pair:fault("frameB", "slow-pages:1000000")  -- what is missing is fetched so slowly that the moment is seen
pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "resumed", 60)
pair:kill("hmc")
pair:fault("frameA", "slow-mover:0")
pair:fault("frameB", "slow-pages:0")
pair:restart()
local function shown(frame)
  return pair:hmc(("lslparmigr -r lpar -m %s --filter lpar_names=mobile"):format(frame)).output
end
check(shown("frameA"):find("dest_sys_name=frameB", 1, true), "the source tells the destination: " .. shown("frameA"))
check(not shown("frameA"):find("source_sys_name", 1, true), "and not a source")
check(shown("frameB"):find("source_sys_name=frameA", 1, true), "the destination tells the source: " .. shown("frameB"))
check(not shown("frameB"):find("dest_sys_name", 1, true), "and not a destination")
local function state(frame)
  return pair:hmc(("lssyscfg -r lpar -m %s -F state --filter lpar_names=mobile"):format(frame)).output
end
check_equal(state("frameA"), "Migrating - Not Activated\n", "what is left on the source does not run")
check_equal(state("frameB"), "Migrating - Running\n", "on the destination it does")
local recovered = wait_until("it is recovered", function()
  local done = pair:hmc("migrlpar -o r -m frameB -p mobile")
  return done.code == 0 and done, done.output
end, 60)
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
guest.all_well(console, "ticker", "churn")
