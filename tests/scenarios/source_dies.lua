-- SPDX-License-Identifier: GPL-2.0-or-later
-- kill -9 of the source when the partition runs on the destination and misses pages, at several moments of that: it goes on, no
-- transaction is lost, and every page of its memory is right. After a restart of the source and `migrlpar -o r` nothing of the migration
-- is left, and the partition moves again. Argument: the number of moments.
local guest = require "lib.guest"

local moments = tonumber(arg[1] or "4")

local pair, console = guest.start()
guest.run(console, "bank rate=200", "churn set=32 rate=3000")
console:wait("bank: formatted", 20)
local from, to = "frameA", "frameB"

-- A guest that dirties memory faster than the link carries it has pages left when it is resumed; it wants them one after the other. If it was
-- suspended so fast that hardly one is left, it moves on, and once more. What it was at last: from, to, the command, the stream.
local function move_until_pages_are_missing(from, to)
  for _ = 1, 5 do
    pair:fault(from, "slow-mover:12000000")
    pair:fault(to, "slow-pages:100000")
    local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to))
    local stream = guest.wait_phase(pair, "passes", 60).stream
    local now = wait_until("it is resumed", function()
      local now = pair:stream(to, stream)
      return (now.phase == "resumed" and now.residual_pages > 0 or now.phase == "completed") and now, "it is " .. now.phase
    end, 60)
    if now.bytes_remaining >= 40 * 4096 then return from, to, task, stream end
    say(("  of %d pages hardly one was missing: once more"):format(now.residual_pages))
    pair:fault(from, "slow-mover:0")
    pair:fault(to, "slow-pages:0")
    local moved = task:wait(60)
    check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
    guest.wait_for_rmc(pair)
    from, to = to, from
  end
  fail("the partition never runs without its pages")
end

for moment = 1, moments do
  -- What part of the missing pages has come when the source dies.
  local part = moments == 1 and 0 or 0.95 * (moment - 1) / (moments - 1)
  local title = ("%.0f %% of the missing pages had come"):format(part * 100)
  say("- the source dies when " .. title)
  local task, stream
  from, to, task, stream = move_until_pages_are_missing(from, to)
  local left = wait_until("so many pages have come", function()
    local now = pair:stream(to, stream)
    local left = now.bytes_remaining / 4096
    return now.residual_pages > 0 and left <= now.residual_pages * (1 - part) and now, ("%d are missing"):format(left)
  end, 60)
  check(left.phase == "resumed" and left.bytes_remaining > 0, ("%d of %d pages are missing"):format(left.bytes_remaining // 4096,
    left.residual_pages))
  pair:kill(from)
  pair:fault(to, "slow-pages:0")
  wait_until("the destination's stream completes by itself", function()
    local now = pair:stream(to, stream)
    return now.phase == "completed", ("it is %s, %d bytes are missing"):format(now.phase, now.bytes_remaining)
  end)
  guest.all_well(console, "bank", "churn")
  wait_until("the end of the command", function() return task:done() end, 60)
  pair:restart()
  local recovered = pair:hmc(("migrlpar -o r -m %s -p mobile"):format(from))
  check_equal(recovered.code, 0, title .. ": it is recovered" .. (recovered.code == 0 and "" or ": " .. recovered.output))
  guest.check_owner(pair, to, "Running")
  guest.check_clean(pair)
  local verdicts = guest.all_well(console, "bank", "churn")
  check_equal(verdicts.bank.lost, 0, title .. ": no transaction is lost")
  guest.wait_for_rmc(pair)
  from, to = to, from
end
pair:down()
