-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two labs of the same file run side by side, and do not see each other.
local guest = require "lib.guest"

local first, first_console = guest.start()
local second, second_console = guest.start()
check(first:name() ~= second:name(), "they have names of their own")
guest.run(first_console, "ticker")
guest.run(second_console, "ticker")
guest.move(first, "frameA", "frameB")
guest.check_owner(first, "frameB", "Running")
guest.check_owner(second, "frameA", "Running")
guest.all_well(first_console, "ticker")
guest.all_well(second_console, "ticker")
check(lab.program("status").output:find(first:name(), 1, true), "twinframe status shows both")
check_equal(lab.program("hmc lshmc -V").code, 1, "a command that does not say which lab it means is refused")
check_equal(lab.program("hmc --lab " .. second:name() .. " lshmc -V").code, 0, "one that does is not")
first:down()
guest.all_well(second_console, "ticker")
