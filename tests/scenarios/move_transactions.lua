-- SPDX-License-Identifier: GPL-2.0-or-later
-- A POWER8 partition whose program lives in transactions moves there and back: what was committed is there, what failed has never been.
local guest = require "lib.guest"

local power8 = lab.variant { { "desired_procs = 2", 'desired_procs = 2\n  lpar_proc_compat_mode = "POWER8"' } }
local pair, console = guest.start { file = power8 }
guest.run(console, "transact", "registers")
guest.wait_for_work(console, "transact", "committed", 1)
guest.wait_for_work(console, "transact", "aborted", 1)
local before = guest.all_well(console, "transact", "registers").transact
say(("  %d transactions were committed, %d have aborted themselves"):format(before.committed, before.aborted))

for _, direction in ipairs { { "frameA", "frameB" }, { "frameB", "frameA" } } do
  guest.move(pair, direction[1], direction[2])
  guest.check_owner(pair, direction[2], "Running")
  local after = guest.all_well(console, "transact", "registers").transact
  check(after.committed > before.committed, "it commits transactions on " .. direction[2])
  check(after.interrupted > before.interrupted, (after.interrupted - before.interrupted) .. " have failed because others got to run")
  before = after
  guest.wait_for_rmc(pair)
end
