-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition that was activated again has not answered yet: its RMC state is not that of its former life. A move keeps it.
local guest = require "lib.guest"

local pair = guest.start()
local function rmc(frame)
  return pair:hmc(("lssyscfg -r lpar -m %s -F rmc_state --filter lpar_names=mobile"):format(frame)).output
end
guest.move(pair, "frameA", "frameB")
check_equal(rmc("frameB"), "active\n", "it is still connected when it has moved")
check_equal(pair:hmc("chsysstate -m frameB -r lpar -o shutdown -n mobile --immed").code, 0, "it is powered off")
-- This one has no RMC agent: it never answers.
check_equal(pair:hmc('chsyscfg -r prof -m frameB -i "name=default,lpar_name=mobile,boot_arguments=run=ticker"').code, 0, "its profile is changed")
check_equal(pair:hmc("chsysstate -m frameB -r lpar -o on -n mobile -f default").code, 0, "and it is activated")
check(rmc("frameB") ~= "active\n", "nobody says that it is connected: " .. rmc("frameB"))
local asked = pair:hmc("migrlpar -o v -m frameB -t frameA -p mobile")
check(asked.code == 1 and asked.output:find("HSCLA246", 1, true), "and validation says so: " .. asked.output)
