-- SPDX-License-Identifier: GPL-2.0-or-later
-- Lines are typed on a partition's console while it moves to and fro: each arrives once, whenever the hand-over comes.
local guest = require "lib.guest"

local pair, console = guest.start()
local typed = 0
local from, to = "frameA", "frameB"
for _ = 1, 8 do
  guest.wait_for_rmc(pair)
  local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to))
  -- The next line when this one has been answered: what is typed faster than the guest reads is not the move's to keep.
  repeat
    typed = typed + 1
    console:run("line" .. typed)
    console:wait("line" .. typed .. ": not found", 20)
  until task:done()
  check_equal(task:wait(60).code, 0, "mobile moves from " .. from .. " to " .. to)
  from, to = to, from
end
local count = 0
for number in console:text():gmatch("line(%d+): not found") do
  count = count + 1
  if tonumber(number) ~= count then fail(("line %s is answered where line %d should be"):format(number, count)) end
end
check_equal(count, typed, "each line has arrived once, and in its place")
