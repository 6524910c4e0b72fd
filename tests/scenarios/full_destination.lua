-- SPDX-License-Identifier: GPL-2.0-or-later
-- A destination without room is refused before anything happens, and moves are possible again when there is room.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker")
pair:fault("frameB", "fill-memory")
local refused = guest.migrate(pair, "frameA", "frameB")
check_equal(refused.code, 1, "a full destination refuses")
check(refused.output:find("HSCLF20A"), "and says that it is its memory")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
local free = pair:hmc("lshwres -r mem -m frameB --level sys -F curr_avail_sys_mem")
check_equal(free.output, "0\n", "the HMC sees that nothing is free there")
pair:fault("frameB", "free-memory")
guest.move(pair, "frameA", "frameB")
guest.all_well(console, "ticker")
