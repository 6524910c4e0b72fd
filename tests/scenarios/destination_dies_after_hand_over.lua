-- SPDX-License-Identifier: GPL-2.0-or-later
-- The destination dies when it has started the partition, and is started again: both sides tell what runs where (nothing), which is which,
-- and recovery leaves the partition on the destination, off.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker", "churn set=64 rate=0")
pair:fault("frameA", "slow-mover:30000000")
pair:fault("frameB", "slow-pages:1000000")  -- what is missing is fetched so slowly that the moment is seen
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "resumed", 60)
pair:kill("frameB")

local function state(frame)
  return (pair:hmc(("lssyscfg -r lpar -m %s -F state --filter lpar_names=mobile"):format(frame)).output:gsub("\n", ""))
end
local function shown(frame)
  return pair:hmc(("lslparmigr -r lpar -m %s --filter lpar_names=mobile"):format(frame)).output
end
local function is_source()
  check_equal(state("frameA"), "Migrating - Not Activated", "what is left on the source does not run")
  check(shown("frameA"):find("dest_sys_name=frameB", 1, true), "the source tells the destination: " .. shown("frameA"))
  check(not shown("frameA"):find("source_sys_name", 1, true), "and not a source")
end
is_source()
local done = task:wait(120)
check_equal(done.code, 1, "the command fails")
check(done.output:find("HSCLF305", 1, true), "and says where the partition is: " .. done.output)
is_source()
pair:restart()
is_source()
check_equal(state("frameB"), "Migrating - Not Activated", "a destination that was started again runs nothing")
check(shown("frameB"):find("source_sys_name=frameA", 1, true), "it tells the source: " .. shown("frameB"))
check(not shown("frameB"):find("dest_sys_name", 1, true), "and not a destination")

local recovered = pair:hmc("migrlpar -o r -m frameA -p mobile")
check_equal(recovered.code, 0, "it is recovered" .. (recovered.code == 0 and "" or ": " .. recovered.output))
check(recovered.output:find("HSCLF310", 1, true), "and recovery says that the partition is off: " .. recovered.output)
guest.check_owner(pair, "frameB", "Not Activated")
guest.check_clean(pair)
check_equal(state("frameB"), "Not Activated", "it is a partition like any other")
check_equal(pair:hmc("chsysstate -m frameB -r lpar -o on -n mobile").code, 0, "and is activated")
guest.boot(pair, "frameB")
